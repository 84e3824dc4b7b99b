//! What a file is. The bytes decide; what the sender says counts only where the bytes say nothing.

/// What is assumed of a file that nobody can name.
pub(crate) const UNKNOWN: &str = "application/octet-stream";

/// Bytes that are looked at.
pub(super) const HEAD: usize = 8 * 1024;

/// The media types that a browser may show by itself: raster images, sound and film. Nothing in them runs.
const INLINE: &[&str] = &[
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "audio/aac",
    "audio/m4a",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/opus",
    "audio/wav",
    "audio/webm",
    "audio/x-flac",
    "audio/x-wav",
    "video/mp4",
    "video/ogg",
    "video/quicktime",
    "video/webm",
    "video/x-m4v",
];

/// Words in a media type that name what can run in a browser.
const ACTIVE: &[&str] = &[
    "html",
    "svg",
    "xml",
    "javascript",
    "ecmascript",
    "script",
    "wasm",
];

/// Whether a browser may show this by itself instead of saving it.
pub fn is_shown_inline(mime_type: &str) -> bool {
    INLINE.contains(&mime_type)
}

/// The media type of a file by its first bytes, or `None` where they say nothing.
pub(super) fn sniff(head: &[u8]) -> Option<String> {
    infer::get(head).map(|kind| kind.mime_type().to_owned())
}

/// The media type to keep.
pub(crate) fn settle(sniffed: Option<&str>, declared: Option<&str>) -> String {
    let declared = declared.and_then(plain);
    match (sniffed, declared) {
        // The same container holds sound alone or film: here only the sender knows.
        (Some("video/webm"), Some(sound @ "audio/webm"))
        | (Some("video/mp4"), Some(sound @ ("audio/mp4" | "audio/m4a"))) => sound.to_owned(),
        (Some(sniffed), _) => sniffed.to_owned(),
        (None, Some(declared)) if is_believed(declared) => declared.to_owned(),
        _ => UNKNOWN.to_owned(),
    }
}

/// A media type without parameters, if it is one.
fn plain(declared: &str) -> Option<&str> {
    let media = declared.split(';').next()?.trim();
    let (kind, subtype) = media.split_once('/')?;
    let word = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-')
            })
    };
    (media.len() <= 100 && word(kind) && word(subtype)).then_some(media)
}

/// Pictures, sound and film have marks in their bytes: one without is not what it says.
fn is_believed(declared: &str) -> bool {
    let passive = !ACTIVE.iter().any(|word| declared.contains(word));
    passive && (declared.starts_with("text/") || declared.starts_with("application/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn the_bytes_decide() {
        let of = |head: &[u8], declared| settle(sniff(head).as_deref(), declared);
        assert_eq!(of(PNG, Some("image/svg+xml")), "image/png");
        assert_eq!(of(PNG, Some("text/html")), "image/png");
        assert_eq!(
            of(b"<!DOCTYPE html><script>", Some("image/png")),
            "text/html"
        );
        assert_eq!(of(b"<svg onload=alert(1)>", Some("image/png")), UNKNOWN);
        assert_eq!(of(b"<svg onload=alert(1)>", Some("image/svg+xml")), UNKNOWN);
        assert_eq!(of(b"alert(1)", Some("text/javascript")), UNKNOWN);
        assert_eq!(
            of(b"hello", Some("text/plain; charset=utf-8")),
            "text/plain"
        );
        assert_eq!(of(b"a,b", Some("text/csv")), "text/csv");
        assert_eq!(of(b"hello", Some("audio/ogg")), UNKNOWN);
        assert_eq!(of(b"hello", Some("text/x\r\nSet-Cookie: a")), UNKNOWN);
        assert_eq!(of(b"hello", None), UNKNOWN);
    }

    #[test]
    fn nothing_that_runs_is_shown() {
        for media in [
            "text/html",
            "image/svg+xml",
            "text/xml",
            "application/pdf",
            UNKNOWN,
        ] {
            assert!(!is_shown_inline(media), "{media}");
        }
        assert!(is_shown_inline("image/png") && is_shown_inline("audio/ogg"));
    }
}
