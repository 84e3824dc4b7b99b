//! One server a SQLite file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::private_dir::create_private_dir;

/// Held by a running server for as long as it lives; the system lets go of it even after `kill -9`.
///
/// Two servers on one SQLite file would each believe to be the only writer. Other commands do not take it: they work
/// beside a running server.
#[derive(Debug)]
pub struct InstanceLock {
    _file: File,
}

/// Why the lock is not ours.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another server has it.
    #[error(
        "another server is running on {database}; stop it first, or use PostgreSQL to run several"
    )]
    Taken {
        /// The database file.
        database: PathBuf,
    },
    /// The lock file cannot be opened.
    #[error("cannot lock {path}: {source}")]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl InstanceLock {
    /// Takes the lock of a SQLite file, or says who has it. Creates the folder of the database if need be.
    pub fn acquire(database: &Path) -> Result<Self, LockError> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let io_error = |source| LockError::Io {
            path: path.clone(),
            source,
        };
        if let Some(folder) = path.parent() {
            create_private_dir(folder).map_err(io_error)?;
        }
        // The file stays when the server ends: removing it would let two servers lock two files of the same name.
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(io_error)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Taken {
                database: database.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(io_error(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_until_the_first_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("new/omni.db");
        let first = InstanceLock::acquire(&database).unwrap();
        assert!(matches!(
            InstanceLock::acquire(&database),
            Err(LockError::Taken { .. })
        ));
        drop(first);
        InstanceLock::acquire(&database).unwrap();
    }
}
