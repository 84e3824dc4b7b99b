//! The Telegram Bot API.

use url::Url;

use crate::reader::Reader;

/// The Telegram Bot API.
#[derive(Debug, Clone)]
pub struct Telegram {
    /// Where it answers; another address serves a local Bot API server or the simulator.
    pub api_url: Url,
}

impl Telegram {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let api_url: Option<Url> =
            reader.parsed("telegram_api_url", "a URL such as https://api.telegram.org");
        let api_url = api_url.filter(|url| {
            let usable = matches!(url.scheme(), "http" | "https") && url.query().is_none();
            if !usable {
                reader.problem("telegram_api_url", "must be http(s)://host[:port]");
            }
            usable
        });
        Self {
            api_url: api_url.unwrap_or_else(default_url),
        }
    }
}

fn default_url() -> Url {
    Url::parse("https://api.telegram.org").expect("a literal URL")
}
