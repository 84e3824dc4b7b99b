//! What is said in the demo, and by whom.

use omni_model::{
    Clock, ConversationStatus, Credential, Permissions, PlatformScope, Principal, Priority, Role,
    SessionId, TenantId, TenantScope, UserId,
};
use omni_store::users;
use serde::Deserialize;

use super::{PEOPLE, SLUG};
use crate::{Core, Error, Result};

/// A conversation of the demo.
#[derive(Deserialize)]
pub(super) struct Story {
    pub(super) customer: String,
    pub(super) locale: String,
    pub(super) lines: Vec<Line>,
    pub(super) status: ConversationStatus,
    pub(super) tags: Vec<String>,
    pub(super) priority: Priority,
    pub(super) assigned: Option<Voice>,
    pub(super) file: Option<Attachment>,
}

/// A message of a story.
#[derive(Deserialize)]
pub(super) struct Line {
    pub(super) by: Voice,
    pub(super) text: String,
}

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Voice {
    Customer,
    Anna,
    Boris,
    /// The owner, to the team only.
    Note,
}

/// A file that ends a story.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Attachment {
    /// The customer's photo.
    Photo,
    /// The salon's price list.
    Price,
}

/// All stories, the newest last.
pub(super) fn stories() -> Result<Vec<Story>> {
    serde_json::from_str(include_str!("conversations.json"))
        .map_err(|error| Error::internal("the demo's stories do not read", error))
}

/// The people of the demo as callers of use cases.
pub(super) struct People {
    pub(super) owner: Principal,
    pub(super) anna: Principal,
    pub(super) boris: Principal,
}

impl People {
    /// Who speaks with this voice for the salon.
    pub(super) fn voice(&self, voice: Voice) -> &Principal {
        match voice {
            Voice::Anna => &self.anna,
            Voice::Boris => &self.boris,
            Voice::Note | Voice::Customer => &self.owner,
        }
    }
}

/// Somebody acting without having signed in.
pub(super) fn principal(
    tenant_id: TenantId,
    user_id: UserId,
    role: Role,
    clock: &dyn Clock,
) -> Principal {
    Principal {
        tenant_id,
        credential: Credential::Session {
            user_id,
            session_id: SessionId::new(clock),
        },
        role,
        permissions: Permissions::of(role),
    }
}

impl Core {
    pub(super) async fn demo_people(&self, scope: &TenantScope) -> Result<People> {
        let mut found = Vec::new();
        for person in PEOPLE {
            let why = PlatformScope::for_reason("the demo looks its own people up");
            let user = users::by_email(self.store().reader(), why, person.email, Some(SLUG), 1)
                .await?
                .pop()
                .ok_or_else(|| Error::not_found("demo person"))?;
            found.push(principal(
                scope.tenant_id(),
                user.id,
                user.role,
                self.clock(),
            ));
        }
        match <[Principal; 3]>::try_from(found) {
            Ok([owner, anna, boris]) => Ok(People { owner, anna, boris }),
            Err(_) => Err(Error::not_found("demo person")),
        }
    }
}
