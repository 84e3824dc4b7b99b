//! The two keys of an install: set, or made once and kept in the data folder.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::private_dir::create_private_dir;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::validate::weakness;

/// Random bytes of a key we make.
const KEY_BYTES: usize = 32;

/// The keys a server runs with. One key a purpose.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Signs access tokens.
    pub jwt: Secret<String>,
    /// Encrypts stored credentials.
    pub encryption: Secret<String>,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("cannot keep a key in {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others can read the key.
    #[error("{path} can be read by others; run: chmod 600 {path}")]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The file does not hold a key of ours.
    #[error(
        "the key in {path} is damaged ({why}); put it back from a backup, or delete the file to lose what it protects"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

impl Keys {
    /// What is set, else what is kept in the data folder, else new keys, kept there with mode 0600.
    pub fn load_or_create(settings: &Settings) -> Result<Self, KeyError> {
        let auth = &settings.auth;
        let kept = |set: &Option<Secret<String>>, name| match set {
            Some(key) => Ok(key.clone()),
            None => load_or_create(&settings.data_dir, name),
        };
        Ok(Self {
            jwt: kept(&auth.jwt_secret_key, "jwt_secret_key")?,
            encryption: kept(&auth.encryption_key, "encryption_key")?,
        })
    }
}

fn load_or_create(folder: &Path, name: &str) -> Result<Secret<String>, KeyError> {
    let path = folder.join(name);
    let io_error = |source| KeyError::Io {
        path: path.clone(),
        source,
    };
    if !path.try_exists().map_err(io_error)? {
        create_private_dir(folder).map_err(io_error)?;
        create(folder, &path)?;
    }
    // Read back even what was just made: of two processes that start at once, one makes the key and both use it.
    load(&path)
}

/// Makes a key under another name and gives it its own in one step, so that nobody ever sees half a key and an existing one is never replaced.
fn create(folder: &Path, path: &Path) -> Result<(), KeyError> {
    let io_error = |source| KeyError::Io {
        path: path.to_owned(),
        source,
    };
    let mut bytes = [0; KEY_BYTES + 8];
    getrandom::fill(&mut bytes).map_err(KeyError::Random)?;
    let (key, suffix) = bytes.split_at(KEY_BYTES);
    let draft = folder.join(format!(".key-{}", hex::encode(suffix)));
    let written = (|| {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        file.write_all(hex::encode(key).as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    })();
    // The draft goes in any case; that it cannot be removed matters less than what went wrong before.
    let removed = fs::remove_file(&draft);
    written.and(removed).map_err(io_error)?;
    // The name must survive a power cut as well as the bytes do.
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(io_error)
}

fn load(path: &Path) -> Result<Secret<String>, KeyError> {
    let io_error = |source| KeyError::Io {
        path: path.to_owned(),
        source,
    };
    let permissions: Permissions = fs::metadata(path).map_err(io_error)?.permissions();
    if permissions.mode() & 0o077 != 0 {
        return Err(KeyError::Exposed {
            path: path.to_owned(),
        });
    }
    let key = Secret::new(
        fs::read_to_string(path)
            .map_err(io_error)?
            .trim()
            .to_owned(),
    );
    match weakness(&key) {
        Some(why) => Err(KeyError::Damaged {
            path: path.to_owned(),
            why,
        }),
        None => Ok(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_readable_only_by_the_owner() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let first = load_or_create(&data, "key").unwrap();
        assert_eq!(first.expose().len(), 2 * KEY_BYTES);
        assert_eq!(load_or_create(&data, "key").unwrap(), first);
        assert_ne!(load_or_create(&data, "other").unwrap(), first);
        let mode = fs::metadata(data.join("key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(&data).unwrap().count(), 2, "no draft is left");
    }

    #[test]
    fn all_who_start_at_once_get_the_same_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| load_or_create(folder.path(), "key").unwrap()))
                .collect();
            starts
                .into_iter()
                .map(|start| start.join().unwrap())
                .collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn an_open_or_damaged_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        load_or_create(folder.path(), "key").unwrap();
        let path = folder.path().join("key");
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            load_or_create(folder.path(), "key"),
            Err(KeyError::Exposed { .. })
        ));
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "").unwrap();
        assert!(matches!(
            load_or_create(folder.path(), "key"),
            Err(KeyError::Damaged { .. })
        ));
    }
}
