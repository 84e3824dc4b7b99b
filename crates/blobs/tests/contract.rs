//! What a store of files must do, in a local folder and in a bucket.
#![expect(
    clippy::unwrap_used,
    reason = "in tests it says that something must hold"
)]

use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{TryStreamExt, stream};
use omni_blobs::{BlobError, Blobs, Bucket, Part, PutError};
use omni_model::{FileId, ManualClock, TenantId, TenantScope, Timestamp};
use omni_testkit::S3Server;

/// A place for files: a local folder, or a bucket.
struct Stage {
    folder: tempfile::TempDir,
    blobs: Blobs,
    clock: ManualClock,
    scope: TenantScope,
    _server: Option<S3Server>,
}

impl Stage {
    fn local() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::local(&folder.path().join("made/if/absent")).unwrap();
        Self::of(folder, blobs, None)
    }

    async fn s3() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = S3Server::start(folder.path()).await;
        let blobs = Blobs::s3(bucket(&server)).unwrap();
        Self::of(folder, blobs, Some(server))
    }

    fn of(folder: tempfile::TempDir, blobs: Blobs, server: Option<S3Server>) -> Self {
        let clock = ManualClock::at(Timestamp::from_seconds(1_790_000_000));
        let scope = TenantScope::of(TenantId::new(&clock));
        Self {
            folder,
            blobs,
            clock,
            scope,
            _server: server,
        }
    }

    fn id(&self) -> FileId {
        FileId::new(&self.clock)
    }

    /// Every file of a tenant on the disk, by where it lies.
    fn files(&self) -> Vec<String> {
        fn walk(at: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(at).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                } else {
                    found.push(path);
                }
            }
        }
        let mut found = Vec::new();
        walk(self.folder.path(), &mut found);
        found
            .into_iter()
            .filter_map(|path| {
                let path = path.display().to_string();
                path.find("/t/").map(|at| path[at + 1..].to_owned())
            })
            .collect()
    }
}

fn bucket(server: &S3Server) -> Bucket {
    Bucket {
        endpoint: Some(server.endpoint()),
        region: "us-east-1".to_owned(),
        name: S3Server::BUCKET.to_owned(),
        access_key_id: S3Server::ACCESS_KEY_ID.to_owned(),
        secret_access_key: S3Server::SECRET_ACCESS_KEY.to_owned(),
    }
}

/// The same story in each place.
macro_rules! both_places {
    ($name:ident, $story:expr) => {
        mod $name {
            use super::*;

            #[tokio::test]
            async fn local() {
                let story = $story;
                story(Stage::local()).await;
            }

            #[tokio::test]
            async fn s3() {
                let story = $story;
                story(Stage::s3().await).await;
            }
        }
    };
}

both_places!(
    what_was_put_is_got_and_what_was_deleted_is_gone,
    |stage: Stage| async move {
        let (blobs, scope, id) = (&stage.blobs, &stage.scope, stage.id());
        assert_eq!(blobs.get(scope, id).await.unwrap(), None);
        for text in [b"one".as_slice(), b"two"] {
            let bytes = Bytes::from_static(text);
            blobs.put(scope, id, bytes.clone()).await.unwrap();
            assert_eq!(blobs.get(scope, id).await.unwrap(), Some(bytes));
        }
        let found = blobs.stream(scope, id, None).await.unwrap().unwrap();
        assert_eq!((found.size, found.range.clone()), (3, 0..3));
        let chunks: Vec<Bytes> = found.body.try_collect().await.unwrap();
        assert_eq!(chunks.concat(), b"two");
        blobs.delete(scope, id).await.unwrap();
        blobs.delete(scope, id).await.unwrap();
        assert!(blobs.stream(scope, id, None).await.unwrap().is_none());
        blobs.check().await.unwrap();
    }
);

both_places!(a_part_is_had_without_the_rest, |stage: Stage| async move {
    let (blobs, scope, id) = (&stage.blobs, &stage.scope, stage.id());
    let digits = Bytes::from_static(b"0123456789");
    blobs.put(scope, id, digits).await.unwrap();
    for (part, expected) in [
        (Part::Between(2, 4), "234"),
        (Part::Between(8, 1_000), "89"),
        (Part::Between(0, u64::MAX), "0123456789"),
        (Part::From(7), "789"),
        (Part::Last(2), "89"),
        (Part::Last(1_000), "0123456789"),
    ] {
        let found = blobs.stream(scope, id, Some(part)).await.unwrap().unwrap();
        assert_eq!(found.size, 10);
        let length = found.range.end - found.range.start;
        let chunks: Vec<Bytes> = found.body.try_collect().await.unwrap();
        assert_eq!(chunks.concat(), expected.as_bytes(), "{part:?}");
        assert_eq!(length, expected.len() as u64);
    }
    for beyond in [Part::From(10), Part::Between(10, 12), Part::Last(0)] {
        let refused = blobs.stream(scope, id, Some(beyond)).await;
        assert!(matches!(refused, Err(BlobError::NoSuchPart)), "{beyond:?}");
    }
    let absent = blobs.stream(scope, stage.id(), Some(Part::From(1))).await;
    assert!(absent.unwrap().is_none());
});

both_places!(
    keys_are_made_of_ids_and_tenants_do_not_share_them,
    |stage: Stage| async move {
        let id = stage.id();
        let other = TenantScope::of(TenantId::new(&stage.clock));
        let mine = Bytes::from_static(b"mine");
        stage.blobs.put(&stage.scope, id, mine).await.unwrap();
        assert_eq!(stage.blobs.get(&other, id).await.unwrap(), None);
        stage.blobs.delete(&other, id).await.unwrap();
        assert!(stage.blobs.get(&stage.scope, id).await.unwrap().is_some());
        let key = format!("t/{}/{id}", stage.scope.tenant_id());
        assert_eq!(stage.files(), [key]);
    }
);

both_places!(
    streams_are_stored_whole_or_not_at_all,
    |stage: Stage| async move {
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
);

#[tokio::test]
async fn what_a_crash_left_behind_is_removed_once_it_is_old() {
    let stage = Stage::local();
    let id = stage.id();
    let whole = Bytes::from_static(b"whole");
    stage.blobs.put(&stage.scope, id, whole).await.unwrap();
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

#[tokio::test]
async fn a_server_that_refuses_us_or_is_away_is_told_from_a_file_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = S3Server::start(folder.path()).await;
    let stage = Stage::local();
    let (scope, id) = (&stage.scope, stage.id());
    let stranger = Bucket {
        secret_access_key: "wrong".to_owned(),
        ..bucket(&server)
    };
    let refused = Blobs::s3(stranger).unwrap();
    let away = Blobs::s3(bucket(&server)).unwrap();
    away.check().await.unwrap();
    for (blobs, is_up) in [(refused, true), (away, false)] {
        if !is_up {
            server.stop().await;
        }
        let put = blobs.put(scope, id, Bytes::from_static(b"x")).await;
        assert!(matches!(put, Err(BlobError::Storage(_))), "{put:?}");
        let got = blobs.get(scope, id).await;
        assert!(matches!(got, Err(BlobError::Storage(_))), "{got:?}");
        blobs.check().await.unwrap_err();
    }
}
