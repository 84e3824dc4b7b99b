//! What clients say.

use omni_model::{ConversationId, Epoch, MessageId, OperatorStatus, UserId};
use serde::Deserialize;

/// The first frame of an operator's socket.
#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum OperatorHello {
    #[serde(rename = "operator.connect")]
    Connect {
        operator_id: UserId,
        token: String,
        /// The last event it knows: what was missed is told first.
        #[serde(default)]
        last_seq: Option<i64>,
        /// The epoch that number is of.
        #[serde(default)]
        epoch: Option<Epoch>,
    },
}

/// Any later frame of an operator's socket.
#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum OperatorFrame {
    #[serde(rename = "operator.status")]
    Status { status: OperatorStatus },
    #[serde(rename = "operator.typing")]
    Typing {
        conversation_id: ConversationId,
        is_typing: bool,
    },
    /// What he looks at, repeated every few seconds; `null` for nothing.
    #[serde(rename = "operator.viewing")]
    Viewing {
        conversation_id: Option<ConversationId>,
    },
    /// The token that follows the one it came with.
    #[serde(rename = "operator.refresh")]
    Refresh { token: String },
    #[serde(rename = "ping")]
    Ping,
}

/// The first frame of a visitor's socket.
#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum VisitorHello {
    #[serde(rename = "widget.connect")]
    Connect {
        session_token: String,
        /// The newest message it has.
        #[serde(default)]
        after: Option<MessageId>,
    },
}

/// Any later frame of a visitor's socket.
#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum VisitorFrame {
    #[serde(rename = "widget.typing")]
    Typing { is_typing: bool },
    #[serde(rename = "widget.read")]
    Read,
    #[serde(rename = "ping")]
    Ping,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_known_by_their_type() {
        assert!(matches!(
            serde_json::from_str(r#"{"type":"ping"}"#),
            Ok(OperatorFrame::Ping)
        ));
        let hello = format!(
            r#"{{"type":"operator.connect","operator_id":"{}","token":"t","last_seq":7}}"#,
            uuid::Uuid::nil()
        );
        let Ok(OperatorHello::Connect {
            last_seq, epoch, ..
        }) = serde_json::from_str(&hello)
        else {
            panic!("refused");
        };
        assert_eq!((last_seq, epoch), (Some(7), None));
        for wrong in [
            "{}",
            "[]",
            "7",
            "null",
            "ping",
            r#"{"type":"base"}"#,
            r#"{"type":7}"#,
        ] {
            assert!(
                serde_json::from_str::<OperatorFrame>(wrong).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!(
            r#"{{"type":"ping","x":{}{}}}"#,
            "[".repeat(7_000),
            "]".repeat(7_000)
        );
        assert!(serde_json::from_str::<OperatorFrame>(&deep).is_err());
    }
}
