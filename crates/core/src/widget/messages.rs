//! What a visitor writes and reads.

use omni_model::{
    ChannelKind, Content, ContentType, ConversationId, InboundContent, InboundMessage, MessageId,
    Profile,
};
use omni_store::files::{self, Uploader};
use omni_store::message_views::Audience;
use omni_store::widget_sessions::WidgetSessionRecord;
use omni_store::{live_views, messages};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::identify::note_contact;
use super::session::WidgetVisitor;
use super::visitor::{Told, made_up_name};
use crate::conversations::{MessagePage, MessageQuery, Replied, content};
use crate::inbound::ChannelRef;
use crate::live::shown_to_visitor;
use crate::secrets::random_word;
use crate::{Core, Error, Result};

/// Conversations of a visitor that he can read back through.
const TALKS: u64 = 100;

/// A visitor's message.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitorMessage {
    pub content_type: ContentType,
    /// `{text}`, `{file_id, caption?}`, `{latitude, longitude}` or `{name, phone}`.
    #[schema(value_type = Object)]
    pub content: Value,
}

impl Core {
    /// Takes a visitor's message. A repeat under the same key answers the message that is there.
    pub async fn post_widget_message(
        &self,
        visitor: &WidgetVisitor,
        new: VisitorMessage,
        key: Option<String>,
    ) -> Result<Replied> {
        let scope = visitor.scope();
        let channel = ChannelRef {
            id: visitor.channel.record.id,
            kind: ChannelKind::Widget,
            team: visitor.channel.needs.team_id,
        };
        let request_hash = request_hash(&new);
        let provider_id = provider_id(&visitor.session.token_hash, key.as_deref())?;
        let content = self.visitors_content(visitor, new).await?;
        let told = visitor.told();
        let message = InboundMessage {
            external_id: visitor.session.external_id.clone(),
            profile: Profile {
                name: match &told.name {
                    Some(name) => name.clone(),
                    None => made_up_name(&told, &visitor.session.external_id),
                },
                username: None,
                proven: visitor.session.verified,
                locale: told.locale.clone(),
                verified_phone: None,
                verified_email: None,
            },
            provider_id,
            content: InboundContent::Stored(content),
            reply_to_provider_id: None,
            sent_at: self.clock().now(),
            metadata: page_of(&told),
            acknowledge: None,
        };
        let once = key.map(|key| (key, request_hash));
        let accepted = self.accept_inbound(&scope, channel, message, once).await?;
        if accepted.message.seq == 1 && !accepted.replayed {
            self.note_visitor(visitor, told).await?;
        }
        let rendered = self.render_one(&scope, accepted.message).await?;
        let message = shown_to_visitor(&rendered).ok_or_else(|| Error::not_found("message"))?;
        Ok(Replied {
            message,
            replayed: accepted.replayed,
        })
    }

    async fn visitors_content(
        &self,
        visitor: &WidgetVisitor,
        new: VisitorMessage,
    ) -> Result<Content> {
        if matches!(
            new.content_type,
            ContentType::Interactive | ContentType::Sticker
        ) {
            let detail = "visitors send texts, files, places and contacts";
            return Err(Error::invalid_field("/content_type", "unsupported", detail));
        }
        let content = content::read(new.content_type, new.content)?;
        let found = match content.file_id() {
            Some(id) => files::find(self.store().reader(), &visitor.scope(), id).await?,
            None => None,
        };
        content::settle_file(&visitor.uploader(), content, found, false)
    }

    /// What the page told of the visitor, into his new profile.
    async fn note_visitor(&self, visitor: &WidgetVisitor, told: Told) -> Result<()> {
        if told.email.is_none() && told.phone.is_none() {
            return Ok(());
        }
        let session = visitor.session.clone();
        let scope = visitor.scope();
        self.store()
            .write(&scope, move |unit| async move {
                note_contact(&unit, &scope, &session, &told).await
            })
            .await
    }

    /// The messages of the visitor's newest conversation. Going back from its first one leads into the
    /// conversation before it.
    pub async fn widget_messages(
        &self,
        visitor: &WidgetVisitor,
        query: &MessageQuery,
    ) -> Result<MessagePage> {
        let scope = visitor.scope();
        let talks = self.talks(visitor, query.before.as_deref()).await?;
        let mut query = query.clone();
        for (place, id) in talks.iter().enumerate() {
            let mut page = self
                .message_page(&scope, *id, &query, Audience::Customer)
                .await?;
            let has_older = place + 1 < talks.len();
            if page.items.is_empty() && has_older && query.after.is_none() {
                // Here it begins: on with the end of the one before it.
                query.before = None;
                continue;
            }
            page.items = page.items.iter().filter_map(shown_to_visitor).collect();
            page.has_before |= has_older;
            page.has_after |= place > 0;
            return Ok(page);
        }
        Ok(MessagePage {
            items: Vec::new(),
            has_before: false,
            has_after: false,
        })
    }

    /// The visitor's conversations, newest first: all, or those from the one on that holds a message.
    async fn talks(
        &self,
        visitor: &WidgetVisitor,
        holding: Option<&str>,
    ) -> Result<Vec<ConversationId>> {
        let WidgetSessionRecord {
            channel_id,
            external_id,
            ..
        } = &visitor.session;
        let (reader, scope) = (self.store().reader(), visitor.scope());
        let mut talks =
            live_views::talks_at(reader, &scope, *channel_id, external_id, TALKS).await?;
        // What is no id is refused with the page.
        let Some(Ok(id)) = holding.map(str::parse::<MessageId>) else {
            return Ok(talks);
        };
        let held = messages::find(reader, &scope, id).await?;
        let holder = held.map(|message| message.conversation_id);
        let place = talks.iter().position(|talk| Some(*talk) == holder);
        let place = place.ok_or_else(|| Error::not_found("message"))?;
        Ok(talks.split_off(place))
    }
}

impl WidgetVisitor {
    /// As whom he brings files.
    pub fn uploader(&self) -> Uploader {
        Uploader::Visitor(self.session.token_hash.clone())
    }
}

/// The id of a message in the channel: the same for a repeat, different for every session, telling nothing.
fn provider_id(session: &str, key: Option<&str>) -> Result<String> {
    match key {
        Some(key) => {
            let hash = Sha256::digest(format!("{session}:{key}"));
            Ok(format!("w:{}", hex::encode(&hash[..16])))
        }
        None => Ok(format!("w:{}", random_word::<16>()?)),
    }
}

fn request_hash(new: &VisitorMessage) -> String {
    let body = serde_json::to_vec(new).expect("a message is plain data");
    hex::encode(Sha256::digest(body))
}

fn page_of(told: &Told) -> Map<String, Value> {
    told.page_url
        .iter()
        .map(|url| ("page_url".to_owned(), Value::String(url.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_has_the_same_id_and_nobody_elses() {
        let of = |session, key| provider_id(session, Some(key)).unwrap();
        assert_eq!(of("a", "1"), of("a", "1"));
        assert_ne!(of("a", "1"), of("b", "1"));
        assert_ne!(of("a", "1"), of("a", "2"));
        assert_ne!(
            provider_id("a", None).unwrap(),
            provider_id("a", None).unwrap()
        );
    }
}
