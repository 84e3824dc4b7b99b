//! JSON bodies.

use std::future::Future;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use omni_model::{codes, limits};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::fields;
use crate::{ApiError, body};

/// A JSON body: 413, 415 and 400 at once; whether its fields fit (422) is told after what comes before
/// it in the order of checks, 404 and 403. Ask with [`Json::valid`] or [`Json::valid_after`].
#[derive(Debug)]
pub struct Json<T>(Result<T, ApiError>);

impl<T> Json<T> {
    /// The value, or 422. For requests that need no look-up and no permission.
    pub fn valid(self) -> Result<T, ApiError> {
        self.0
    }

    /// The value. `checks` runs only when the fields do not fit: whatever it refuses is told instead,
    /// since 404 and 403 come before 422. A good request is checked by the use case itself.
    pub async fn valid_after<U>(
        self,
        checks: impl Future<Output = omni_core::Result<U>>,
    ) -> Result<T, ApiError> {
        match self.0 {
            Ok(value) => Ok(value),
            Err(invalid) => {
                checks.await?;
                Err(invalid)
            }
        }
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, content) = request.into_parts();
        let bytes = body::read(&parts.headers, content, limits::JSON_BODY).await?;
        if !is_json(&parts.headers) {
            return Err(ApiError::new(
                codes::UNSUPPORTED_MEDIA,
                "Content-Type must be application/json",
            ));
        }
        parse(&bytes).map(Self)
    }
}

/// A JSON body that may be left out: of an empty one nothing is asked.
#[derive(Debug)]
pub struct OptionalJson<T>(Option<Json<T>>);

impl<T> OptionalJson<T> {
    /// Like [`Json::valid_after`], for what is there.
    pub async fn valid_after<U>(
        self,
        checks: impl Future<Output = omni_core::Result<U>>,
    ) -> Result<Option<T>, ApiError> {
        match self.0 {
            Some(json) => json.valid_after(checks).await.map(Some),
            None => Ok(None),
        }
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (parts, content) = request.into_parts();
        let bytes = body::read(&parts.headers, content, limits::JSON_BODY).await?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        let request = Request::from_parts(parts, bytes.into());
        Json::from_request(request, state).await.map(Some).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<Result<T, ApiError>, ApiError> {
    if depth(bytes) > limits::JSON_DEPTH {
        return Err(ApiError::new(
            codes::MALFORMED,
            format!("nested deeper than {} levels", limits::JSON_DEPTH),
        ));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = match serde_path_to_error::deserialize(&mut reader) {
        Ok(value) => value,
        Err(error) if error.inner().classify() == Category::Data => {
            // Fields that do not fit are told only of a body that is JSON to its end.
            well_formed(bytes)?;
            let field = fields::explain(error.path(), &error.inner().to_string());
            return Ok(Err(ApiError::invalid(vec![field])));
        }
        Err(error) => return Err(malformed(error.inner())),
    };
    reader.end().map_err(|error| malformed(&error))?;
    Ok(Ok(value))
}

fn well_formed(bytes: &[u8]) -> Result<(), ApiError> {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes)
        .map(|_| ())
        .map_err(|error| malformed(&error))
}

fn malformed(error: &serde_json::Error) -> ApiError {
    ApiError::new(
        codes::MALFORMED,
        format!(
            "not JSON at line {} column {}",
            error.line(),
            error.column()
        ),
    )
}

/// How deep brackets nest, found without recursion.
fn depth(bytes: &[u8]) -> usize {
    let (mut deepest, mut open, mut in_text, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in bytes {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => in_text = false,
            (true, _) => {}
            (false, b'"') => in_text = true,
            (false, b'[' | b'{') => {
                open += 1;
                deepest = deepest.max(open);
            }
            (false, b']' | b'}') => open = open.saturating_sub(1),
            (false, _) => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "read by nobody: only whether it parses matters")]
        count: i32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "read by nobody: only whether it parses matters")]
        items: Vec<Inner>,
    }

    fn refusal(text: &str) -> (u16, String, String) {
        let error = match parse::<Outer>(text.as_bytes()) {
            Ok(Ok(_)) => panic!("{text} was taken"),
            Ok(Err(error)) | Err(error) => error,
        };
        let problem = error.problem(None);
        let told = serde_json::to_string(&problem).unwrap();
        let pointer = problem.errors.first().map_or("", |field| &field.pointer);
        (problem.status, pointer.to_owned(), told)
    }

    #[test]
    fn wrong_fields_are_pointed_at() {
        for (text, pointer) in [
            (r#"{"items":[{"count":1},{"count":"x"}]}"#, "/items/1/count"),
            (r#"{"items":[{"count":1,"role":"owner"}]}"#, "/items/0/role"),
            (r#"{"items":[{}]}"#, "/items/0/count"),
            (r#"{"items":{}}"#, "/items"),
            (r#"{"items":[],"tenant_id":"x"}"#, "/tenant_id"),
            ("[]", ""),
        ] {
            let (status, told, _) = refusal(text);
            assert_eq!((status, told.as_str()), (422, pointer), "{text}");
        }
    }

    #[test]
    fn broken_json_is_400_even_after_a_wrong_field() {
        for text in [
            "",
            "{",
            r#"{"items":[],}"#,
            r#"{"items":[]} x"#,
            r#"{"items":"x""#,
        ] {
            assert_eq!(refusal(text).0, 400, "{text}");
        }
    }

    #[test]
    fn what_came_in_is_not_repeated() {
        for text in [
            r#"{"items":[{"count":"<script>"}]}"#,
            r#"{"items":[],"<script>":1}"#,
            r#"{"items":"<script>, expected <script>"}"#,
            r#"{"items":[{"count":<script>}]}"#,
        ] {
            let told = refusal(text).2;
            assert!(!told.contains("script"), "{told}");
        }
    }

    #[test]
    fn depth_is_limited_before_recursion() {
        let deep = "[".repeat(100_000);
        assert_eq!(refusal(&deep).0, 400);
        assert_eq!(depth(br#"{"a":"[[[","b":[{}]}"#), 3);
        assert_eq!(depth(br#"["\"[[["]"#), 1);
    }
}
