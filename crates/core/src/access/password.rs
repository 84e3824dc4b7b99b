//! Passwords: Argon2id, with bounded concurrency and the same work whether or not there is an account.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, PasswordHash, Version};
use omni_model::{codes, limits};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::{Error, Result};

/// OWASP's recommendation: 19 MiB, 2 passes, 1 lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Bytes of a new salt and of a hash.
const SALT: usize = 16;
const HASH: usize = 32;
/// Blocks of 1 KiB that are asked for, of which only the first 19 Ki are touched. An allocation above 32 MiB
/// is always given back to the system; a smaller one would stay with the allocator, one for each thread
/// that ever hashed.
const RESERVED: usize = 34 * 1024;
/// How long a sign-in waits for its turn at the hashing; then the server is too busy.
const TURN: Duration = Duration::from_secs(10);
/// A hash at our own cost that no password is known to have, for accounts that are not there.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and verifies passwords, one a core at a time.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(super) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            turns: Arc::new(Semaphore::new(cores)),
        }
    }

    /// The hash to store, in the PHC format.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        let mut salt = [0; SALT];
        getrandom::fill(&mut salt)
            .map_err(|error| Error::internal("the system gives no random bytes", error))?;
        self.in_turn(move || new_hash(&password, &salt))
            .await?
            .map_err(|error| Error::internal("cannot hash a password", error))
    }

    /// Whether `password` is the one of `hash`. Without a hash the answer is no, after the same work.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        self.in_turn(move || {
            let fits = fits(&password, hash.as_deref().unwrap_or(DECOY)).unwrap_or(false);
            fits && hash.is_some()
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let turn = tokio::time::timeout(TURN, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|_| too_busy())?
            .map_err(|error| Error::internal("hashing has ended", error))?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        })
        .await
        .map_err(|error| Error::internal("hashing a password panicked", error))
    }
}

fn new_hash(password: &str, salt: &[u8]) -> argon2::password_hash::Result<String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(HASH))?;
    let hash = compute(password, salt, params.clone())?;
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(Salt::new(salt)?),
        hash: Some(hash),
    };
    Ok(hash.to_string())
}

/// Whether `password` has this hash, which carries its own parameters: those of old hashes may differ.
fn fits(password: &str, hash: &str) -> argon2::password_hash::Result<bool> {
    let hash = PasswordHash::new(hash)?;
    let params = Params::try_from(&hash)?;
    let (Some(salt), Some(expected)) = (hash.salt, hash.hash) else {
        return Ok(false);
    };
    let ours = hash.algorithm == ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into());
    let found = compute(password, salt.as_ref(), params)?;
    Ok(ours && bool::from(found.as_bytes().ct_eq(expected.as_bytes())))
}

fn compute(password: &str, salt: &[u8], params: Params) -> argon2::password_hash::Result<Output> {
    let blocks = params.block_count();
    let mut hash = vec![0; params.output_len().unwrap_or(HASH)];
    let mut room: Vec<Block> = Vec::with_capacity(blocks.max(RESERVED));
    room.resize(blocks, Block::new());
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
        password.as_bytes(),
        salt,
        &mut hash,
        &mut room,
    )?;
    Ok(Output::new(&hash)?)
}

/// A password that somebody wants to have from now on.
pub(crate) fn check_new(pointer: &str, password: &str) -> Result<()> {
    let (code, detail) = if password.chars().count() < limits::PASSWORD_MIN {
        (
            "too_short",
            format!("takes at least {} characters", limits::PASSWORD_MIN),
        )
    } else if password.len() > limits::PASSWORD_MAX {
        (
            "too_long",
            format!("takes at most {} bytes", limits::PASSWORD_MAX),
        )
    } else {
        return Ok(());
    };
    Err(Error::invalid_field(pointer, code, detail))
}

/// A password that somebody says he has: so long that it cannot be one, it is not even hashed.
pub(crate) fn check_claimed(pointer: &str, password: &str) -> Result<()> {
    if password.len() > limits::PASSWORD_MAX {
        let detail = format!("takes at most {} bytes", limits::PASSWORD_MAX);
        return Err(Error::invalid_field(pointer, "too_long", detail));
    }
    Ok(())
}

fn too_busy() -> Error {
    Error::Refused {
        code: codes::UNAVAILABLE,
        detail: "too many sign-ins at once".to_owned(),
        fields: Vec::new(),
        retry_after: Some(Duration::from_secs(5)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::new();
        let hash = passwords.hash("demo-demo".to_owned()).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let again = passwords.hash("demo-demo".to_owned()).await.unwrap();
        assert_ne!(hash, again, "salted");
        let verify = |password: &str, hash: Option<&str>| {
            passwords.verify(password.to_owned(), hash.map(ToOwned::to_owned))
        };
        assert!(verify("demo-demo", Some(&hash)).await.unwrap());
        assert!(!verify("demo-dem0", Some(&hash)).await.unwrap());
        assert!(!verify("demo-demo", None).await.unwrap());
        assert!(!verify("demo-demo", Some("not a hash")).await.unwrap());
    }

    /// S49: the decoy costs what a real hash costs, which is only so if it parses with our parameters.
    #[test]
    fn the_decoy_has_our_parameters() {
        let decoy = argon2::PasswordHash::new(DECOY).unwrap();
        let params = Params::try_from(&decoy).unwrap();
        assert_eq!(params.m_cost(), MEMORY_KIB);
        assert_eq!(params.t_cost(), PASSES);
        assert_eq!(params.p_cost(), LANES);
        assert_eq!(decoy.hash.unwrap().len(), 32);
    }

    #[test]
    fn new_passwords_have_bounds() {
        assert!(check_new("/p", "1234567").is_err());
        assert!(check_new("/p", "пароль12").is_ok());
        assert!(check_new("/p", &"x".repeat(257)).is_err());
        assert!(check_claimed("/p", "").is_ok());
        assert!(check_claimed("/p", &"x".repeat(257)).is_err());
    }
}
