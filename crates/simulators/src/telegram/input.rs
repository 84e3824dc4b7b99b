//! The parameters of a call: query, form, JSON or multipart, all the same to the methods.

use std::collections::HashMap;

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::answer::Refusal;
use super::files::NewFile;

/// Bytes of a body; files of 50 MB fit with their form.
const BODY: usize = 51 * 1024 * 1024;

/// What a call brought along.
#[derive(Debug, Default)]
pub(super) struct Input {
    texts: HashMap<String, String>,
    files: HashMap<String, NewFile>,
}

impl Input {
    pub(super) async fn read(request: Request) -> Result<Self, Refusal> {
        let mut input = Self::default();
        if let Some(query) = request.uri().query() {
            input.add_form(query.as_bytes());
        }
        let content_type = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_ascii_lowercase();
        if content_type.starts_with("multipart/form-data") {
            input.add_multipart(request).await?;
            return Ok(input);
        }
        let body = axum::body::to_bytes(request.into_body(), BODY)
            .await
            .map_err(|_| too_large())?;
        if body.is_empty() {
            return Ok(input);
        }
        if content_type.starts_with("application/json") {
            input.add_json(&body)?;
        } else if content_type.starts_with("application/x-www-form-urlencoded") {
            input.add_form(&body);
        }
        Ok(input)
    }

    fn add_form(&mut self, form: &[u8]) {
        let pairs = url::form_urlencoded::parse(form).into_owned();
        self.texts.extend(pairs);
    }

    fn add_json(&mut self, body: &Bytes) -> Result<(), Refusal> {
        let fields: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| Refusal::bad("can't parse JSON object"))?;
        for (name, value) in fields {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text,
                other => other.to_string(),
            };
            self.texts.insert(name, text);
        }
        Ok(())
    }

    async fn add_multipart(&mut self, request: Request) -> Result<(), Refusal> {
        let broken = |_| Refusal::bad("can't parse multipart form");
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, BODY)
            .await
            .map_err(|_| too_large())?;
        let mut request = Request::from_parts(parts, axum::body::Body::from(body));
        axum::extract::DefaultBodyLimit::disable().apply(&mut request);
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|_| Refusal::bad("can't parse multipart form"))?;
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(str::to_owned);
            let mime_type = field.content_type().map(str::to_owned);
            let bytes = field.bytes().await.map_err(broken)?;
            match file_name {
                Some(file_name) => {
                    let file = NewFile {
                        name: file_name,
                        mime_type: mime_type
                            .unwrap_or_else(|| "application/octet-stream".to_owned()),
                        bytes,
                    };
                    self.files.insert(name, file);
                }
                None => {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    self.texts.insert(name, text);
                }
            }
        }
        Ok(())
    }

    /// A text parameter that is there and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts
            .get(name)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// A whole number; what is none counts as absent, as it does there.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "1"))
    }

    /// A parameter that is JSON in itself.
    pub(super) fn json(&self, name: &str) -> Result<Option<Value>, serde_json::Error> {
        self.text(name).map(serde_json::from_str).transpose()
    }

    /// The file that lies under a name of its own.
    pub(super) fn attached(&self, name: &str) -> Option<&NewFile> {
        self.files.get(name)
    }

    /// The file of a field: under its own name, or where `attach://` points.
    pub(super) fn file(&self, name: &str) -> Option<&NewFile> {
        let attached = || self.files.get(self.text(name)?.strip_prefix("attach://")?);
        self.files.get(name).or_else(attached)
    }
}

fn too_large() -> Refusal {
    Refusal::new(413, "Request Entity Too Large")
}
