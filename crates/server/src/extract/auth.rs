//! Who is asking.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use omni_core::Error;
use omni_core::access::looks_like_key;
use omni_model::{Principal, codes};

use super::ClientAddr;
use crate::layers::RequestContext;
use crate::{ApiError, AppState};

/// The header of API keys.
const API_KEY: &str = "x-api-key";

/// A signed-in person (`Authorization: Bearer <access token>`), or a program (`X-API-Key: omni_...`).
#[derive(Debug)]
pub struct Auth(pub Principal);

impl FromRequestParts<AppState> for Auth {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        refuse_key_in_address(&parts.uri)?;
        let Ok(ClientAddr(client)) = ClientAddr::from_request_parts(parts, state).await;
        let (principal, limit) = match Given::of(&parts.headers)? {
            Given::Token(token) => (state.core.authenticate(token).await?, None),
            Given::Key(key) => {
                let pass = match state.core.authenticate_key(key).await {
                    Err(Error::Refused { code, .. }) if code == codes::UNAUTHENTICATED => {
                        state.limits.wrong_key(client)?;
                        return Err(ApiError::new(code, "the key is not valid, or not any more"));
                    }
                    outcome => outcome?,
                };
                (pass.principal, pass.rate_limit)
            }
        };
        if let Some(context) = parts.extensions.get::<Arc<RequestContext>>() {
            context.belongs_to(principal.tenant_id);
        }
        state.limits.request(&principal, limit)?;
        Ok(Self(principal))
    }
}

/// What a request came with.
enum Given<'a> {
    Token(&'a str),
    Key(&'a str),
}

impl<'a> Given<'a> {
    /// Exactly one: of several, somebody on the way might have looked at another one than we.
    fn of(headers: &'a HeaderMap) -> Result<Self, ApiError> {
        let mut keys = headers.get_all(API_KEY).iter();
        let Some(key) = keys.next() else {
            return bearer(headers)
                .map(Self::Token)
                .ok_or_else(|| refused("no access token and no API key"));
        };
        if keys.next().is_some() || headers.contains_key(header::AUTHORIZATION) {
            return Err(refused("either an access token or an API key, once"));
        }
        key.to_str()
            .map(Self::Key)
            .map_err(|_| refused("the key is not valid, or not any more"))
    }
}

fn refused(detail: &str) -> ApiError {
    ApiError::new(codes::UNAUTHENTICATED, detail)
}

/// A key in the address would end up in logs, histories and `Referer` headers: it counts for nothing.
pub(crate) fn refuse_key_in_address(uri: &Uri) -> Result<(), ApiError> {
    let query = uri.query().unwrap_or_default();
    let carries_key = url::form_urlencoded::parse(query.as_bytes()).any(|(name, value)| {
        let name = name.to_ascii_lowercase().replace(['-', '_'], "");
        matches!(name.as_str(), "apikey" | "xapikey") || looks_like_key(&value)
    });
    if carries_key {
        return Err(refused(
            "keys go into the header X-API-Key, never into the address",
        ));
    }
    Ok(())
}

/// The bearer token of a request. Only this header counts: a token in the address would end up in logs.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
