//! Signed tokens for one audience: a token of another one is as good as none.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use omni_model::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Result};

/// Who signs.
pub(crate) const ISSUER: &str = "omnisupport";
/// How far the clocks of our own processes may be apart.
const SKEW: Duration = Duration::from_secs(5);
/// Bytes of a token at most; ours have about 700.
const TOKEN_BYTES: usize = 4096;

/// When a token counts, in seconds since 1970.
pub(crate) struct Life {
    pub(crate) nbf: i64,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
}

/// Claims that tell when they count.
pub(crate) trait Lived {
    fn lives(&self) -> Life;
}

/// Signs and reads tokens of one audience. HS256 and nothing else.
pub(crate) struct Signer {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl Signer {
    pub(crate) fn new(secret: &[u8], audience: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[audience]);
        // Times are compared with our own clock, in `open`.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// A token with these claims.
    pub(crate) fn sign<C: Serialize>(&self, claims: &C) -> Result<String> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding)
            .map_err(|error| Error::internal("cannot sign a token", error))
    }

    /// The claims of a token that is ours and holds now.
    pub(crate) fn open<C: DeserializeOwned + Lived + Clone>(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Option<C> {
        if token.len() > TOKEN_BYTES {
            return None;
        }
        let data = jsonwebtoken::decode::<C>(token, &self.decoding, &self.validation).ok()?;
        let plain = data.header.typ.as_deref() == Some("JWT") && data.header.crit.is_none();
        let Life { nbf, iat, exp } = data.claims.lives();
        let soon = now.plus(SKEW).seconds();
        let holds = nbf <= soon && iat <= soon && exp > now.seconds();
        (plain && holds).then_some(data.claims)
    }
}
