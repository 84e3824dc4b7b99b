//! Signing in and out, and one's own account.

use omni_bus::Signal;
use omni_model::{
    Actor, PlatformScope, Principal, SessionId, TenantScope, UserId, codes, limits, normalise_email,
};
use omni_store::UnitOfWork;
use omni_store::sessions::{self, RefreshRecord, SessionRecord};
use omni_store::users::{self, UserRecord};
use serde_json::json;
use uuid::Uuid;

use super::token::{Subject, random_token, token_hash};
use super::{
    LoginRequest, PasswordChange, TokenPair, User, password, person, signed_in, unauthenticated,
};
use crate::audit::{self, Line};
use crate::{Core, Error, Result};

/// Accounts of one e-mail address that a password is tried on.
const ACCOUNTS: u64 = 5;

impl Core {
    /// Signs in. An unknown address, a wrong password and a closed account get the same answer after the
    /// same work.
    pub async fn login(&self, request: LoginRequest) -> Result<TokenPair> {
        password::check_claimed("/password", &request.password)?;
        let mut fitting = self.accounts_with_password(&request).await?;
        match (fitting.pop(), fitting.is_empty()) {
            (None, _) => Err(Error::refused(
                codes::BAD_CREDENTIALS,
                "the e-mail address or the password is wrong",
            )),
            (Some(_), false) => Err(Error::refused(
                codes::TENANT_REQUIRED,
                "several companies know this person",
            )),
            (Some(user), true) => {
                self.refuse_suspended(&user.scope()).await?;
                self.start_session(user).await
            }
        }
    }

    async fn accounts_with_password(&self, request: &LoginRequest) -> Result<Vec<UserRecord>> {
        let why = PlatformScope::for_reason("who signs in has no tenant yet");
        let accounts = match normalise_email(&request.email) {
            Some(email) if email.len() <= limits::EMAIL => {
                let slug = request.tenant.as_deref();
                users::by_email(self.store().reader(), why, &email, slug, ACCOUNTS).await?
            }
            _ => Vec::new(),
        };
        let passwords = &self.access().passwords;
        if accounts.is_empty() {
            passwords.verify(request.password.clone(), None).await?;
        }
        let mut fitting = Vec::new();
        for account in accounts {
            let fits = passwords
                .verify(request.password.clone(), account.password_hash.clone())
                .await?;
            if fits && !account.disabled {
                fitting.push(account);
            }
        }
        Ok(fitting)
    }

    pub(crate) async fn start_session(&self, user: UserRecord) -> Result<TokenPair> {
        let scope = user.scope();
        let session_id = SessionId::new(self.clock());
        let refresh_token = random_token()?;
        let hash = token_hash(&refresh_token);
        let ttl = self.options().refresh_token_ttl;
        let user_id = user.id;
        self.store()
            .write(&scope, move |unit| async move {
                let expires_at = unit.now().plus(ttl);
                let session = SessionRecord {
                    id: session_id,
                    tenant_id: scope.tenant_id(),
                    user_id,
                    created_at: unit.now(),
                    expires_at,
                };
                sessions::insert(&unit, &session).await?;
                let refresh = RefreshRecord {
                    tenant_id: scope.tenant_id(),
                    session_id,
                    expires_at,
                    used_at: None,
                };
                sessions::insert_refresh(&unit, &hash, &refresh).await?;
                Ok::<_, Error>(())
            })
            .await?;
        self.token_pair(&user, session_id, refresh_token)
    }

    pub(super) fn token_pair(
        &self,
        user: &UserRecord,
        session_id: SessionId,
        refresh_token: String,
    ) -> Result<TokenPair> {
        let ttl = self.options().access_token_ttl;
        let subject = Subject {
            session_id,
            user_id: user.id,
            tenant_id: user.tenant_id,
            role: user.role,
            version: user.version,
        };
        let id = Uuid::from(SessionId::new(self.clock()));
        let access_token = self
            .access()
            .tokens
            .issue(&subject, id, self.clock().now(), ttl)?;
        Ok(TokenPair {
            access_token,
            refresh_token,
            token_type: "bearer",
            expires_in: ttl.as_secs(),
            user: user.into(),
        })
    }

    /// Who I am.
    pub async fn me(&self, principal: &Principal) -> Result<User> {
        let user = self.own_account(principal).await?;
        Ok((&user).into())
    }

    /// Ends this session: its tokens and sockets with it.
    pub async fn logout(&self, principal: &Principal) -> Result<()> {
        let (scope, (_, session_id)) = (principal.scope(), signed_in(principal)?);
        self.store()
            .write(&scope, move |unit| async move {
                sessions::revoke(&unit, &scope, session_id, "logout").await?;
                Ok::<_, Error>(())
            })
            .await?;
        self.bus().send(Signal::SessionEnded { session_id });
        Ok(())
    }

    /// Changes one's own password, which takes the current one, and ends all other sessions.
    pub async fn change_password(
        &self,
        principal: &Principal,
        change: PasswordChange,
    ) -> Result<()> {
        let (user_id, session_id) = signed_in(principal)?;
        password::check_claimed("/current_password", &change.current_password)?;
        password::check_new("/new_password", &change.new_password)?;
        let user = self.own_account(principal).await?;
        let passwords = &self.access().passwords;
        let right = passwords
            .verify(change.current_password, user.password_hash.clone())
            .await?;
        let Some(old_hash) = user.password_hash.filter(|_| right) else {
            return Err(wrong_current_password());
        };
        let new_hash = passwords.hash(change.new_password).await?;
        let scope = principal.scope();
        let ended = self
            .store()
            .write(&scope, move |unit| async move {
                if !users::replace_password(&unit, &scope, user_id, &old_hash, &new_hash).await? {
                    return Err(changed_just_now());
                }
                end_others(&unit, &scope, user_id, session_id).await
            })
            .await?;
        for session_id in ended {
            self.bus().send(Signal::SessionEnded { session_id });
        }
        Ok(())
    }

    async fn own_account(&self, principal: &Principal) -> Result<UserRecord> {
        users::find(
            self.store().reader(),
            &principal.scope(),
            person(principal)?,
        )
        .await?
        .ok_or_else(unauthenticated)
    }
}

/// Ends the sessions that somebody with the old password may have, all but this one.
async fn end_others(
    unit: &UnitOfWork,
    scope: &TenantScope,
    user: UserId,
    session: SessionId,
) -> Result<Vec<SessionId>> {
    let ended = sessions::revoke_others(unit, scope, user, session, "password_changed").await?;
    let line = Line::of("user.password_changed", "user", user.0)
        .with(json!({"sessions_ended": ended.len()}));
    audit::record(unit, scope, Some(Actor::Person(user)), line).await?;
    Ok(ended)
}

fn changed_just_now() -> Error {
    Error::refused(codes::CONFLICT, "the password was changed just now")
}

fn wrong_current_password() -> Error {
    Error::Refused {
        code: codes::FORBIDDEN,
        detail: "the current password is wrong".to_owned(),
        fields: vec![omni_model::FieldError::new(
            "/current_password",
            "wrong",
            "is not the current password",
        )],
        retry_after: None,
    }
}
