//! The log of what a channel was handed by its provider, for those who manage it.

use omni_model::{ChannelId, Page, Principal, Timestamp, limits};
use omni_store::raw_event_log::{self, RawLine, Wanted};
use omni_store::raw_events::RawState;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::audit::{self, Line};
use crate::{Core, Error, Result};

/// What became of something that a channel was handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventOutcome {
    /// Waits its turn.
    Pending,
    /// Worked off.
    Done,
    /// Nothing that leads to anything here; kept as it came.
    Unsupported,
    /// Set aside, with the reason.
    Failed,
}

/// Something that a channel was handed.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ChannelEvent {
    pub id: String,
    /// The provider's own id of it.
    pub provider_event_id: String,
    /// The provider's word for what it is.
    pub kind: String,
    pub outcome: EventOutcome,
    /// Why it led to nothing: `group_chat`, `not readable`, or in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    pub received_at: Timestamp,
    /// What it carried, as it came. Only where one event is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub payload: Option<Value>,
}

impl From<RawLine> for ChannelEvent {
    fn from(line: RawLine) -> Self {
        Self {
            id: line.row_id.to_string(),
            provider_event_id: line.provider_event_id,
            kind: line.kind,
            outcome: match line.state {
                RawState::Pending => EventOutcome::Pending,
                RawState::Done => EventOutcome::Done,
                RawState::Unsupported => EventOutcome::Unsupported,
                RawState::Dead => EventOutcome::Failed,
            },
            error: line.error,
            received_at: line.received_at,
            payload: None,
        }
    }
}

/// Which events somebody wants to see.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsRequest {
    /// Only those of which this became.
    pub outcome: Option<EventOutcome>,
    /// Rows at most; 50 unless said, never more than 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Core {
    /// What a channel was handed, the newest first.
    pub async fn channel_events(
        &self,
        who: &Principal,
        id: ChannelId,
        request: EventsRequest,
    ) -> Result<Page<ChannelEvent>> {
        self.check_manage_channel(who, id).await?;
        let before = request.cursor.as_deref().map(place).transpose()?;
        if request.limit == Some(0) {
            return Err(Error::invalid_field("/limit", "too_small", "at least 1"));
        }
        let limit = request
            .limit
            .unwrap_or(limits::PAGE_DEFAULT)
            .min(limits::PAGE_MAX);
        let wanted = Wanted {
            channel: id,
            state: request.outcome.map(|outcome| match outcome {
                EventOutcome::Pending => RawState::Pending,
                EventOutcome::Done => RawState::Done,
                EventOutcome::Unsupported => RawState::Unsupported,
                EventOutcome::Failed => RawState::Dead,
            }),
            before,
            // One more tells whether there is a next page.
            limit: limit + 1,
        };
        let reader = self.store().reader();
        let (mut lines, total) = raw_event_log::page(reader, &who.scope(), wanted).await?;
        let more = lines.len() as u64 > limit;
        lines.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = lines.last().filter(|_| more);
        let next = next.map(|line| line.row_id.to_string());
        let items = lines.into_iter().map(Into::into).collect();
        Ok(Page::new(items, total, next))
    }

    /// Something that a channel was handed, with what it carried.
    pub async fn channel_event(
        &self,
        who: &Principal,
        id: ChannelId,
        event: i64,
    ) -> Result<ChannelEvent> {
        self.check_manage_channel(who, id).await?;
        let reader = self.store().reader();
        let found = raw_event_log::find(reader, &who.scope(), id, event).await?;
        let (line, payload) = found.ok_or_else(|| Error::not_found("event"))?;
        Ok(ChannelEvent {
            // What is no JSON is shown as it came.
            payload: Some(serde_json::from_str(&payload).unwrap_or(Value::String(payload))),
            ..line.into()
        })
    }

    /// Has something that led to nothing worked on again. What was worked off stays as it is, so nothing is doubled.
    pub async fn replay_channel_event(
        &self,
        who: &Principal,
        id: ChannelId,
        event: i64,
    ) -> Result<ChannelEvent> {
        self.check_manage_channel(who, id).await?;
        let (scope, actor) = (who.scope(), who.actor());
        self.store()
            .write(&scope, move |unit| async move {
                let taken_up = raw_event_log::take_up(&unit, &scope, id, event).await?;
                let changed = taken_up.ok_or_else(|| Error::not_found("event"))?;
                if changed {
                    let line = Line::of("channel.event_replayed", "channel", id.0)
                        .with(json!({"event_id": event.to_string()}));
                    audit::record(&unit, &scope, Some(actor), line).await?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        self.channel_event(who, id, event).await
    }
}

fn place(cursor: &str) -> Result<i64> {
    cursor
        .parse()
        .map_err(|_| Error::invalid_field("/cursor", "invalid", "is not a cursor of ours"))
}
