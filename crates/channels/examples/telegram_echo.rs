//! The smallest bot on the Telegram adapter: says back what it is told. `telegram_echo BASE_URL TOKEN`

use std::time::Duration;

use omni_channels::telegram::{Telegram, envelope, parse};
use omni_channels::{Channel, Delivery, OutboundContent, OutboundMessage};
use omni_model::{InboundContent, InboundItem, InboundMessage};
use omni_outbound::Outbound;
use url::Url;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(base), Some(token)) = (arguments.next(), arguments.next()) else {
        return Err("usage: telegram_echo BASE_URL TOKEN".into());
    };
    let outbound = Outbound::new(vec!["127.0.0.1".parse()?])?;
    let bot = Telegram::new(outbound, &Url::parse(&base)?, &token)?;
    bot.get_me().await?;
    let mut offset = 0;
    loop {
        for update in bot.get_updates(offset, Duration::from_secs(5), 100).await? {
            let body = update.get().as_bytes();
            offset = envelope(body)?.provider_event_id.parse::<i64>()? + 1;
            if let InboundItem::Message(message) = parse(body)? {
                echo(&bot, *message).await?;
            }
        }
        // A server without long polling must not be asked in a tight loop.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn echo(bot: &Telegram, message: InboundMessage) -> Result<(), String> {
    let InboundContent::Text { text } = message.content else {
        return Ok(());
    };
    let answer = OutboundMessage {
        external_id: message.external_id,
        content: OutboundContent::Text {
            text: format!("echo: {text}"),
        },
        reply_to_provider_id: Some(message.provider_id),
        closes_keyboard: false,
    };
    match bot.send(answer).await {
        Delivery::Sent { .. } => Ok(()),
        other => Err(format!("not sent: {other:?}")),
    }
}
