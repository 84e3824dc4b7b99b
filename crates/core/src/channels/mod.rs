//! Channels: connecting them, keeping them connected, handing them to whoever sends and receives.

mod check;
mod connect;
mod create;
mod edit;
mod events;
pub(crate) mod needs;
mod open;
mod remembered;
mod settings;
mod view;
mod watch;

pub use create::NewChannel;
pub use edit::ChannelPatch;
pub use events::{ChannelEvent, EventOutcome, EventsRequest};
pub use open::OpenChannel;

pub(crate) use remembered::RememberedChannels;
pub use settings::{TelegramMode, WidgetSettings};
pub use view::Channel;
pub use watch::WatchPace;

/// What it takes to see the inside of channels and to change them.
const MANAGE: &str = "settings:channels";
