//! A server of others that speaks S3 and checks signatures, over a folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// A server that speaks S3, with one bucket. Dropped, it is gone.
pub struct S3Server {
    folder: PathBuf,
    addr: SocketAddr,
    task: JoinHandle<()>,
}

impl S3Server {
    /// The bucket's name.
    pub const BUCKET: &'static str = "files";
    /// Who may use it.
    pub const ACCESS_KEY_ID: &'static str = "key";
    /// And how he proves it.
    pub const SECRET_ACCESS_KEY: &'static str = "right";

    /// A server over a folder, on a free port.
    pub async fn start(folder: &Path) -> Self {
        std::fs::create_dir_all(folder.join(Self::BUCKET)).expect("a folder");
        let (task, addr) = listen(folder, "127.0.0.1:0").await;
        Self {
            folder: folder.to_owned(),
            addr,
            task,
        }
    }

    /// Where it answers.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The settings that name it.
    pub fn settings(&self) -> [(&'static str, String); 4] {
        [
            ("S3_ENDPOINT_URL", self.endpoint()),
            ("S3_BUCKET_NAME", Self::BUCKET.to_owned()),
            ("S3_ACCESS_KEY_ID", Self::ACCESS_KEY_ID.to_owned()),
            ("S3_SECRET_ACCESS_KEY", Self::SECRET_ACCESS_KEY.to_owned()),
        ]
    }

    /// Stops answering; connections break.
    pub async fn stop(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    /// Answers again, at the same address.
    pub async fn resume(&mut self) {
        let (task, _) = listen(&self.folder, &self.addr.to_string()).await;
        self.task = task;
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(folder: &Path, at: &str) -> (JoinHandle<()>, SocketAddr) {
    let files = s3s_fs::FileSystem::new(folder).expect("a folder");
    let mut service = S3ServiceBuilder::new(files);
    service.set_auth(SimpleAuth::from_single(
        S3Server::ACCESS_KEY_ID,
        S3Server::SECRET_ACCESS_KEY,
    ));
    let listener = TcpListener::bind(at).await.expect("a free port");
    let addr = listener.local_addr().expect("an address");
    (tokio::spawn(serve(listener, service.build())), addr)
}

async fn serve(listener: TcpListener, service: S3Service) {
    // They end with this task.
    let mut connections = JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        let service = service.clone();
        connections.spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(socket), service).await;
        });
    }
}
