//! Forms with files.

use bytes::Bytes;

/// A file in a form.
#[derive(Clone, Debug)]
pub struct FilePart {
    pub bytes: Bytes,
    pub file_name: String,
    pub mime_type: String,
}

/// A `multipart/form-data` body.
#[derive(Clone, Debug, Default)]
pub struct Form {
    texts: Vec<(&'static str, String)>,
    files: Vec<(&'static str, FilePart)>,
}

impl Form {
    /// Adds a text field.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.texts.push((name, value.into()));
        self
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, name: &'static str, file: FilePart) -> Self {
        self.files.push((name, file));
        self
    }

    pub(crate) fn into_reqwest(self) -> reqwest::multipart::Form {
        let mut form = reqwest::multipart::Form::new();
        for (name, value) in self.texts {
            form = form.text(name, value);
        }
        for (name, file) in self.files {
            form = form.part(name, file.into_part());
        }
        form
    }
}

impl FilePart {
    fn into_part(self) -> reqwest::multipart::Part {
        let part = || {
            let length = self.bytes.len() as u64;
            reqwest::multipart::Part::stream_with_length(self.bytes.clone(), length)
                .file_name(header_safe(&self.file_name))
        };
        part().mime_str(&self.mime_type).unwrap_or_else(|_| part())
    }
}

/// A file name that cannot break out of its header. Quotes and backslashes are escaped in ways that
/// not every server reads, so they are replaced instead.
fn header_safe(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            '"' => '\'',
            '\\' | '/' => '_',
            c if c.is_control() => '_',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_stay_inside_their_header() {
        assert_eq!(header_safe("счёт \"5\".pdf"), "счёт '5'.pdf");
        assert_eq!(header_safe("a\r\nX: y\\..\\b"), "a__X: y_.._b");
    }
}
