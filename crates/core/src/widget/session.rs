//! A visitor's session: a random token, known to his browser only; here lies its hash.

use std::sync::Arc;
use std::time::Duration;

use omni_model::{
    ConversationId, ConversationStatus, Message, Opening, PlatformScope, TenantScope, Timestamp,
    codes,
};
use omni_store::widget_sessions::{self, WidgetSessionRecord};
use omni_store::{ConversationRecord, live_views, users};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::identify::{adopt, note_contact, prove};
use super::visitor::{Told, Visitor};
use crate::channels::OpenChannel;
use crate::conversations::{MessagePage, MessageQuery};
use crate::secrets::{random, random_word};
use crate::{Core, Error, Result};

/// How long a session lives without being used.
pub(crate) const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);
/// How exactly it is known when a session was last used.
const SEEN_EVERY: Duration = Duration::from_secs(24 * 3600);
/// Bytes of a token, as text, at most.
const TOKEN: usize = 100;

/// Opens a session, or goes on with one.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    pub widget_key: String,
    /// The session to go on with. One that is not known any more is replaced by a new one.
    #[serde(default)]
    pub session_token: Option<String>,
    #[serde(default)]
    pub visitor: Visitor,
}

/// How the widget looks and greets.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct WidgetLook {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// By language.
    pub greeting: std::collections::BTreeMap<String, String>,
    /// Bytes of a file at most.
    pub max_file_size: u64,
    /// Whether anybody is there to answer.
    pub online: bool,
    /// Business hours.
    pub hours: Opening,
}

/// An open session.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OpenedSession {
    /// Keep it: whoever has it reads the conversation.
    pub session_token: String,
    pub conversation_id: Option<ConversationId>,
    pub settings: WidgetLook,
    /// The newest messages of the conversation.
    pub messages: Vec<Message>,
    /// Whether there are messages before the first of these.
    pub has_before: bool,
    /// His place in the queue while nobody has taken the conversation: 1 is the next; 51 is beyond the fiftieth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u8>,
}

/// A visitor whose token is good.
#[derive(Clone)]
pub struct WidgetVisitor {
    pub session: WidgetSessionRecord,
    pub channel: Arc<OpenChannel>,
}

impl WidgetVisitor {
    /// The scope of his channel's tenant.
    pub fn scope(&self) -> TenantScope {
        self.session.scope()
    }

    pub(super) fn told(&self) -> Told {
        serde_json::from_value(self.session.visitor.clone()).unwrap_or_default()
    }
}

impl Core {
    /// Opens a session or goes on with one. A proof of who the visitor is makes what he wrote before his.
    pub async fn open_widget_session(
        &self,
        request: OpenSession,
        origin: Option<&str>,
    ) -> Result<OpenedSession> {
        let channel = self.channel_by_widget_key(&request.widget_key).await?;
        self.refuse_suspended(&channel.record.scope()).await?;
        check_origin(&channel, origin)?;
        let link = channel.widget().ok_or_else(|| Error::not_found("widget"))?;
        let told = request.visitor.told()?;
        let proven = prove(&link.secrets.identity_secret, &request.visitor, &told)?;
        let known = match request.session_token.as_deref() {
            Some(token) => self.live_session(token).await?,
            None => None,
        };
        let known = known.filter(|session| {
            let is_other = session.verified
                && proven
                    .as_ref()
                    .is_some_and(|proven| *proven != session.external_id);
            // Somebody else signed in on this computer: he starts afresh.
            session.channel_id == channel.record.id && !is_other
        });
        let (token, session) = match (known, request.session_token) {
            (Some(session), Some(token)) => (token, self.go_on(session, told, proven).await?),
            _ => self.begin(&channel, told, proven).await?,
        };
        self.opened(token, &WidgetVisitor { session, channel })
            .await
    }

    /// The visitor of a token: 401 for one that is not known, 403 for a page that may not carry the widget.
    pub async fn widget_visitor(&self, token: &str, origin: Option<&str>) -> Result<WidgetVisitor> {
        let unknown = || Error::refused(codes::UNAUTHENTICATED, "open a session first");
        let mut session = self.live_session(token).await?.ok_or_else(unknown)?;
        self.refuse_suspended(&session.scope()).await?;
        let channel = self.channel(&session.scope(), session.channel_id).await?;
        if channel.widget().is_none() {
            return Err(unknown());
        }
        check_origin(&channel, origin)?;
        if self.clock().now().since(session.last_seen_at) > SEEN_EVERY {
            session = self.store_session(session).await?;
        }
        Ok(WidgetVisitor { session, channel })
    }

    async fn live_session(&self, token: &str) -> Result<Option<WidgetSessionRecord>> {
        if token.is_empty() || token.len() > TOKEN {
            return Ok(None);
        }
        let why = PlatformScope::for_reason("the token names the tenant");
        let reader = self.store().reader();
        let found = widget_sessions::find(reader, why, &hash(token)).await?;
        let now = self.clock().now();
        Ok(found.filter(|session| now.since(session.last_seen_at) < KEPT))
    }

    async fn begin(
        &self,
        channel: &OpenChannel,
        told: Told,
        proven: Option<String>,
    ) -> Result<(String, WidgetSessionRecord)> {
        let token = random_word::<32>()?;
        let now: Timestamp = self.clock().now();
        let verified = proven.is_some();
        let session = WidgetSessionRecord {
            token_hash: hash(&token),
            tenant_id: channel.record.tenant_id,
            channel_id: channel.record.id,
            external_id: match proven {
                Some(proven) => proven,
                None => format!("anon:{}", hex::encode(random::<16>()?)),
            },
            verified,
            visitor: json!(told),
            created_at: now,
            last_seen_at: now,
        };
        let (scope, row) = (session.scope(), session.clone());
        self.store()
            .write(&scope, move |unit| async move {
                widget_sessions::insert(&unit, &row).await?;
                Ok::<_, Error>(())
            })
            .await?;
        Ok((token, session))
    }

    async fn go_on(
        &self,
        mut session: WidgetSessionRecord,
        told: Told,
        proven: Option<String>,
    ) -> Result<WidgetSessionRecord> {
        let before = session.clone();
        let told = told.over(serde_json::from_value(session.visitor.clone()).unwrap_or_default());
        session.visitor = json!(told);
        if let Some(proven) = proven {
            session.external_id = proven;
            session.verified = true;
        }
        if session == before {
            return Ok(session);
        }
        let (scope, channel) = (session.scope(), session.channel_id);
        let old = before.external_id.clone();
        let session = self
            .store()
            .write(&scope, move |unit| async move {
                let channel = session.channel_id;
                if session.external_id != before.external_id {
                    let (old, new) = (&before.external_id, &session.external_id);
                    adopt(&unit, &scope, channel, old, new).await?;
                }
                widget_sessions::update(&unit, &session).await?;
                note_contact(&unit, &scope, &session, &told).await?;
                Ok::<_, Error>(session)
            })
            .await?;
        if session.external_id != old {
            // His sockets still listen for whom he was.
            self.visitor_moved(&scope, channel, &old);
        }
        Ok(session)
    }

    async fn store_session(&self, session: WidgetSessionRecord) -> Result<WidgetSessionRecord> {
        let scope = session.scope();
        self.store()
            .write(&scope, move |unit| async move {
                widget_sessions::update(&unit, &session).await?;
                Ok(session)
            })
            .await
    }

    async fn opened(&self, token: String, visitor: &WidgetVisitor) -> Result<OpenedSession> {
        let newest = MessageQuery::default();
        let MessagePage {
            items: messages,
            has_before,
            ..
        } = self.widget_messages(visitor, &newest).await?;
        let conversation_id = messages.last().map(|last| last.conversation_id);
        let ids: Vec<ConversationId> = conversation_id.into_iter().collect();
        let reader = self.store().reader();
        let talk = live_views::conversations(reader, &visitor.scope(), &ids).await?;
        let settings = self.look(visitor, talk.first()).await?;
        let position = self.place_of(&visitor.scope(), talk.first()).await?;
        Ok(OpenedSession {
            session_token: token,
            conversation_id,
            settings,
            messages,
            has_before,
            position,
        })
    }

    /// How the widget looks to somebody whose newest conversation is `talk`.
    async fn look(
        &self,
        visitor: &WidgetVisitor,
        talk: Option<&ConversationRecord>,
    ) -> Result<WidgetLook> {
        let channel = &visitor.channel;
        let settings = channel
            .widget()
            .map(|link| link.settings.clone())
            .unwrap_or_default();
        let goes_on = talk.filter(|talk| talk.status != ConversationStatus::Closed);
        let team = match goes_on {
            Some(talk) => talk.assigned_team,
            None => channel.needs.team_id,
        };
        let hours = self.hours(&visitor.scope()).await?;
        let taking = users::taking(self.store().reader(), &visitor.scope()).await?;
        Ok(WidgetLook {
            name: settings.name.unwrap_or_else(|| channel.record.name.clone()),
            color: settings.color,
            greeting: settings.greeting,
            max_file_size: self.options().max_upload_bytes,
            online: !taking.operators.is_empty(),
            hours: hours.opening(team, self.clock().now()),
        })
    }
}

fn check_origin(channel: &OpenChannel, origin: Option<&str>) -> Result<()> {
    if channel.admits_origin(origin) {
        Ok(())
    } else {
        Err(Error::refused(
            codes::BAD_ORIGIN,
            "this site is not on the widget's list",
        ))
    }
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
