//! From an API key to who is asking.

use std::time::Duration;

use omni_model::{Credential, Permissions, PlatformScope, Principal, TenantScope};
use omni_store::api_keys::{self, KeyStanding};

use super::{token_hash, unauthenticated};
use crate::{Core, Error, Result};

/// What every key begins with.
pub(crate) const PREFIX: &str = "omni_";
/// Characters of a key: 256 random bits after the prefix.
const LENGTH: usize = PREFIX.len() + 43;
/// How exactly it is known when a key was last used.
const USED_EVERY: Duration = Duration::from_secs(60);

/// A key that lets in.
#[derive(Clone, Debug)]
pub struct KeyPass {
    pub principal: Principal,
    /// Requests a minute; `None` = the installation's setting.
    pub rate_limit: Option<u32>,
}

/// Whether `text` has the form of a key.
pub fn looks_like_key(text: &str) -> bool {
    text.len() == LENGTH
        && text.strip_prefix(PREFIX).is_some_and(|random| {
            (random.bytes()).all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        })
}

impl Core {
    /// Who is asking with this key, as stored now; 401 for whatever does not hold. A wrong one costs one look-up.
    pub async fn authenticate_key(&self, key: &str) -> Result<KeyPass> {
        if !looks_like_key(key) {
            return Err(unauthenticated());
        }
        let now = self.clock().now();
        let standing = self.key_standing(token_hash(key)).await?;
        let holds = !standing.disabled
            && standing
                .expires_at
                .is_none_or(|expires_at| expires_at > now);
        // Never more than he who made it may do by now.
        let maker = Permissions::of(standing.role);
        let permissions = standing.permissions.within(&maker);
        if !holds || permissions.is_empty() {
            return Err(unauthenticated());
        }
        let principal = Principal {
            tenant_id: standing.tenant_id,
            credential: Credential::Key {
                key_id: standing.id,
                created_by: standing.created_by,
            },
            role: standing.role,
            permissions,
        };
        self.refuse_suspended(&principal.scope()).await?;
        Ok(KeyPass {
            principal,
            rate_limit: standing.rate_limit.and_then(|limit| limit.try_into().ok()),
        })
    }

    async fn key_standing(&self, hash: String) -> Result<KeyStanding> {
        let remembered = &self.access().remembered;
        let asked = match remembered.keys().get(&hash) {
            Ok(standing) => return Ok(standing),
            Err(asked) => asked,
        };
        let why = PlatformScope::for_reason("the key names its tenant");
        let standing = api_keys::standing(self.store().reader(), why, &hash)
            .await?
            .ok_or_else(unauthenticated)?;
        self.note_key_use(&standing);
        remembered.keys().put(asked, hash, standing.clone());
        Ok(standing)
    }

    /// Notes that a key is used, at most once a minute. Nobody waits for it.
    fn note_key_use(&self, key: &KeyStanding) {
        let before = self.clock().now().minus(USED_EVERY);
        if key.last_used_at.is_some_and(|used| used > before) {
            return;
        }
        let (core, id) = (self.clone(), key.id);
        let scope = TenantScope::of(key.tenant_id);
        tokio::spawn(async move {
            let noted: Result<()> = core
                .store()
                .write(&scope, move |unit| async move {
                    api_keys::note_use(&unit, &scope, id, before).await?;
                    Ok::<_, Error>(())
                })
                .await;
            if let Err(error) = noted {
                tracing::debug!(%error, "the use of a key was not noted");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::random_token;

    #[test]
    fn keys_have_a_form() {
        let key = format!("{PREFIX}{}", random_token().unwrap());
        assert!(looks_like_key(&key), "{key}");
        for odd in [
            "",
            "omni_",
            "omni_x",
            &key[1..],
            &format!("{key}x"),
            &key.replace("omni_", "OMNI_"),
        ] {
            assert!(!looks_like_key(odd), "{odd}");
        }
        assert!(!looks_like_key(&format!("{}é", &key[..LENGTH - 2])));
    }
}
