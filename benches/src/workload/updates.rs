//! Requests with updates, made in place without building a tree.

use std::io::Write;
use std::net::SocketAddr;

use super::random::{below, mix};
use super::texts::Texts;

/// Ids of known customers begin here, those of new ones further on.
const KNOWN: u64 = 100_000_000;
const NEW: u64 = 1_000_000_000;
/// Of ten messages, so many come from known customers.
const KNOWN_OF_TEN: u64 = 7;
const FIRST_UPDATE: u64 = 500_000_000;

/// Where a channel's updates go.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) addr: SocketAddr,
    pub(crate) path: String,
    pub(crate) secret: String,
}

/// All requests of a site, by number: number `n` is the same bytes whoever asks for it.
pub(crate) struct Traffic {
    target: Target,
    texts: Texts,
    /// Customers who have written before. The first so many messages come from them, one each.
    known: u64,
    /// When the messages were written, in seconds since 1970.
    date: i64,
}

impl Traffic {
    pub(crate) fn new(target: Target, texts: Texts, known: u64, date: i64) -> Self {
        Self {
            target,
            texts,
            known,
            date,
        }
    }

    pub(crate) const fn addr(&self) -> SocketAddr {
        self.target.addr
    }

    /// How many messages make the known customers known.
    pub(crate) const fn introductions(&self) -> u64 {
        self.known
    }

    /// Writes request number `n` in place of what `request` held. `body` is scratch space.
    pub(crate) fn write(&self, n: u64, request: &mut Vec<u8>, body: &mut Vec<u8>) {
        body.clear();
        request.clear();
        // Writing to memory cannot fail.
        let _ = self.write_body(n, body);
        let _ = write!(
            request,
            "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
             x-telegram-bot-api-secret-token: {}\r\ncontent-length: {}\r\n\r\n",
            self.target.path,
            self.target.addr,
            self.target.secret,
            body.len()
        );
        request.extend_from_slice(body);
    }

    fn write_body(&self, n: u64, body: &mut Vec<u8>) -> std::io::Result<()> {
        let customer = self.customer(n);
        let name = r"\u0410\u043d\u043d\u0430";
        let family = r"\u0421\u043e\u043a\u043e\u043b\u043e\u0432\u0430";
        write!(
            body,
            "{{\"update_id\":{},\n\"message\":{{\"message_id\":{},\"from\":{{\"id\":{customer},\"is_bot\":false,\
             \"first_name\":\"{name}\",\"last_name\":\"{family}\",\"username\":\"u{customer}\",\
             \"language_code\":\"ru\"}},\"chat\":{{\"id\":{customer},\"first_name\":\"{name}\",\
             \"last_name\":\"{family}\",\"username\":\"u{customer}\",\"type\":\"private\"}},\
             \"date\":{},\"text\":\"#{n:09} {}\"}}}}",
            FIRST_UPDATE + n,
            n + 1,
            self.date,
            self.texts.pick(mix(n ^ 0x7e87))
        )
    }

    fn customer(&self, n: u64) -> u64 {
        let random = mix(n);
        if n < self.known {
            KNOWN + n
        } else if below(random, 10) < KNOWN_OF_TEN {
            KNOWN + below(mix(random), self.known)
        } else {
            NEW + n
        }
    }
}

/// The number of the message that a live frame carries, read off the mark at the front of its text.
pub(crate) fn marked_number(frame: &str) -> Option<u64> {
    let (_, from_mark) = frame.split_once("\"text\":\"#")?;
    from_mark.get(..9)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    fn traffic() -> Traffic {
        let target = Target {
            addr: ([127, 0, 0, 1], 8000).into(),
            path: "/api/v1/telegram/webhook/abc".to_owned(),
            secret: "hush".to_owned(),
        };
        Traffic::new(target, Texts::new(), 1000, 1_790_000_000)
    }

    fn body(traffic: &Traffic, n: u64) -> Value {
        let (mut request, mut body) = (Vec::new(), Vec::new());
        traffic.write(n, &mut request, &mut body);
        let head = String::from_utf8(request.clone()).unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n\r\n", body.len())));
        assert!(request.ends_with(&body));
        serde_json::from_slice(&body).unwrap()
    }

    #[test]
    fn updates_are_json_and_unique() {
        let traffic = traffic();
        let ids: HashSet<u64> = (0..5000)
            .map(|n| body(&traffic, n)["update_id"].as_u64().unwrap())
            .collect();
        assert_eq!(ids.len(), 5000);
    }

    #[test]
    fn seven_of_ten_are_known_once_everybody_was_introduced() {
        let traffic = traffic();
        let chat = |n| body(&traffic, n)["message"]["chat"]["id"].as_u64().unwrap();
        let known: HashSet<u64> = (0..1000).map(chat).collect();
        assert_eq!(known.len(), 1000);
        let mut new = HashSet::new();
        let by_known = (1000..11_000)
            .filter(|&n| {
                let chat = chat(n);
                known.contains(&chat) || !new.insert(chat)
            })
            .count();
        assert!((6800..7200).contains(&by_known), "{by_known}");
    }

    #[test]
    fn the_mark_is_found_in_a_frame() {
        let traffic = traffic();
        let text = body(&traffic, 4321)["message"]["text"].clone();
        let frame =
            serde_json::json!({"type": "message.new", "message": {"content": {"text": text}}});
        assert_eq!(marked_number(&frame.to_string()), Some(4321));
        assert_eq!(marked_number("{\"text\":\"#12\"}"), None);
    }
}
