//! The Telegram adapter against the Bot API simulator, over real HTTP.
#![expect(
    clippy::unwrap_used,
    reason = "in tests it says that something must hold"
)]

mod corpus;
mod delivery;
mod files;
mod inbound;
mod setup;

use std::time::Duration;

use bytes::Bytes;
use omni_channels::telegram::{Deadlines, Telegram};
use omni_channels::{Channel, Delivery, OutboundContent, OutboundMessage};
use omni_outbound::Outbound;
use omni_simulators::telegram::{Customer, DEFAULT_TOKEN, TelegramSimulator};

/// Long enough for a slow machine, short enough for a test of silence.
const DEADLINE: Duration = Duration::from_millis(700);

/// A server, a bot connected to it, and a customer who has already written.
struct Stage {
    server: TelegramSimulator,
    bot: Telegram,
    anna: Customer,
}

impl Stage {
    async fn set() -> Self {
        let server = TelegramSimulator::start().await.unwrap();
        let bot = bot_at(&server, DEFAULT_TOKEN);
        let anna = server.customer(111, "Anna Smirnova");
        anna.writes("/start");
        Self { server, bot, anna }
    }

    async fn say(&self, text: &str) -> Delivery {
        self.bot.send(text_message("111", text)).await
    }

    /// The texts that arrived.
    fn texts(&self) -> Vec<String> {
        let sent = self.server.ledger().into_iter();
        sent.filter_map(|sent| sent.text).collect()
    }
}

fn bot_at(server: &TelegramSimulator, token: &str) -> Telegram {
    let outbound = Outbound::new(vec!["127.0.0.1".parse().unwrap()]).unwrap();
    let deadlines = Deadlines {
        call: DEADLINE,
        upload: DEADLINE,
        download: DEADLINE,
    };
    Telegram::with_deadlines(outbound, &server.base_url(), token, deadlines).unwrap()
}

fn message(to: &str, content: OutboundContent) -> OutboundMessage {
    OutboundMessage {
        external_id: to.to_owned(),
        content,
        reply_to_provider_id: None,
        closes_keyboard: false,
    }
}

fn text_message(to: &str, text: &str) -> OutboundMessage {
    message(
        to,
        OutboundContent::Text {
            text: text.to_owned(),
        },
    )
}

fn sent(ids: &[&str]) -> Delivery {
    Delivery::Sent {
        provider_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
    }
}

/// The smallest picture that says how large it is.
fn png(width: u32, height: u32) -> Bytes {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\0\0\0");
    bytes.into()
}
