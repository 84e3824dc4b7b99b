//! Channel adapters: what a messenger says, as our messages, and back.

mod channel;
mod outgoing;
pub mod telegram;

pub use channel::{
    Account, Capabilities, Channel, Check, FetchError, FetchedFile, FileBody, WebhookState,
};
pub use outgoing::{
    Delivery, EditedWords, OutboundContent, OutboundEdit, OutboundFile, OutboundMessage,
    error_codes,
};
