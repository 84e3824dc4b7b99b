//! Files that the server keeps.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::{Value, json};

/// Bytes of a file that `getFile` hands out at most.
pub(super) const DOWNLOAD: u64 = 20 * 1024 * 1024;

/// A kept file.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) unique_id: String,
    /// Where it lies below `/file/bot<token>/`.
    pub(super) path: String,
    pub(super) name: String,
    pub(super) mime_type: String,
    pub(super) bytes: Bytes,
    /// What is told of its size: may be more than there is, to play a large file.
    pub(super) size: u64,
}

impl Kept {
    /// The three fields that every file object starts with.
    pub(super) fn as_object(&self) -> Value {
        json!({
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": self.size,
        })
    }
}

/// A file to be kept.
#[derive(Clone, Debug)]
pub(super) struct NewFile {
    pub(super) name: String,
    pub(super) mime_type: String,
    pub(super) bytes: Bytes,
}

/// All files, by id and by path.
#[derive(Debug, Default)]
pub(super) struct Files {
    by_id: HashMap<String, Kept>,
    id_of_path: HashMap<String, String>,
}

impl Files {
    /// Keeps a file in a folder (`photos`, `documents`, ...).
    pub(super) fn keep(&mut self, folder: &str, file: NewFile) -> Kept {
        let number = self.by_id.len() + 1;
        let extension = file
            .name
            .rsplit_once('.')
            .map(|(_, extension)| extension)
            .filter(|extension| {
                extension.len() <= 5 && extension.bytes().all(|b| b.is_ascii_alphanumeric())
            });
        let path = match extension {
            Some(extension) => format!("{folder}/file_{number}.{extension}"),
            None => format!("{folder}/file_{number}"),
        };
        let kept = Kept {
            id: format!("SimFile{number}AAMCAgADGQEAA{folder}"),
            unique_id: format!("AgADSim{number}"),
            path,
            size: file.bytes.len() as u64,
            name: file.name,
            mime_type: file.mime_type,
            bytes: file.bytes,
        };
        self.insert(kept.clone());
        kept
    }

    fn insert(&mut self, kept: Kept) {
        self.id_of_path.insert(kept.path.clone(), kept.id.clone());
        self.by_id.insert(kept.id.clone(), kept);
    }

    /// Tells of a file that it is larger than it is.
    pub(super) fn pretend_size(&mut self, kept: &mut Kept, size: u64) {
        kept.size = size;
        self.insert(kept.clone());
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Kept> {
        self.by_id.get(id)
    }

    pub(super) fn by_path(&self, path: &str) -> Option<&Kept> {
        self.by_id.get(self.id_of_path.get(path)?)
    }

    /// Forgets a file, as Telegram does with old ones.
    pub(super) fn forget(&mut self, id: &str) {
        if let Some(kept) = self.by_id.remove(id) {
            self.id_of_path.remove(&kept.path);
        }
    }
}
