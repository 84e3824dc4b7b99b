//! How superadmins come in: as people of companies do, with tokens for another audience.

use omni_model::{
    PlatformScope, SuperadminId, SuperadminSessionId, Timestamp, codes, limits, normalise_email,
};
use omni_store::UnitOfWork;
use omni_store::superadmins::{self, SuperadminRefresh};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::audit::{Act, note};
use super::{AUDIENCE, Superadmin, SuperadminLogin, SuperadminProfile, SuperadminTokenPair};
use crate::access::{
    ISSUER, Life, Lived, RefreshRequest, check_claimed_password, random_token, token_hash,
    unauthenticated,
};
use crate::{Core, Error, Result};

/// What an access token of a superadmin claims.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: Uuid,
    sid: SuperadminSessionId,
    superadmin_id: SuperadminId,
}

impl Lived for Claims {
    fn lives(&self) -> Life {
        Life {
            nbf: self.nbf,
            iat: self.iat,
            exp: self.exp,
        }
    }
}

/// What became of a refresh token.
enum Refreshed {
    /// It was exchanged.
    Rotated(Superadmin, SuperadminProfile),
    /// It had been used before: the session has ended.
    Reused,
    /// It ran out, or its session did.
    Over,
}

fn why() -> PlatformScope {
    PlatformScope::for_reason("superadmins belong to no company")
}

impl Core {
    /// Signs a superadmin in. An unknown address and a wrong password get the same answer after the same work.
    pub async fn superadmin_login(&self, request: SuperadminLogin) -> Result<SuperadminTokenPair> {
        check_claimed_password("/password", &request.password)?;
        let found = match normalise_email(&request.email) {
            Some(email) if email.len() <= limits::EMAIL => {
                superadmins::by_email(self.store().reader(), why(), &email).await?
            }
            _ => None,
        };
        let hash = found.as_ref().map(|found| found.password_hash.clone());
        let fits = self
            .access()
            .passwords
            .verify(request.password, hash)
            .await?;
        let Some(found) = found.filter(|_| fits) else {
            return Err(Error::refused(
                codes::BAD_CREDENTIALS,
                "the e-mail address or the password is wrong",
            ));
        };
        let who = Superadmin {
            id: found.id,
            session_id: SuperadminSessionId::new(self.clock()),
        };
        let refresh_token = random_token()?;
        let (hash, ttl) = (token_hash(&refresh_token), self.options().refresh_token_ttl);
        self.store()
            .write_platform(why(), move |unit| async move {
                let expires_at = unit.now().plus(ttl);
                superadmins::insert_session(&unit, who.session_id, who.id, expires_at).await?;
                superadmins::insert_refresh(&unit, &hash, who.session_id, expires_at).await?;
                let act = Act::of("superadmin.signed_in", "superadmin", who.id.0);
                note(&unit, Some(who.id), act).await
            })
            .await?;
        let profile = SuperadminProfile {
            id: found.id,
            email: found.email,
        };
        self.superadmin_pair(who, profile, refresh_token)
    }

    fn superadmin_pair(
        &self,
        who: Superadmin,
        superadmin: SuperadminProfile,
        refresh_token: String,
    ) -> Result<SuperadminTokenPair> {
        let (now, ttl) = (self.clock().now(), self.options().access_token_ttl);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            iat: now.seconds(),
            nbf: now.seconds(),
            exp: now.plus(ttl).seconds(),
            jti: SuperadminSessionId::at(now).0,
            sid: who.session_id,
            superadmin_id: who.id,
        };
        Ok(SuperadminTokenPair {
            access_token: self.access().superadmin_tokens.sign(&claims)?,
            refresh_token,
            token_type: "bearer",
            expires_in: ttl.as_secs(),
            superadmin,
        })
    }

    /// Which superadmin is asking; 401 for whatever does not hold.
    pub async fn authenticate_superadmin(&self, token: &str) -> Result<Superadmin> {
        let now: Timestamp = self.clock().now();
        let claims: Claims = self
            .access()
            .superadmin_tokens
            .open(token, now)
            .ok_or_else(unauthenticated)?;
        // Rare enough to be looked up each time.
        let standing = superadmins::standing(self.store().reader(), why(), claims.sid).await?;
        standing
            .filter(|standing| {
                !standing.revoked
                    && standing.expires_at > now
                    && standing.id == claims.superadmin_id
            })
            .map(|standing| Superadmin {
                id: standing.id,
                session_id: claims.sid,
            })
            .ok_or_else(unauthenticated)
    }

    /// Exchanges a superadmin's refresh token for a new pair. A second use of one ends the session.
    pub async fn superadmin_refresh(&self, request: RefreshRequest) -> Result<SuperadminTokenPair> {
        let used = token_hash(&request.refresh_token);
        let refresh_token = random_token()?;
        let (fresh, ttl) = (token_hash(&refresh_token), self.options().refresh_token_ttl);
        let outcome = self
            .store()
            .write_platform(why(), move |unit| async move {
                let Some(token) = superadmins::lock_refresh(&unit, &used).await? else {
                    return Ok(Refreshed::Over);
                };
                if token.used_at.is_some() {
                    return end_family(&unit, &token).await;
                }
                let expires_at = unit.now().plus(ttl);
                rotate(&unit, &token, &used, &fresh, expires_at).await
            })
            .await?;
        match outcome {
            Refreshed::Rotated(who, profile) => self.superadmin_pair(who, profile, refresh_token),
            Refreshed::Reused => Err(Error::refused(
                codes::TOKEN_REUSED,
                "this refresh token was used before; sign in again",
            )),
            Refreshed::Over => Err(unauthenticated()),
        }
    }

    /// Ends this session.
    pub async fn superadmin_logout(&self, who: &Superadmin) -> Result<()> {
        let session = who.session_id;
        self.store()
            .write_platform(why(), move |unit| async move {
                superadmins::revoke(&unit, session, "logout").await?;
                Ok::<_, Error>(())
            })
            .await
    }
}

async fn rotate(
    unit: &UnitOfWork,
    token: &SuperadminRefresh,
    used: &str,
    fresh: &str,
    expires_at: Timestamp,
) -> Result<Refreshed> {
    let standing = superadmins::standing(unit.db(), why(), token.session).await?;
    let Some(standing) = standing.filter(|standing| !standing.revoked) else {
        return Ok(Refreshed::Over);
    };
    if token.expires_at <= unit.now() {
        return Ok(Refreshed::Over);
    }
    superadmins::use_refresh(unit, used).await?;
    superadmins::insert_refresh(unit, fresh, token.session, expires_at).await?;
    let who = Superadmin {
        id: standing.id,
        session_id: token.session,
    };
    let profile = SuperadminProfile {
        id: standing.id,
        email: standing.email,
    };
    Ok(Refreshed::Rotated(who, profile))
}

async fn end_family(unit: &UnitOfWork, token: &SuperadminRefresh) -> Result<Refreshed> {
    if superadmins::revoke(unit, token.session, "refresh_reused").await? {
        let act = Act::of("superadmin.refresh_reused", "session", token.session.0);
        note(unit, None, act).await?;
    }
    Ok(Refreshed::Reused)
}
