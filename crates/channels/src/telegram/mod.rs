//! Telegram, over its Bot API.

mod album;
mod api;
mod channel;
mod check;
mod compose;
mod deliver;
mod depth;
mod downloads;
mod envelope;
mod failures;
mod fields;
mod groups;
mod markup;
mod media;
mod parse;
mod plain;
mod reactions;
mod revise;
mod secret;
mod split;
mod start;
mod token;
mod transport;

pub use api::{ALLOWED_UPDATES, Bot, WebhookInfo};
pub use channel::{Deadlines, Telegram};
pub use envelope::{Envelope, EnvelopeError, envelope, unreadable, update_number};
pub use failures::{CallError, Conflict};
pub use parse::{ParseError, START_PARAMETER, parse};
pub use reactions::REACTIONS;
pub use secret::secret_matches;
pub use token::{BadToken, Token};

/// The longest text of one message, in UTF-16 code units.
pub const TEXT_UNITS: usize = 4096;
/// The longest caption of a file, in UTF-16 code units.
pub const CAPTION_UNITS: usize = 1024;
/// The largest file that a bot may send.
pub const UPLOAD_BYTES: u64 = 50 * 1024 * 1024;
/// The largest file that a bot may send as a photo.
pub const PHOTO_BYTES: u64 = 10 * 1024 * 1024;
