//! The words of the field as types: ids, entities, permissions, events, jobs, error codes and the
//! clock. Every other crate speaks in them. No async, no I/O.

mod access;
mod actor;
mod channel;
mod clock;
pub mod codes;
mod content;
mod conversation;
mod customer;
mod event;
mod file;
mod ids;
mod inbound;
mod job;
pub mod limits;
mod message;
mod page;
mod schedule;
mod scope;
mod settings;
mod team;
mod template;
mod user;
mod webhook;

pub use access::{Holder, PERMISSIONS, Permissions, Principal, Role, SeenBy, Sight, may_see};
pub use actor::{Actor, ActorKind, Credential};
pub use channel::{ChannelKind, ChannelStatus};
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use codes::{ErrorCode, FieldError};
pub use content::{Button, ButtonRequest, Content, ContentError, ContentType, Keyboard};
pub use conversation::{
    AssignReason, Conversation, ConversationStatus, CustomerBrief, LastMessage, Priority, WokenBy,
};
pub use customer::{Customer, CustomerFieldKind, IdentityBrief, normalise_email, normalise_phone};
pub use event::{Epoch, Event, EventKind, NewEvent};
pub use file::{FileState, StoredFile, clean_file_name};
pub use ids::{
    ActorId, ApiKeyId, AuditId, CannedResponseId, ChannelId, ConversationId, CustomerFieldId,
    CustomerId, CustomerNoteId, FileId, IdentityId, MessageId, SavedViewId, SessionId,
    SuperadminId, SuperadminSessionId, TeamId, TenantId, UserId, WebhookDeliveryId, WebhookId,
};
pub use inbound::{InboundContent, InboundItem, InboundMessage, Profile, RemoteFile};
pub use job::{Job, Queue};
pub use message::{Direction, Message, MessageStatus, SendError, SenderType};
pub use page::{Page, Total};
pub use schedule::{
    Calendar, ClockTime, Day, Holiday, HoursSettings, Interval, Opening, OutsideHours, Schedule,
    TeamHours, Week,
};
pub use scope::{PlatformScope, TenantScope};
pub use settings::{RoutingSettings, RoutingStrategy, SkillsFallback, Visibility};
pub use team::{Team, TeamBrief};
pub use template::{Template, TemplateError, Variable};
pub use user::{Operator, OperatorStatus};
pub use webhook::{WebhookAttempt, WebhookDeliveryState, WebhookOutcome, WebhookStop};

/// Declares a fieldless enum that is stored and sent as a lowercase snake-case word.
///
/// One list of words serves the database, JSON and OpenAPI alike.
macro_rules! word_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the database and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(crate::UnknownWord { of: stringify!($name) }),
                }
            }
        }
    };
}
pub(crate) use word_enum;

/// A word that is not one of an enum's values. The word itself is not repeated: it came from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known {of}")]
pub struct UnknownWord {
    /// The enum's name.
    pub of: &'static str,
}
