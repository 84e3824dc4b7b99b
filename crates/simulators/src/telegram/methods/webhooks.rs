//! Setting where updates go.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use url::{Host, Url};

use super::super::answer::{Outcome, Refusal, done_saying};
use super::super::input::Input;
use super::super::poll::Interruption;
use super::super::webhook::Webhook;
use super::super::world::Shared;
use super::{gone, updates};

const PORTS: &[u16] = &[80, 88, 443, 8443];
/// Webhook calls at once, unless asked otherwise.
const CONNECTIONS: i64 = 40;

pub(super) fn set(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    let Some(url) = input.text("url") else {
        return delete(shared, bot_id, input);
    };
    let secret = input.text("secret_token").unwrap_or_default();
    let connections = input.number("max_connections").unwrap_or(CONNECTIONS);
    let allowed = updates::allowed(input)?;
    shared.change(|world| {
        let bot = world.bot_mut(bot_id).ok_or_else(gone)?;
        let now = Instant::now();
        if bot.next_set_webhook.is_some_and(|next| now < next) {
            return Err(Refusal::slow_down(1));
        }
        bot.next_set_webhook = Some(now + Duration::from_secs(1));
        check_secret(secret)?;
        let url = check_url(url, shared.options.http_webhooks)?;
        if input.flag("drop_pending_updates") {
            bot.queue.clear();
        }
        if let Some(allowed) = allowed {
            bot.allowed_updates = Some(allowed).filter(|kinds| !kinds.is_empty());
        }
        let new = Webhook::new(url, secret, connections.clamp(1, 100));
        let same = bot.webhook.as_ref().is_some_and(|old| old.same_as(&new));
        if same {
            return done_saying("Webhook is already set");
        }
        bot.webhook = Some(new);
        bot.polling.interrupt(Interruption::SetWebhook);
        done_saying("Webhook was set")
    })
}

pub(super) fn delete(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    shared.change(|world| {
        let bot = world.bot_mut(bot_id).ok_or_else(gone)?;
        if input.flag("drop_pending_updates") {
            bot.queue.clear();
        }
        match bot.webhook.take() {
            Some(_) => done_saying("Webhook was deleted"),
            None => done_saying("Webhook is already deleted"),
        }
    })
}

pub(super) fn info(shared: &Shared, bot_id: i64) -> Outcome {
    shared.look(|world| {
        let bot = world.bot(bot_id).ok_or_else(gone)?;
        let mut info = json!({
            "url": "",
            "has_custom_certificate": false,
            "pending_update_count": bot.queue.len(),
        });
        if let Some(webhook) = &bot.webhook {
            info["url"] = webhook.url.as_str().into();
            info["max_connections"] = webhook.connections.into();
            info["ip_address"] = "127.0.0.1".into();
            if let Some((date, words)) = &webhook.last_error {
                info["last_error_date"] = (*date).into();
                info["last_error_message"] = words.as_str().into();
            }
        }
        if let Some(kinds) = &bot.allowed_updates {
            info["allowed_updates"] = kinds.clone().into();
        }
        Ok(info.into())
    })
}

fn check_secret(secret: &str) -> Result<(), Refusal> {
    if secret.len() > 256 {
        return Err(Refusal::bad("secret token is too long"));
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !secret.bytes().all(plain) {
        return Err(Refusal::bad("secret token contains unallowed characters"));
    }
    Ok(())
}

fn check_url(text: &str, http_allowed: bool) -> Result<Url, Refusal> {
    let bad = |words: &str| Refusal::bad(&format!("bad webhook: {words}"));
    let parsed = Url::parse(text).or_else(|_| Url::parse(&format!("https://{text}")));
    let url = parsed.map_err(|_| Refusal::bad("invalid webhook URL specified"))?;
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return Err(Refusal::bad("invalid webhook URL specified")),
    };
    if http_allowed && loopback && url.scheme() == "http" {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err(bad("An HTTPS URL must be provided for webhook"));
    }
    if !url
        .port_or_known_default()
        .is_some_and(|port| PORTS.contains(&port))
    {
        return Err(bad(
            "Webhook can be set up only on ports 80, 88, 443 or 8443",
        ));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhook_urls_are_refused_in_telegrams_words() {
        let refused = |url: &str, http: bool| check_url(url, http).unwrap_err().description;
        let https = "Bad Request: bad webhook: An HTTPS URL must be provided for webhook";
        let ports =
            "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443";
        assert_eq!(refused("http://shop.example/hook", true), https);
        assert_eq!(refused("http://127.0.0.1:9000/hook", false), https);
        assert_eq!(refused("https://shop.example:9000/hook", true), ports);
        assert!(check_url("https://shop.example:8443/hook", false).is_ok());
        assert!(check_url("http://127.0.0.1:9000/hook", true).is_ok());
    }
}
