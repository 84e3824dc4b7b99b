//! Typed ids: UUIDv7, so that they sort by the time of creation in logs and indexes.

use crate::{Clock, Timestamp};

macro_rules! id {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new id that carries the clock's time.
            pub fn new(clock: &dyn Clock) -> Self {
                Self::at(clock.now())
            }

            /// A new id that carries this time.
            pub fn at(now: Timestamp) -> Self {
                Self(uuid_at(now))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

id! {
    /// A company: the unit of isolation.
    TenantId,
    /// A person who signs in.
    UserId,
    /// A sign-in: the family of refresh tokens that descend from it.
    SessionId,
    /// One bot, one widget, one number of a tenant.
    ChannelId,
    /// A customer's profile, over all channels.
    CustomerId,
    /// A customer's address in one channel.
    IdentityId,
    /// A team of operators.
    TeamId,
    /// A conversation.
    ConversationId,
    /// A message.
    MessageId,
    /// A stored file.
    FileId,
    /// A line of the audit log.
    AuditId,
    /// A key that a program calls the API with.
    ApiKeyId,
    /// Whoever acts in a tenant: a person's id, or a key's.
    ActorId,
    /// Somebody who looks after the whole installation and belongs to no tenant.
    SuperadminId,
    /// A superadmin's sign-in.
    SuperadminSessionId,
    /// A text that is written once and sent often.
    CannedResponseId,
    /// A named filter of the inbox.
    SavedViewId,
}

fn uuid_at(now: Timestamp) -> uuid::Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    let nanos = u32::try_from(millis % 1000).unwrap_or(0) * 1_000_000;
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(
        uuid::NoContext,
        millis / 1000,
        nanos,
    ))
}
