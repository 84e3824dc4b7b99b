//! Frames: what goes over a socket, written once and shared by all who get it.

use bytes::Bytes;
use omni_model::{
    Conversation, ConversationId, ConversationStatus, Epoch, Message, OperatorStatus, UserId,
};
use serde::Serialize;

/// A frame on its way to a socket. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The event it tells of, or the head; `None` for what counts at any time.
    pub(crate) seq: Option<i64>,
    /// The JSON text.
    json: Bytes,
    /// The message in it, for a visitor's receipts.
    pub(crate) message: Option<Shown>,
}

/// A message that a frame shows to a visitor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    pub(crate) conversation: ConversationId,
    /// Its place in the conversation.
    pub(crate) seq: i64,
    /// Whether it is told as new.
    pub(crate) is_new: bool,
    /// Whether it is ours, and not known to have arrived.
    pub(crate) undelivered: bool,
    /// Whether it is ours, and not known to be read.
    pub(crate) unread: bool,
}

impl Frame {
    /// A frame of an event.
    pub(crate) fn of_event(seq: i64, body: &Body<'_>) -> Self {
        Self {
            seq: Some(seq),
            json: text(Some(seq), body),
            message: None,
        }
    }

    /// Tells a reader that he missed something: whatever he knows of, up to `head` he fetches anew.
    pub(crate) fn resync(head: i64) -> Self {
        Self {
            seq: None,
            json: text(Some(head), &Body::Resync),
            message: None,
        }
    }

    /// A frame that stands in no order.
    pub(crate) fn fleeting(body: &Body<'_>) -> Self {
        Self {
            seq: None,
            json: text(None, body),
            message: None,
        }
    }

    /// For a visitor: events reach him, but not their numbers, which tell of the tenant's other traffic.
    pub(crate) fn for_visitor(seq: Option<i64>, body: &Body<'_>, message: Option<Shown>) -> Self {
        Self {
            seq,
            json: text(None, body),
            message,
        }
    }

    /// The answer to a client's `ping`.
    pub fn pong() -> Self {
        Self::fleeting(&Body::Pong)
    }

    /// The JSON text.
    pub fn json(&self) -> &Bytes {
        &self.json
    }
}

/// What a frame says, by its `type`.
#[derive(Serialize)]
#[serde(tag = "type")]
pub(crate) enum Body<'a> {
    #[serde(rename = "operator.connected")]
    OperatorConnected { epoch: Epoch },
    #[serde(rename = "widget.connected")]
    WidgetConnected {
        /// As in [`Body::QueuePosition`].
        #[serde(skip_serializing_if = "Option::is_none")]
        position: Option<u8>,
    },
    /// The visitor's place in the queue; none when he does not wait any more.
    #[serde(rename = "queue.position")]
    QueuePosition { position: Option<u8> },
    /// Whether anybody is there to answer; as in the widget's settings.
    #[serde(rename = "widget.availability")]
    WidgetAvailability { online: bool },
    #[serde(rename = "pong")]
    Pong,
    /// The head moved, with nothing in it for this reader.
    #[serde(rename = "sync")]
    Sync,
    /// Something was missed: fetch anew.
    #[serde(rename = "resync")]
    Resync,
    #[serde(rename = "message.new")]
    MessageNew {
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation_id: Option<ConversationId>,
        message: &'a Message,
    },
    #[serde(rename = "message.updated")]
    MessageUpdated {
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation_id: Option<ConversationId>,
        message: &'a Message,
    },
    #[serde(rename = "conversation.queued")]
    ConversationQueued { conversation: &'a Conversation },
    #[serde(rename = "conversation.assigned")]
    ConversationAssigned {
        conversation_id: ConversationId,
        operator_id: Option<UserId>,
        conversation: &'a Conversation,
    },
    #[serde(rename = "conversation.updated")]
    ConversationUpdated { conversation: &'a Conversation },
    #[serde(rename = "conversation.removed")]
    ConversationRemoved { conversation_id: ConversationId },
    #[serde(rename = "conversation.updated")]
    ConversationBrief { conversation: Brief },
    #[serde(rename = "customer.typing")]
    CustomerTyping {
        conversation_id: ConversationId,
        is_typing: bool,
    },
    #[serde(rename = "operator.typing")]
    OperatorTyping { is_typing: bool },
    /// For the team, which is told who and where.
    #[serde(rename = "operator.typing")]
    ColleagueTyping {
        conversation_id: ConversationId,
        operator_id: Option<UserId>,
        is_typing: bool,
    },
    #[serde(rename = "operator.viewing")]
    OperatorViewing {
        conversation_id: ConversationId,
        operator_id: UserId,
        is_viewing: bool,
    },
    #[serde(rename = "operator.status")]
    OperatorStatus {
        operator_id: UserId,
        status: OperatorStatus,
    },
}

/// What a visitor is told of his conversation.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Brief {
    pub(crate) id: ConversationId,
    pub(crate) status: ConversationStatus,
}

#[derive(Serialize)]
struct Numbered<'a, 'b> {
    #[serde(flatten)]
    body: &'b Body<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
}

fn text(seq: Option<i64>, body: &Body<'_>) -> Bytes {
    let frame = Numbered { body, seq };
    Bytes::from(serde_json::to_vec(&frame).expect("frames are plain data with text keys"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(frame: &Frame) -> &str {
        std::str::from_utf8(frame.json()).unwrap()
    }

    #[test]
    fn events_carry_their_number_and_fleeting_frames_none() {
        let id = ConversationId(uuid::Uuid::nil());
        let removed = Frame::of_event(
            7,
            &Body::ConversationRemoved {
                conversation_id: id,
            },
        );
        let expected =
            format!(r#"{{"type":"conversation.removed","conversation_id":"{id}","seq":7}}"#);
        assert_eq!(shown(&removed), expected);
        assert_eq!(shown(&Frame::pong()), r#"{"type":"pong"}"#);
        assert_eq!(shown(&Frame::resync(9)), r#"{"type":"resync","seq":9}"#);
    }

    #[test]
    fn a_visitor_sees_no_numbers_of_the_tenant() {
        let brief = Brief {
            id: ConversationId(uuid::Uuid::nil()),
            status: ConversationStatus::Open,
        };
        let body = Body::ConversationBrief {
            conversation: brief,
        };
        let frame = Frame::for_visitor(Some(12), &body, None);
        assert_eq!(frame.seq, Some(12));
        assert!(!shown(&frame).contains("seq"));
    }
}
