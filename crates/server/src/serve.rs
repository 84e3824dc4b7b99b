//! The accept loop: every connection has its bounds, and a stop lets what is under way finish.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::{Request, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::extract::PeerAddr;
use crate::{AppState, router};

/// How long the head of a request may take; also how long an idle connection is kept.
const HEAD: Duration = Duration::from_secs(30);
/// Bytes of a request's head, and of what is read ahead of a body.
const READ_AHEAD: usize = 64 * 1024;
/// How long connections may finish what they do after the order to stop.
const DRAIN: Duration = Duration::from_secs(20);
/// How long accepting pauses when the process has no file descriptor left.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(100);

/// Serves until `stop` is cancelled; then takes nothing new, tells sockets to come again, and waits for
/// what is under way.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    stop: CancellationToken,
) -> io::Result<()> {
    let connections = TaskTracker::new();
    let (router, _) = router(state.clone());
    let limits = state.limits.clone();
    let sweeper = tokio::spawn(async move { limits.sweep().await });
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let (router, stopping) = (router.clone(), state.stopping.clone());
                    connections.spawn(connection(stream, peer, router, stopping));
                }
                Err(error) => give_way(&error).await,
            },
            () = stop.cancelled() => break,
        }
    }
    drop(listener);
    state.stopping.cancel();
    state.tasks.close();
    connections.close();
    let finished = async {
        connections.wait().await;
        state.tasks.wait().await;
    };
    if tokio::time::timeout(DRAIN, finished).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "stopped before all connections were done"
        );
    }
    sweeper.abort();
    Ok(())
}

/// A connection that went away before it was accepted is nothing; a lack of descriptors passes.
async fn give_way(error: &io::Error) {
    let gone = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    );
    if !gone {
        tracing::warn!(error = %error, "cannot accept a connection");
        tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, stop: CancellationToken) {
    // Answers are small and somebody waits for them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(PeerAddr(peer));
        router.clone().oneshot(request)
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(READ_AHEAD);
    let connection = builder
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    // How a connection ends, by a client that went away or by a broken request, is its own business.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
