//! Files in a local folder.
#![expect(
    clippy::unwrap_used,
    reason = "in tests it says that something must hold"
)]

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use omni_blobs::{Blobs, PutError};
use omni_model::{FileId, ManualClock, TenantId, TenantScope, Timestamp};

struct Stage {
    folder: tempfile::TempDir,
    blobs: Blobs,
    clock: ManualClock,
    scope: TenantScope,
}

impl Stage {
    fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::local(&folder.path().join("made/if/absent")).unwrap();
        let clock = ManualClock::at(Timestamp::from_seconds(1_790_000_000));
        let scope = TenantScope::of(TenantId::new(&clock));
        Self {
            folder,
            blobs,
            clock,
            scope,
        }
    }

    fn id(&self) -> FileId {
        FileId::new(&self.clock)
    }

    /// Every file on the disk, below the folder.
    fn files(&self) -> Vec<String> {
        fn walk(at: &Path, root: &Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(at).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, root, found);
                } else {
                    found.push(path.strip_prefix(root).unwrap().display().to_string());
                }
            }
        }
        let root = self.folder.path().join("made/if/absent");
        let mut found = Vec::new();
        walk(&root, &root, &mut found);
        found
    }
}

#[tokio::test]
async fn what_was_put_is_got_and_what_was_deleted_is_gone() {
    let stage = Stage::set();
    let (blobs, scope, id) = (&stage.blobs, &stage.scope, stage.id());
    assert_eq!(blobs.get(scope, id).await.unwrap(), None);
    blobs
        .put(scope, id, Bytes::from_static(b"one"))
        .await
        .unwrap();
    assert_eq!(
        blobs.get(scope, id).await.unwrap(),
        Some(Bytes::from_static(b"one"))
    );
    blobs
        .put(scope, id, Bytes::from_static(b"two"))
        .await
        .unwrap();
    let found = blobs.stream(scope, id).await.unwrap().unwrap();
    assert_eq!(found.size, 3);
    let chunks: Vec<Bytes> = found.body.try_collect().await.unwrap();
    assert_eq!(chunks.concat(), b"two");
    blobs.delete(scope, id).await.unwrap();
    blobs.delete(scope, id).await.unwrap();
    assert!(blobs.stream(scope, id).await.unwrap().is_none());
    blobs.check().await.unwrap();
}

#[tokio::test]
async fn keys_are_made_of_ids_and_tenants_do_not_share_them() {
    let stage = Stage::set();
    let id = stage.id();
    let other = TenantScope::of(TenantId::new(&stage.clock));
    stage
        .blobs
        .put(&stage.scope, id, Bytes::from_static(b"mine"))
        .await
        .unwrap();
    assert_eq!(stage.blobs.get(&other, id).await.unwrap(), None);
    stage.blobs.delete(&other, id).await.unwrap();
    assert!(stage.blobs.get(&stage.scope, id).await.unwrap().is_some());
    assert_eq!(
        stage.files(),
        [format!("t/{}/{id}", stage.scope.tenant_id())]
    );
}

#[tokio::test]
async fn streams_are_stored_whole_or_not_at_all() {
    let stage = Stage::set();
    for size in [0_usize, 10, 5 * 1024 * 1024, 12 * 1024 * 1024 + 7] {
        let id = stage.id();
        let chunk = Bytes::from(vec![7; 64 * 1024]);
        let whole = (0..size).step_by(chunk.len()).map(|at| {
            let length = chunk.len().min(size - at);
            Ok::<_, Infallible>(chunk.slice(..length))
        });
        let stored = stage
            .blobs
            .put_stream(&stage.scope, id, stream::iter(whole))
            .await;
        assert_eq!(stored.unwrap(), size as u64);
        let found = stage.blobs.get(&stage.scope, id).await.unwrap().unwrap();
        assert_eq!(found.len(), size);
        stage.blobs.delete(&stage.scope, id).await.unwrap();
    }
    // A stream that breaks, early and late, leaves nothing behind.
    for good in [1, 200] {
        let chunks = (0..good).map(|_| Ok(Bytes::from(vec![7; 64 * 1024])));
        let broken = chunks.chain([Err(io::Error::from(io::ErrorKind::ConnectionReset))]);
        let id = stage.id();
        let stored = stage
            .blobs
            .put_stream(&stage.scope, id, stream::iter(broken))
            .await;
        assert!(matches!(stored, Err(PutError::Source(_))));
        assert_eq!(stage.blobs.get(&stage.scope, id).await.unwrap(), None);
    }
    assert_eq!(stage.files(), Vec::<String>::new());
}

#[tokio::test]
async fn what_a_crash_left_behind_is_removed_once_it_is_old() {
    let stage = Stage::set();
    let id = stage.id();
    stage
        .blobs
        .put(&stage.scope, id, Bytes::from_static(b"whole"))
        .await
        .unwrap();
    let tenant = stage
        .folder
        .path()
        .join(format!("made/if/absent/t/{}", stage.scope.tenant_id()));
    let (old, new) = (
        tenant.join(format!("{id}#1")),
        tenant.join(format!("{id}#2")),
    );
    let hour = Duration::from_secs(3600);
    for piece in [&old, &new] {
        std::fs::write(piece, b"half").unwrap();
    }
    let file = std::fs::File::options().write(true).open(&old).unwrap();
    let modified = file.metadata().unwrap().modified().unwrap();
    file.set_modified(modified - hour).unwrap();

    assert_eq!(stage.blobs.remove_leftovers(hour).await.unwrap(), 1);
    assert!(!old.exists() && new.exists());
    let kept = stage.blobs.get(&stage.scope, id).await.unwrap();
    assert_eq!(kept.as_deref(), Some(b"whole".as_slice()));
}
