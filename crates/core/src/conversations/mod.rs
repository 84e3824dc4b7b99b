//! Conversations and their messages: reading, answering, assigning, closing.

mod access;
mod assign;
pub(crate) mod content;
mod labels;
mod list;
mod messages;
mod read;
mod render;
mod reply;
mod retry;
mod status;
mod typing;

pub(crate) use access::{REPLY, message_updated};
pub use assign::Assignment;
pub use labels::ConversationPatch;
pub(crate) use labels::checked_metadata;
pub use list::ConversationQuery;
pub(crate) use list::{page_limit, read_filter};
pub use messages::{MessagePage, MessageQuery};
pub use reply::{NewMessage, Replied};
pub use status::StatusChange;
pub use typing::Typing;
pub(crate) use typing::TypingPace;
