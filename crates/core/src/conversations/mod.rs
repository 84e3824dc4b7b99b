//! Conversations and their messages: reading, answering, assigning, closing.

mod access;
mod album;
mod amend;
mod assign;
mod bulk;
pub(crate) mod content;
mod drafts;
mod labels;
mod list;
mod messages;
mod read;
mod render;
mod reply;
mod retry;
mod status;
mod tags;
mod tomb;
mod typing;

pub(crate) use access::{REPLY, message_updated};
pub use album::{AlbumItem, NewAlbum, SentAlbum};
pub use amend::{EditedContent, MessageEdit};
pub use assign::Assignment;
pub use bulk::{BulkAction, BulkDone, BulkRefusal, BulkResult};
pub use drafts::{Draft, DraftBrief, DraftChange};
pub use labels::ConversationPatch;
pub(crate) use labels::checked_metadata;
pub use list::ConversationQuery;
pub(crate) use list::words;
pub(crate) use list::{page_limit, read_filter};
pub use messages::{MessagePage, MessageQuery};
pub use reply::{NewMessage, Replied};
pub use status::StatusChange;
pub use tags::{TagChange, TagCount, TagQuery};
pub(crate) use tomb::{entomb, is_going, stays};
pub use typing::Typing;
pub(crate) use typing::TypingPace;
