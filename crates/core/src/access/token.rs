//! Tokens: signed access tokens that say for how long, random refresh tokens that say nothing.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use omni_model::{Permissions, Role, SessionId, TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::signer::{ISSUER, Life, Lived, Signer};
use crate::{Error, Result};

const AUDIENCE: &str = "omnisupport-api";

/// What an access token claims. The rights in it are for the client to read: what counts is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    /// Seconds since 1970, as all times here.
    iat: i64,
    nbf: i64,
    pub(super) exp: i64,
    jti: Uuid,
    pub(super) sid: SessionId,
    /// The version of the person's rights it was issued at.
    pub(super) ver: i64,
    pub(super) user_id: UserId,
    pub(super) tenant_id: TenantId,
    role: Role,
    permissions: Permissions,
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

/// Whom a token is issued to.
pub(super) struct Subject {
    pub(super) session_id: SessionId,
    pub(super) user_id: UserId,
    pub(super) tenant_id: TenantId,
    pub(super) role: Role,
    pub(super) version: i64,
}

/// Signs and reads access tokens.
pub(super) struct AccessTokens(Signer);

impl AccessTokens {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self(Signer::new(secret, AUDIENCE))
    }

    pub(super) fn issue(
        &self,
        to: &Subject,
        id: Uuid,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<String> {
        self.0.sign(&Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            iat: now.seconds(),
            nbf: now.seconds(),
            exp: now.plus(ttl).seconds(),
            jti: id,
            sid: to.session_id,
            ver: to.version,
            user_id: to.user_id,
            tenant_id: to.tenant_id,
            role: to.role,
            permissions: Permissions::of(to.role),
        })
    }

    /// The claims of a token that is ours and holds now.
    pub(super) fn read(&self, token: &str, now: Timestamp) -> Option<Claims> {
        self.0.open(token, now)
    }
}

/// A new random token of 256 bits.
pub(crate) fn random_token() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::internal("the system gives no random bytes", error))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a random token. Plain SHA-256: there is nothing to guess in 256 random bits.
pub(crate) fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use omni_model::{Clock, ManualClock};
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &[u8] = b"a secret of more than thirty-two bytes";
    const TTL: Duration = Duration::from_secs(900);

    fn clock() -> ManualClock {
        ManualClock::at(Timestamp::from_seconds(1_790_000_000))
    }

    fn subject(clock: &ManualClock) -> Subject {
        Subject {
            session_id: SessionId::new(clock),
            user_id: UserId::new(clock),
            tenant_id: TenantId::new(clock),
            role: Role::Operator,
            version: 1,
        }
    }

    fn good_claims(clock: &ManualClock) -> Value {
        let tokens = AccessTokens::new(SECRET);
        let token = tokens
            .issue(&subject(clock), Uuid::nil(), clock.now(), TTL)
            .unwrap();
        let body = token.split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap()
    }

    fn signed(header: &Value, claims: &Value, secret: &[u8]) -> String {
        use hmac::{Hmac, KeyInit, Mac};
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(message.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{message}.{signature}")
    }

    fn reads(token: &str, clock: &ManualClock) -> bool {
        AccessTokens::new(SECRET).read(token, clock.now()).is_some()
    }

    #[test]
    fn a_token_lives_as_long_as_it_says() {
        let clock = clock();
        let token = AccessTokens::new(SECRET)
            .issue(&subject(&clock), Uuid::nil(), clock.now(), TTL)
            .unwrap();
        assert!(reads(&token, &clock));
        clock.advance(TTL - Duration::from_secs(1));
        assert!(reads(&token, &clock));
        clock.advance(Duration::from_secs(1));
        assert!(!reads(&token, &clock));
    }

    /// S44: another algorithm, another key, another audience, issuer or kind of token, no signature.
    #[test]
    fn only_our_own_signature_for_our_own_audience_counts() {
        let clock = clock();
        let header = json!({"alg": "HS256", "typ": "JWT"});
        let good = good_claims(&clock);
        assert!(reads(&signed(&header, &good, SECRET), &clock));

        for alg in ["none", "None", "HS384", "HS512", "RS256", "EdDSA", ""] {
            let forged = signed(&json!({"alg": alg, "typ": "JWT"}), &good, SECRET);
            assert!(!reads(&forged, &clock), "alg {alg:?}");
        }
        for header in [
            json!({"alg": "HS256"}),
            json!({"alg": "HS256", "typ": "at+jwt"}),
            json!({"alg": "HS256", "typ": "JWT", "crit": ["exp"]}),
        ] {
            assert!(!reads(&signed(&header, &good, SECRET), &clock), "{header}");
        }
        assert!(!reads(&signed(&header, &good, b"another secret"), &clock));
        let token = signed(&header, &good, SECRET);
        let (message, _) = token.rsplit_once('.').unwrap();
        for forged in [
            format!("{message}."),
            message.to_owned(),
            String::new(),
            "..".into(),
        ] {
            assert!(!reads(&forged, &clock), "{forged}");
        }
        for (claim, value) in [
            ("aud", json!("another")),
            ("aud", json!([])),
            ("iss", json!("another")),
        ] {
            let mut claims = good.clone();
            claims[claim] = value;
            assert!(
                !reads(&signed(&header, &claims, SECRET), &clock),
                "{claims}"
            );
        }
    }

    /// S45: claims that are missing or of the wrong type.
    #[test]
    fn every_claim_is_there_and_of_its_type() {
        let clock = clock();
        let header = json!({"alg": "HS256", "typ": "JWT"});
        let good = good_claims(&clock);
        let names: Vec<String> = good.as_object().unwrap().keys().cloned().collect();
        assert_eq!(names.len(), 12);
        for name in &names {
            let mut claims = good.clone();
            claims.as_object_mut().unwrap().remove(name);
            assert!(
                !reads(&signed(&header, &claims, SECRET), &clock),
                "no {name}"
            );
            for wrong in [json!(null), json!({}), json!(true), json!("x"), json!(-1.5)] {
                claims[name.as_str()] = wrong;
                assert!(
                    !reads(&signed(&header, &claims, SECRET), &clock),
                    "{claims}"
                );
            }
        }
        let now = clock.now().seconds();
        for (name, wrong) in [
            ("exp", json!("9999999999")),
            ("exp", json!(now)),
            ("exp", json!(1e30)),
            ("nbf", json!(now + 60)),
            ("iat", json!(now + 60)),
            ("role", json!("superadmin")),
        ] {
            let mut claims = good.clone();
            claims[name] = wrong;
            assert!(
                !reads(&signed(&header, &claims, SECRET), &clock),
                "{claims}"
            );
        }
    }

    #[test]
    fn random_tokens_differ_and_are_stored_by_hash() {
        let (one, two) = (random_token().unwrap(), random_token().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 43);
        assert_ne!(token_hash(&one), token_hash(&two));
        assert_eq!(token_hash(&one).len(), 64);
    }
}
