//! A bot's token, which is its password.

use std::fmt;

/// A bot token. Shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// A text that cannot be a bot token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a bot token looks like 123456:ABC-DEF1234")]
pub struct BadToken;

impl Token {
    /// Reads a token. It becomes a part of URLs, so nothing may stand in it that could change one.
    pub fn parse(text: &str) -> Result<Self, BadToken> {
        let text = text.trim();
        let (id, secret) = text.split_once(':').ok_or(BadToken)?;
        let number =
            !id.is_empty() && !id.starts_with('0') && id.bytes().all(|b| b.is_ascii_digit());
        let plain = !secret.is_empty()
            && secret
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        // Telegram itself refuses longer ones.
        if number && plain && text.len() <= 80 {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadToken)
        }
    }

    /// The bot's own id, which is the token's first half and no secret.
    pub fn bot_id(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}:***)", self.bot_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_checked_and_never_shown() {
        let token = Token::parse(" 123456:ABC-def_1 ").unwrap();
        assert_eq!(token.bot_id(), "123456");
        assert_eq!(format!("{token:?}"), "Token(123456:***)");
        for bad in [
            "", "123456", ":abc", "123:", "0123:abc", "12a:abc", "1:a/../x", "1:a?b", "1:a b",
        ] {
            assert_eq!(Token::parse(bad), Err(BadToken), "{bad}");
        }
    }
}
