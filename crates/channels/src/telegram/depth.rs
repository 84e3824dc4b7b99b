//! How deep a JSON text nests, without parsing it.

/// Whether no bracket of `json` lies deeper than `most`. Strings are skipped; whether the text is JSON
/// at all is for the parser to say.
pub(super) fn at_most(json: &str, most: usize) -> bool {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in json.bytes() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > most {
                    return false;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_count_and_strings_do_not() {
        assert!(at_most("[[1],[2]]", 2));
        assert!(!at_most("[[1],[2]]", 1));
        assert!(at_most(r#"{"a":"[[[[\"[[["}"#, 1));
        assert!(at_most(r#"{"a":"\\","b":[]}"#, 2));
        assert!(!at_most(&"[".repeat(100_000), 64));
    }
}
