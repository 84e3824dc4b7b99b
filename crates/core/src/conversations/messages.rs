//! Pages of a conversation's messages.

use omni_model::{ConversationId, FieldError, Message, MessageId, Principal, TenantScope};
use omni_store::message_views::{self, Audience, Window};
use omni_store::messages;
use serde::{Deserialize, Serialize};

use super::list::page_limit;
use crate::{Core, Error, Result};

/// Which messages of a conversation: the newest unless a bound is given. Bounds are exclusive.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessageQuery {
    /// Those right before this message.
    pub before: Option<String>,
    /// Those right after this message; `0` = from the start.
    pub after: Option<String>,
    /// 50 unless given, 200 at most.
    pub limit: Option<u64>,
}

/// A piece of a conversation, in the order of display.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MessagePage {
    pub items: Vec<Message>,
    /// Whether there are messages before the first of these.
    pub has_before: bool,
    /// Whether there are messages after the last of these.
    pub has_after: bool,
}

impl Core {
    /// Messages of a conversation that `who` sees.
    pub async fn messages(
        &self,
        who: &Principal,
        id: ConversationId,
        query: &MessageQuery,
    ) -> Result<MessagePage> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        self.message_page(&who.scope(), id, query, Audience::Team)
            .await
    }

    /// Messages of a conversation, for whoever may read it.
    pub(crate) async fn message_page(
        &self,
        scope: &TenantScope,
        id: ConversationId,
        query: &MessageQuery,
        audience: Audience,
    ) -> Result<MessagePage> {
        let window = self.window(scope, id, query).await?;
        let limit = page_limit(query.limit);
        let reader = self.store().reader();
        let page = message_views::page(reader, scope, id, window, limit, audience).await?;
        Ok(MessagePage {
            items: self.render_messages(scope, &page.records).await?,
            has_before: page.has_before,
            has_after: page.has_after,
        })
    }

    async fn window(
        &self,
        scope: &TenantScope,
        conversation: ConversationId,
        query: &MessageQuery,
    ) -> Result<Window> {
        match (query.before.as_deref(), query.after.as_deref()) {
            (None, None) => Ok(Window::Newest),
            (None, Some("0")) => Ok(Window::After(0)),
            (Some(id), None) => self
                .seq_of(scope, conversation, "before", id)
                .await
                .map(Window::Before),
            (None, Some(id)) => self
                .seq_of(scope, conversation, "after", id)
                .await
                .map(Window::After),
            (Some(_), Some(_)) => Err(Error::invalid_field(
                "after",
                "conflict",
                "not together with before",
            )),
        }
    }

    /// The place of a message in this conversation. One of another conversation is not there.
    async fn seq_of(
        &self,
        scope: &TenantScope,
        conversation: ConversationId,
        name: &str,
        id: &str,
    ) -> Result<i64> {
        let id: MessageId = id.parse().map_err(|_| {
            Error::invalid(vec![FieldError::new(name, "invalid", "a message's id")])
        })?;
        messages::find(self.store().reader(), scope, id)
            .await?
            .filter(|message| message.conversation_id == conversation)
            .map(|message| message.seq)
            .ok_or_else(|| Error::not_found("message"))
    }
}
