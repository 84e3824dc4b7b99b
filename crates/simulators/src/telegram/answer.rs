//! What a method answers.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

/// A result, or a refusal.
pub(super) type Outcome = Result<Success, Refusal>;

/// A result, with the remark that a few methods add.
#[derive(Debug)]
pub(super) struct Success {
    pub(super) result: Value,
    pub(super) description: Option<&'static str>,
}

impl From<Value> for Success {
    fn from(result: Value) -> Self {
        Self {
            result,
            description: None,
        }
    }
}

/// `true`, as many methods answer.
pub(super) fn done() -> Outcome {
    Ok(Value::Bool(true).into())
}

/// `true` with a remark.
pub(super) fn done_saying(description: &'static str) -> Outcome {
    Ok(Success {
        result: Value::Bool(true),
        description: Some(description),
    })
}

/// A refusal in Telegram's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) description: String,
    pub(super) retry_after: Option<u64>,
    pub(super) migrate_to: Option<i64>,
}

impl Refusal {
    pub(super) fn new(status: u16, description: impl Into<String>) -> Self {
        Self {
            status,
            description: description.into(),
            retry_after: None,
            migrate_to: None,
        }
    }

    pub(super) fn bad(words: &str) -> Self {
        Self::new(400, format!("Bad Request: {words}"))
    }

    pub(super) fn forbidden(words: &str) -> Self {
        Self::new(403, format!("Forbidden: {words}"))
    }

    pub(super) fn conflict(words: &str) -> Self {
        Self::new(409, format!("Conflict: {words}"))
    }

    pub(super) fn slow_down(seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(429, format!("Too Many Requests: retry after {seconds}"))
        }
    }

    fn body(&self) -> Value {
        let mut body = json!({
            "ok": false,
            "error_code": self.status,
            "description": self.description,
        });
        if let Some(seconds) = self.retry_after {
            body["parameters"] = json!({"retry_after": seconds});
        }
        if let Some(chat) = self.migrate_to {
            body["parameters"] = json!({"migrate_to_chat_id": chat});
        }
        body
    }
}

/// The HTTP form of an outcome.
pub(super) fn respond(outcome: Outcome) -> Response {
    match outcome {
        Ok(success) => {
            let mut body = json!({"ok": true, "result": success.result});
            if let Some(description) = success.description {
                body["description"] = description.into();
            }
            json_response(StatusCode::OK, &body)
        }
        Err(refusal) => {
            let status =
                StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = json_response(status, &refusal.body());
            if let Some(seconds) = refusal.retry_after {
                response
                    .headers_mut()
                    .insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
