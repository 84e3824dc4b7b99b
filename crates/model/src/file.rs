//! Stored files.

use serde::{Deserialize, Serialize};

use crate::{FileId, limits, word_enum};

word_enum! {
    /// Whether a file is here.
    FileState {
        /// Can be handed out.
        Ready = "ready",
        /// Still lies with the provider.
        Pending = "pending",
        /// Could not be fetched.
        Failed = "failed",
    }
}

/// A stored file as the API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = File)]
pub struct StoredFile {
    pub id: FileId,
    pub file_name: String,
    /// What the bytes are, whatever the sender called them.
    pub mime_type: String,
    /// Bytes.
    pub size: i64,
    /// Signed and short-lived; `GET /api/v1/files/{id}` gives a fresh one.
    pub url: String,
}

/// A file name that is safe to show and to save under: no folders, no control or direction-changing
/// characters, of bounded length, never empty.
pub fn clean_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last.chars().filter(|c| !is_deceptive(*c)).collect();
    // Leading dots hide a file, trailing ones and blanks are dropped by some systems.
    let trimmed = visible.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let cut = shorten(trimmed);
    if cut.is_empty() {
        "file".to_owned()
    } else {
        cut
    }
}

/// Characters that nobody sees, that turn the direction of text (so that `exe.gpj` reads `jpg.exe`), or
/// that mean something to a file system.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
            | '"' | '*' | ':' | '<' | '>' | '?' | '|')
}

/// Cuts in the middle, so that the extension stays.
fn shorten(name: &str) -> String {
    let length = name.chars().count();
    if length <= limits::FILE_NAME {
        return name.to_owned();
    }
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension)
        .filter(|extension| extension.chars().count() <= 16);
    let tail = extension.map_or(String::new(), |extension| format!(".{extension}"));
    let head = limits::FILE_NAME - tail.chars().count();
    name.chars().take(head).chain(tail.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_could_deceive() {
        for (given, clean) in [
            ("act.pdf", "act.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\x.png", "x.png"),
            ("..", "file"),
            ("", "file"),
            (".htaccess", "htaccess"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("\u{200b}\u{feff}run.js ", "run.js"),
            ("a\r\nSet-Cookie: x\0.txt", "aSet-Cookie x.txt"),
            ("<img src=x>.png", "img src=x.png"),
            ("Акт №7.docx", "Акт №7.docx"),
        ] {
            assert_eq!(clean_file_name(given), clean, "{given:?}");
        }
        let long = clean_file_name(&format!("{}.pdf", "я".repeat(300)));
        assert_eq!(long.chars().count(), limits::FILE_NAME);
        assert!(long.ends_with(".pdf"));
    }
}
