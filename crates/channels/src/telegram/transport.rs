//! One call of the Bot API, and what its answer says.

use std::borrow::Cow;
use std::time::Duration;

use omni_outbound::{Answer, Call, Form, Outbound};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

use super::failures::{CallError, Refusal};
use super::token::Token;

/// Characters of Telegram's own words that are kept.
const DESCRIPTION: usize = 200;
/// A provider that asks for a longer pause is not believed.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Where and as whom to call.
#[derive(Clone, Debug)]
pub(super) struct Transport {
    outbound: Outbound,
    base: Url,
    token: Token,
}

/// Limits of one call.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) within: Duration,
    pub(super) at_most: u64,
}

#[derive(Deserialize)]
struct Reply<'a> {
    ok: bool,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    description: Option<Cow<'a, str>>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl Transport {
    pub(super) const fn new(outbound: Outbound, base: Url, token: Token) -> Self {
        Self {
            outbound,
            base,
            token,
        }
    }

    pub(super) const fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// Calls a method with JSON; answers the raw result.
    pub(super) async fn call(
        &self,
        method: &str,
        body: &Value,
        bounds: Bounds,
    ) -> Result<Box<RawValue>, CallError> {
        let url = self.url(&["bot", self.token.expose(), "/", method]);
        let call = Call::to(&url).within(bounds.within).at_most(bounds.at_most);
        let answer = self.outbound.post_json(call, body).await;
        read(&answer.map_err(CallError::Transport)?)
    }

    /// Calls a method with a form; answers the raw result.
    pub(super) async fn upload(
        &self,
        method: &str,
        form: Form,
        bounds: Bounds,
    ) -> Result<Box<RawValue>, CallError> {
        let url = self.url(&["bot", self.token.expose(), "/", method]);
        let call = Call::to(&url).within(bounds.within).at_most(bounds.at_most);
        let answer = self.outbound.post_form(call, form).await;
        read(&answer.map_err(CallError::Transport)?)
    }

    /// Where a file lies that `getFile` named.
    pub(super) fn file_url(&self, path: &str) -> Url {
        self.url(&["file/bot", self.token.expose(), "/", path])
    }

    fn url(&self, parts: &[&str]) -> Url {
        let mut url = self.base.clone();
        let base = self.base.path().trim_end_matches('/');
        url.set_path(&format!("{base}/{}", parts.concat()));
        url
    }
}

fn read(answer: &Answer) -> Result<Box<RawValue>, CallError> {
    let status = answer.status;
    let Ok(reply) = serde_json::from_slice::<Reply<'_>>(&answer.body) else {
        return Err(foreign(answer));
    };
    match reply.result {
        Some(result) if reply.ok && status < 300 => Ok(result.to_owned()),
        _ if reply.ok || status < 400 => Err(CallError::Unreadable { status }),
        _ => Err(refusal(answer, &reply).into()),
    }
}

fn refusal(answer: &Answer, reply: &Reply<'_>) -> Refusal {
    let told = reply.parameters.as_ref().and_then(|p| p.retry_after);
    let words = reply.description.as_deref().unwrap_or_default();
    Refusal {
        status: answer.status,
        description: words.chars().take(DESCRIPTION).collect(),
        retry_after: told
            .map(Duration::from_secs)
            .or(answer.retry_after)
            .map(|pause| pause.min(LONGEST_PAUSE)),
        migrate_to: reply.parameters.as_ref().and_then(|p| p.migrate_to_chat_id),
    }
}

/// An answer that is not Telegram's own JSON. Only two say for sure that nothing was done.
fn foreign(answer: &Answer) -> CallError {
    match answer.status {
        429 => CallError::RateLimited {
            after: answer.retry_after,
        },
        413 => CallError::Refused {
            status: 413,
            description: "Request Entity Too Large".to_owned(),
            migrate_to: None,
        },
        status => CallError::Unreadable { status },
    }
}
