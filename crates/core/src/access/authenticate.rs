//! From an access token to who is asking.

use omni_model::{Credential, Permissions, Principal, SessionId, TenantScope, Timestamp};
use omni_store::sessions::{self, Standing};

use super::unauthenticated;
use crate::{Core, Result};

impl Core {
    /// Who is asking, as stored now; 401 for whatever does not hold.
    pub async fn authenticate(&self, token: &str) -> Result<Principal> {
        self.authenticate_until(token)
            .await
            .map(|(principal, _)| principal)
    }

    /// Who is asking, and when his token ends: for those who stay connected.
    pub async fn authenticate_until(&self, token: &str) -> Result<(Principal, Timestamp)> {
        let now = self.clock().now();
        let claims = self
            .access()
            .tokens
            .read(token, now)
            .ok_or_else(unauthenticated)?;
        let scope = TenantScope::of(claims.tenant_id);
        let standing = self
            .standing(&scope, claims.sid)
            .await?
            .ok_or_else(unauthenticated)?;
        let holds = !standing.revoked
            && !standing.disabled
            && standing.expires_at > now
            && standing.user_id == claims.user_id
            && standing.version == claims.ver;
        if !holds {
            return Err(unauthenticated());
        }
        self.refuse_suspended(&scope).await?;
        let principal = Principal {
            tenant_id: claims.tenant_id,
            credential: Credential::Session {
                user_id: claims.user_id,
                session_id: claims.sid,
            },
            role: standing.role,
            permissions: Permissions::of(standing.role),
        };
        Ok((principal, Timestamp::from_seconds(claims.exp)))
    }

    async fn standing(&self, scope: &TenantScope, id: SessionId) -> Result<Option<Standing>> {
        let asked = match self.access().remembered.sessions().get(&id) {
            Ok(standing) => return Ok(Some(standing)),
            Err(asked) => asked,
        };
        let standing = sessions::standing(self.store().reader(), scope, id).await?;
        if let Some(standing) = &standing {
            self.access()
                .remembered
                .sessions()
                .put(asked, id, standing.clone());
        }
        Ok(standing)
    }
}
