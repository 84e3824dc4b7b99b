//! Refreshing: each refresh token works once. A second use means that two hold it, one of whom stole it;
//! which of them cannot be told, so the whole family ends.

use omni_bus::Signal;
use omni_model::{PlatformScope, SessionId, TenantScope, codes};
use omni_store::UnitOfWork;
use omni_store::sessions::{self, RefreshRecord};
use omni_store::users::{self, UserRecord};
use serde_json::json;

use super::token::{random_token, token_hash};
use super::{RefreshRequest, TokenPair, unauthenticated};
use crate::audit::{self, Line};
use crate::{Core, Error, Result};

/// What became of a refresh token.
enum Refreshed {
    /// It was exchanged.
    Rotated(Box<UserRecord>, SessionId),
    /// It had been used before: the session has ended, if it had not yet.
    Reused(SessionId),
    /// It ran out, or its session or person may not come in any more.
    Over,
}

impl Core {
    /// Exchanges a refresh token for a new pair.
    pub async fn refresh(&self, request: RefreshRequest) -> Result<TokenPair> {
        let used = token_hash(&request.refresh_token);
        let why = PlatformScope::for_reason("the token names its tenant");
        let scope = sessions::tenant_of_refresh(self.store().reader(), why, &used)
            .await?
            .ok_or_else(unauthenticated)?;
        // Not used up: it works again when the company does.
        self.refuse_suspended(&scope).await?;
        let refresh_token = random_token()?;
        let fresh = token_hash(&refresh_token);
        let ttl = self.options().refresh_token_ttl;
        let outcome = self
            .store()
            .write(&scope, move |unit| async move {
                let Some(token) = sessions::lock_refresh(&unit, &scope, &used).await? else {
                    return Ok(Refreshed::Over);
                };
                if token.used_at.is_some() {
                    return end_family(&unit, &scope, token.session_id).await;
                }
                rotate(&unit, &scope, &token, &used, &fresh, ttl).await
            })
            .await?;
        match outcome {
            Refreshed::Rotated(user, session_id) => {
                self.token_pair(&user, session_id, refresh_token)
            }
            Refreshed::Reused(session_id) => {
                self.bus().send(Signal::SessionEnded { session_id });
                Err(Error::refused(
                    codes::TOKEN_REUSED,
                    "this refresh token was used before; sign in again",
                ))
            }
            Refreshed::Over => Err(unauthenticated()),
        }
    }
}

async fn rotate(
    unit: &UnitOfWork,
    scope: &TenantScope,
    token: &RefreshRecord,
    used: &str,
    fresh: &str,
    ttl: std::time::Duration,
) -> Result<Refreshed> {
    let now = unit.now();
    let Some(standing) = sessions::standing(unit.db(), scope, token.session_id).await? else {
        return Ok(Refreshed::Over);
    };
    if token.expires_at <= now || standing.revoked || standing.disabled {
        return Ok(Refreshed::Over);
    }
    let Some(user) = users::find(unit.db(), scope, standing.user_id).await? else {
        return Ok(Refreshed::Over);
    };
    let expires_at = now.plus(ttl);
    sessions::use_refresh(unit, scope, used).await?;
    let next = RefreshRecord {
        expires_at,
        used_at: None,
        ..token.clone()
    };
    sessions::insert_refresh(unit, fresh, &next).await?;
    sessions::extend(unit, scope, token.session_id, expires_at).await?;
    Ok(Refreshed::Rotated(Box::new(user), token.session_id))
}

async fn end_family(
    unit: &UnitOfWork,
    scope: &TenantScope,
    session: SessionId,
) -> Result<Refreshed> {
    if sessions::revoke(unit, scope, session, "refresh_reused").await? {
        let whose = sessions::standing(unit.db(), scope, session).await?;
        let line = Line::of("session.refresh_reused", "session", session.0)
            .with(json!({"user_id": whose.map(|standing| standing.user_id)}));
        audit::record(unit, scope, None, line).await?;
    }
    Ok(Refreshed::Reused(session))
}
