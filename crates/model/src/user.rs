//! People who answer.

use serde::{Deserialize, Serialize};

use crate::{Role, TeamId, Timestamp, UserId, word_enum};

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
    /// The teams he is in.
    pub teams: Vec<TeamId>,
    /// Whether he may not come in any more.
    pub disabled: bool,
    /// Whether he has set a password, so that he can sign in.
    pub joined: bool,
    /// Until when his invitation can be used, where there is one.
    pub invited_until: Option<Timestamp>,
    pub created_at: Timestamp,
}
