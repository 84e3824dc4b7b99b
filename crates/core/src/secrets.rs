//! Secrets at rest: sealed with a key derived from `ENCRYPTION_KEY` and bound to the very place they are
//! stored in, so that a sealed value copied to another row, column or tenant does not open.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use omni_model::TenantId;
use sha2::Sha256;
use uuid::Uuid;

use crate::{Error, Result};

/// Names the form of sealed values.
const VERSION: &str = "v1";
/// Bytes of a nonce.
const NONCE: usize = 24;

/// Where a secret is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) tenant: TenantId,
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: Uuid,
}

impl Place {
    /// What a sealed value is bound to. No part can contain the separator.
    fn associated(&self) -> String {
        format!(
            "{}|{}|{}|{}",
            self.tenant, self.table, self.column, self.row
        )
    }
}

/// Keys of one purpose each, derived from the installation's one secret.
pub(crate) struct Keys {
    cipher: XChaCha20Poly1305,
    /// Tells values of another key apart from damaged ones.
    key_id: String,
    /// Signs file addresses.
    files: [u8; 32],
}

impl Keys {
    /// Derives the keys.
    pub(crate) fn derive(secret: &[u8]) -> Self {
        let sealing = derive(secret, "seal");
        Self {
            cipher: XChaCha20Poly1305::new(&Key::from(sealing)),
            key_id: hex::encode(&derive(secret, "key-id")[..4]),
            files: derive(secret, "files"),
        }
    }

    /// Seals a secret for one place.
    pub(crate) fn seal(&self, place: Place, secret: &[u8]) -> Result<String> {
        let nonce: [u8; NONCE] = random()?;
        let associated = place.associated();
        let payload = Payload {
            msg: secret,
            aad: associated.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::internal("a secret cannot be sealed", "cipher"))?;
        let body = URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat());
        Ok(format!("{VERSION}.{}.{body}", self.key_id))
    }

    /// Opens what was sealed for the same place.
    pub(crate) fn open(&self, place: Place, sealed: &str) -> Result<Vec<u8>> {
        let broken = || Error::internal("a stored secret cannot be opened", "damaged");
        let mut parts = sealed.splitn(3, '.');
        let (Some(VERSION), Some(key_id), Some(body)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(broken());
        };
        if key_id != self.key_id {
            let why = "sealed under another ENCRYPTION_KEY";
            return Err(Error::internal("a stored secret cannot be opened", why));
        }
        let body = URL_SAFE_NO_PAD.decode(body).map_err(|_| broken())?;
        let (nonce, sealed) = body.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let associated = place.associated();
        let payload = Payload {
            msg: sealed,
            aad: associated.as_bytes(),
        };
        self.cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| broken())
    }

    /// The signature of a file's address.
    pub(crate) fn sign_file(&self, address: &str) -> Hmac<Sha256> {
        mac(&self.files, address.as_bytes())
    }
}

/// A keyed hash, not finished: compare with [`Mac::verify_slice`], which takes the same time for every wrong one.
pub(crate) fn mac(key: &[u8], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key)
        .expect("HMAC takes keys of any length");
    mac.update(message);
    mac
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::internal("the system gives no random bytes", error.to_string()))?;
    Ok(bytes)
}

/// A random word of `N` bytes that fits into URLs and headers.
pub(crate) fn random_word<const N: usize>() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random::<N>()?))
}

/// The end of a secret, for people to tell which one is set; nothing of short ones.
pub(crate) fn hint(secret: &str) -> String {
    let length = secret.chars().count();
    if length < 12 {
        return String::new();
    }
    secret.chars().skip(length - 4).collect()
}

fn derive(secret: &[u8], purpose: &str) -> [u8; 32] {
    mac(secret, format!("omnisupport:{purpose}").as_bytes())
        .finalize()
        .into_bytes()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(tenant: u128, column: &'static str, row: u128) -> Place {
        Place {
            tenant: TenantId(Uuid::from_u128(tenant)),
            table: "channels",
            column,
            row: Uuid::from_u128(row),
        }
    }

    #[test]
    fn a_secret_opens_only_where_it_was_sealed() {
        let keys = Keys::derive(b"an encryption key of the installation");
        let here = place(1, "secrets", 7);
        let sealed = keys.seal(here, b"123:token").unwrap();
        assert_eq!(keys.open(here, &sealed).unwrap(), b"123:token");
        assert!(!sealed.contains("token"));
        for elsewhere in [
            place(1, "secrets", 8),
            place(2, "secrets", 7),
            place(1, "settings", 7),
            Place {
                table: "users",
                ..here
            },
        ] {
            assert!(keys.open(elsewhere, &sealed).is_err());
        }
    }

    #[test]
    fn no_two_sealed_values_are_alike() {
        let keys = Keys::derive(b"an encryption key of the installation");
        let here = place(1, "secrets", 7);
        assert_ne!(
            keys.seal(here, b"x").unwrap(),
            keys.seal(here, b"x").unwrap()
        );
    }

    #[test]
    fn damaged_values_and_other_keys_do_not_open() {
        let keys = Keys::derive(b"an encryption key of the installation");
        let here = place(1, "secrets", 7);
        let sealed = keys.seal(here, b"123:token").unwrap();
        let mut turned = sealed.clone().into_bytes();
        let last = turned.len() - 3;
        turned[last] = if turned[last] == b'A' { b'B' } else { b'A' };
        let turned = String::from_utf8(turned).unwrap();
        for wrong in ["", "v1", "v1.x.y", "v2.a.b", &sealed[..20], &turned] {
            assert!(keys.open(here, wrong).is_err(), "{wrong}");
        }
        let other = Keys::derive(b"another encryption key");
        assert!(other.open(here, &sealed).is_err());
    }

    #[test]
    fn hints_tell_little() {
        assert_eq!(hint("123456:ABC-DEF1234"), "1234");
        assert_eq!(hint("short"), "");
    }
}
