//! What customers send: unique Telegram updates, 70 % from known customers and 30 % from new ones.

mod random;
mod texts;
mod updates;

pub(crate) use texts::Texts;
pub(crate) use updates::{Target, Traffic, marked_number};
