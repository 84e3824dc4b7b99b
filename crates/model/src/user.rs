//! People who answer.

use serde::{Deserialize, Serialize};

use crate::{Role, Timestamp, UserId, word_enum};

word_enum! {
    /// Whether an operator takes conversations.
    OperatorStatus {
        /// Takes new conversations.
        Online = "online",
        /// At work, but takes nothing new.
        Away = "away",
        /// Not at work.
        Offline = "offline",
    }
}

/// An operator as other people of the tenant see him.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Operator {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub status: OperatorStatus,
    /// Skills that routing may ask for.
    pub skills: Vec<String>,
    /// How many open conversations he takes at once; `null` means the tenant's setting.
    pub capacity: Option<i32>,
    /// Open conversations assigned to him now.
    pub active_conversations: i64,
    pub created_at: Timestamp,
}
