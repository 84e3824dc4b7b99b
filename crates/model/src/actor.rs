//! Who acts: a person who signed in, or a program with a key.

use crate::{ActorId, ApiKeyId, SessionId, UserId, word_enum};

word_enum! {
    /// What acts.
    ActorKind {
        /// Somebody who signed in.
        Person = "person",
        /// A program with an API key.
        Key = "key",
    }
}

/// Who acts in a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person.
    Person(UserId),
    /// A program with this key.
    Key(ApiKeyId),
}

impl Actor {
    /// His id, whatever he is.
    pub const fn id(self) -> ActorId {
        match self {
            Self::Person(id) => ActorId(id.0),
            Self::Key(id) => ActorId(id.0),
        }
    }

    /// What he is.
    pub const fn kind(self) -> ActorKind {
        match self {
            Self::Person(_) => ActorKind::Person,
            Self::Key(_) => ActorKind::Key,
        }
    }

    /// An actor of this kind with this id.
    pub const fn of(kind: ActorKind, id: ActorId) -> Self {
        match kind {
            ActorKind::Person => Self::Person(UserId(id.0)),
            ActorKind::Key => Self::Key(ApiKeyId(id.0)),
        }
    }
}

/// What somebody came in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A token of a person's session.
    Session {
        user_id: UserId,
        session_id: SessionId,
    },
    /// A key, and who made it: it never does or sees more than he may.
    Key {
        key_id: ApiKeyId,
        created_by: UserId,
    },
}
