//! Ten thousand visitors whose pages are open and who say nothing: what they cost, and how long it takes to tell them all.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures_util::{SinkExt, StreamExt};
use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::Options;
use crate::engine::Engine;
use crate::ground::Ground;
use crate::http::Connection;
use crate::latency::Latencies;
use crate::process;
use crate::report::{Record, Report};

const SOCKETS: usize = 10_000;
/// Descriptors beside the sockets.
const OTHERS: u64 = 1_000;
/// Sockets that are being opened at a time.
const AT_ONCE: usize = 32;
/// Until the memory counts as idle.
const REST: Duration = Duration::from_secs(10);
/// Broadcasts, of which the middle one counts.
const BROADCASTS: usize = 5;
const PASSWORD: &str = "a password for measuring";

type Socket = WebSocketStream<TcpStream>;

pub(super) async fn run(options: &Options, engine: Engine, report: &mut Report) -> Result<()> {
    crate::tell(format_args!("sockets: {engine}"));
    allow_files()?;
    let ground = Ground::make(&options.setup, engine).await?;
    let launch = &ground.launch;
    let mut create = vec!["tenant", "create", "--name", "Bench", "--slug", "bench"];
    create.extend([
        "--owner-email",
        "owner@bench.local",
        "--owner-password",
        PASSWORD,
    ]);
    launch.run(&create).await?;
    let server = launch.serve(&[]).await?;
    server.healthy().await?;
    let mut api = Connection::open(server.addr).await?;
    let owner = Owner::sign_in(&mut api).await?;
    let widget = json!({"type": "widget", "name": "Site"});
    let widget = (api.call("POST", "/api/v1/channels", Some(&owner.token), &widget)).await?;
    let key = widget["widget_key"].as_str().context("no widget key")?;

    // What the first visitors make it load once is not theirs.
    let first = open_all(server.addr, key, AT_ONCE).await?;
    sleep(REST).await;
    let before = process::resident_mb(server.pid)?;
    let begun = Instant::now();
    let mut sockets = open_all(server.addr, key, SOCKETS).await?;
    let opened = begun.elapsed();
    sockets.extend(first);
    sleep(REST).await;
    let after = process::resident_mb(server.pid)?;

    let (arrived, mut arrivals) = mpsc::unbounded_channel();
    let open = sockets.len();
    let readers: Vec<_> = (sockets.into_iter())
        .map(|socket| tokio::spawn(read(socket, arrived.clone())))
        .collect();
    let mut times = Latencies::default();
    for round in 0..BROADCASTS {
        let status = ["online", "offline"][round % 2];
        let begun = Instant::now();
        owner.is(server.addr, status).await?;
        let mut last = begun;
        for _ in 0..open {
            let arrival = timeout(Duration::from_secs(30), arrivals.recv()).await;
            let arrival = arrival.context("not everybody was told")?;
            last = last.max(arrival.context("all sockets are closed")?);
        }
        times.record(last - begun);
        sleep(Duration::from_secs(2)).await;
    }
    readers.iter().for_each(|reader| reader.abort());
    let [middle, longest] = times.per_mille([500, 1000]);
    report.add(
        Record::of("Idle sockets of visitors", engine)
            .number("sockets", open as f64, 0)
            .number("opened/s", SOCKETS as f64 / opened.as_secs_f64(), 0)
            .number("KB each", (after - before) * 1024.0 / SOCKETS as f64, 1)
            .number("all told in ms", middle, 0)
            .number("longest ms", longest, 0),
    )?;
    server.stop().await?;
    ground.clear().await
}

/// Each socket takes a descriptor here and one in the server, which inherits what we may.
fn allow_files() -> Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = SOCKETS as u64 + OTHERS;
    ensure!(
        limit.maximum.is_none_or(|most| most >= wanted),
        "{wanted} open files are not allowed here"
    );
    limit.current = limit.maximum.map(|most| most.min(wanted)).or(Some(wanted));
    Ok(setrlimit(Resource::Nofile, limit)?)
}

struct Owner {
    id: String,
    token: String,
}

impl Owner {
    async fn sign_in(api: &mut Connection) -> Result<Self> {
        let body = json!({"email": "owner@bench.local", "password": PASSWORD});
        let answer = api.call("POST", "/api/v1/auth/login", None, &body).await?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("no text");
        Ok(Self {
            id: text(&answer["user"]["id"])?,
            token: text(&answer["access_token"])?,
        })
    }

    /// The first to come and the last to leave is told to every visitor.
    async fn is(&self, addr: SocketAddr, status: &str) -> Result<()> {
        // The connection of before was idle for too long.
        let mut api = Connection::open(addr).await?;
        let path = format!("/api/v1/operators/{}/status", self.id);
        let body = json!({"status": status});
        api.call("PUT", &path, Some(&self.token), &body).await?;
        Ok(())
    }
}

async fn open_all(addr: SocketAddr, key: &str, count: usize) -> Result<Vec<Socket>> {
    let key: Arc<str> = key.into();
    let mut openers = JoinSet::new();
    for opener in 0..AT_ONCE {
        let (key, mine) = (key.clone(), (opener..count).step_by(AT_ONCE).count());
        openers.spawn(async move {
            let mut api = Connection::open(addr).await?;
            let mut open = Vec::with_capacity(mine);
            for _ in 0..mine {
                open.push(open_one(&mut api, addr, &key).await?);
            }
            Ok::<_, anyhow::Error>(open)
        });
    }
    let mut sockets = Vec::with_capacity(count);
    while let Some(open) = openers.join_next().await {
        sockets.extend(open??);
    }
    Ok(sockets)
}

async fn open_one(api: &mut Connection, addr: SocketAddr, key: &str) -> Result<Socket> {
    let body = json!({"widget_key": key, "visitor": {}});
    let session = (api.call("POST", "/api/v1/widget/sessions", None, &body)).await?;
    let stream = TcpStream::connect(addr).await?;
    let (mut socket, _) = client_async(format!("ws://{addr}/api/v1/widget/ws"), stream).await?;
    let hello = json!({"type": "widget.connect", "session_token": session["session_token"]});
    socket.send(Message::text(hello.to_string())).await?;
    let answer = socket.next().await.context("the socket was closed")??;
    let welcome = answer.to_text()?;
    ensure!(
        welcome.contains("widget.connected"),
        "the socket answered {welcome}"
    );
    Ok(socket)
}

/// Notes when it is told who is there; pings are answered by the library.
async fn read(mut socket: Socket, arrived: mpsc::UnboundedSender<Instant>) {
    while let Some(Ok(message)) = socket.next().await {
        if (message.to_text()).is_ok_and(|text| text.contains("widget.availability"))
            && arrived.send(Instant::now()).is_err()
        {
            return;
        }
    }
}
