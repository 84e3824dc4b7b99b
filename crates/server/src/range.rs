//! One range of bytes, as RFC 9110 section 14 has it.

use std::ops::Range;

use axum::http::{HeaderMap, header};
use omni_core::files::Part;

/// The part that is asked for. Whatever is not one range of bytes asks for the whole, as the RFC allows.
pub(crate) fn asked(headers: &HeaderMap) -> Option<Part> {
    let value = headers.get(header::RANGE)?.to_str().ok()?;
    let (first, last) = value.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", last) => number(last).map(Part::Last),
        (first, "") => number(first).map(Part::From),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Part::Between(first, last))
        }
    }
}

/// The value of `Content-Range`.
pub(crate) fn told(range: &Range<u64>, size: u64) -> String {
    format!(
        "bytes {}-{}/{size}",
        range.start,
        range.end.saturating_sub(1)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Option<Part> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, value.parse().unwrap());
        asked(&headers)
    }

    #[test]
    fn one_range_is_understood_and_all_else_is_the_whole() {
        assert_eq!(of("bytes=0-0"), Some(Part::Between(0, 0)));
        assert_eq!(of("bytes=5-"), Some(Part::From(5)));
        assert_eq!(of("bytes=-7"), Some(Part::Last(7)));
        for whole in [
            "bytes=",
            "bytes=-",
            "bytes=5-4",
            "bytes=0-1,3-4",
            "bytes=a-b",
            "lines=1-2",
            "bytes=-99999999999999999999999",
        ] {
            assert_eq!(of(whole), None, "{whole}");
        }
        assert_eq!(told(&(2..5), 10), "bytes 2-4/10");
    }
}
