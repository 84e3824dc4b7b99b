//! Channels: where customers write.

use crate::word_enum;

word_enum! {
    /// The kind of a channel.
    ChannelKind {
        Telegram = "telegram",
        Whatsapp = "whatsapp",
        Wazzup = "wazzup",
        Widget = "widget",
        Email = "email",
        Api = "api",
    }
}

word_enum! {
    /// Whether a channel works.
    ChannelStatus {
        /// Receives and sends.
        Active = "active",
        /// Not reached yet; tried again by itself.
        Connecting = "connecting",
        /// Refused by the provider; somebody must act.
        Error = "error",
    }
}
