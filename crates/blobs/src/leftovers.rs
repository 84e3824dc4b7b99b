//! What interrupted writes leave in a local folder: `object_store` writes to `name#number` and renames when all is
//! there.

use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

/// Removes what nobody has written to for `age`; returns how many.
pub(crate) fn remove(dir: &Path, age: Duration) -> io::Result<usize> {
    let tenants = match std::fs::read_dir(dir.join("t")) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        tenants => tenants?,
    };
    let mut removed = 0;
    for tenant in tenants {
        for file in std::fs::read_dir(tenant?.path())? {
            let file = file?;
            let is_piece = file.file_name().to_string_lossy().contains('#');
            // A time in the future is a clock that was set back: such a piece is left for later.
            if is_piece
                && file
                    .metadata()?
                    .modified()?
                    .elapsed()
                    .is_ok_and(|old| old >= age)
            {
                std::fs::remove_file(file.path())?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}
