//! The proof that a webhook call comes from Telegram.

use subtle::ConstantTimeEq;

/// Whether the `X-Telegram-Bot-Api-Secret-Token` header carries the secret of this channel, compared
/// in a time that does not tell how much of it was right.
pub fn secret_matches(expected: &str, header: Option<&[u8]>) -> bool {
    header.is_some_and(|given| bool::from(given.ct_eq(expected.as_bytes()))) && !expected.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_secret_matches() {
        assert!(secret_matches("s3cret", Some(b"s3cret")));
        assert!(!secret_matches("s3cret", Some(b"s3creT")));
        assert!(!secret_matches("s3cret", Some(b"s3cret ")));
        assert!(!secret_matches("s3cret", Some(b"")));
        assert!(!secret_matches("s3cret", None));
        assert!(!secret_matches("", Some(b"")));
    }
}
