//! Teams: who answers together.

use serde::{Deserialize, Serialize};

use crate::{TeamId, Timestamp, UserId};

/// A team as the API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    /// Who is in it.
    pub members: Vec<UserId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A team in brief, beside a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TeamBrief {
    pub id: TeamId,
    pub name: String,
}
