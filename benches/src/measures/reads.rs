//! What an operator reads all day, of a company that is full: the list, a thread and what search finds.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fastrand::Rng;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;
use url::form_urlencoded;

use super::Options;
use crate::engine::Engine;
use crate::ground::Ground;
use crate::http::Connection;
use crate::latency::Latencies;
use crate::report::{Record, Report};
use crate::server::Server;

/// Lists and threads asked for at a time.
const CONNECTIONS: u64 = 32;
/// Searches at a time: as many as there are cores, so that a time is a search's and not its neighbours'.
const SEARCHERS: u64 = 2;
/// Threads whose words are searched for.
const READ_FOR_WORDS: usize = 60;
/// Before anything counts.
const WARM_UP: Duration = Duration::from_secs(3);
const LONGEST_INDEXING: Duration = Duration::from_secs(1800);
/// Pages from which threads and cursors are taken.
const PAGES: usize = 20;

/// A kind of request: its name, and paths to choose from.
struct Reading {
    name: &'static str,
    connections: u64,
    paths: Vec<String>,
}

pub(super) async fn run(options: &Options, engine: Engine, report: &mut Report) -> Result<()> {
    crate::tell(format_args!("reads: {engine}"));
    let ground = Ground::make(&options.setup, engine).await?;
    let launch = &ground.launch;
    let begun = Instant::now();
    let made = launch.run(&["simulate", "load"]).await?;
    let filled = begun.elapsed();
    let made: Value = serde_json::from_str(&made).context("simulate load told no JSON")?;
    let server = launch.serve(&[]).await?;
    server.healthy().await?;
    let token = sign_in(&server, &made).await?;
    let begun = Instant::now();
    indexed(&server).await?;
    report.add(
        Record::of("Filling with 1,000,000 messages", engine)
            .number("seconds", filled.as_secs_f64(), 0)
            .number("seconds to index", begun.elapsed().as_secs_f64(), 0),
    )?;
    for reading in readings(&server, &token).await? {
        let paths = Arc::new(reading.paths);
        let warm_up = WARM_UP.min(Duration::from_secs(options.seconds.into()));
        read(server.addr, &token, &paths, reading.connections, warm_up).await?;
        let length = Duration::from_secs(options.seconds.into());
        let times = read(server.addr, &token, &paths, reading.connections, length).await?;
        let rate = times.len() as f64 / length.as_secs_f64();
        let [p50, p95, p99] = times.per_mille([500, 950, 990]);
        report.add(
            Record::of("Reads", engine)
                .with("what", reading.name)
                .number("connections", reading.connections as f64, 0)
                .number("requests/s", rate, 0)
                .number("p50 ms", p50, 1)
                .number("p95 ms", p95, 1)
                .number("p99 ms", p99, 1),
        )?;
    }
    server.stop().await?;
    ground.clear().await
}

async fn sign_in(server: &Server, made: &Value) -> Result<String> {
    let mut api = Connection::open(server.addr).await?;
    let body = json!({"email": made["email"], "password": made["password"]});
    let answer = api.call("POST", "/api/v1/auth/login", None, &body).await?;
    let token = answer["access_token"].as_str();
    Ok(token.context("no token")?.to_owned())
}

/// Waits until the search index has all there is.
async fn indexed(server: &Server) -> Result<()> {
    let mut api = Connection::open(server.addr).await?;
    let request = format!("GET /metrics HTTP/1.1\r\nhost: {}\r\n\r\n", server.addr);
    let give_up = Instant::now() + LONGEST_INDEXING;
    while Instant::now() < give_up {
        let answer = api.exchange(request.as_bytes()).await?;
        let text = String::from_utf8_lossy(answer.body);
        if text.contains("queue_size{queue_name=\"index\"} 0\n") {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    bail!("the search index is not ready")
}

/// What is read: pages near the top of the lists, and threads of all of them.
async fn readings(server: &Server, token: &str) -> Result<Vec<Reading>> {
    let lists = [
        "/api/v1/conversations?status=open",
        "/api/v1/conversations?status=open&assigned_to=unassigned",
        "/api/v1/conversations?status=resolved,closed",
        "/api/v1/conversations?tag=vip",
    ];
    let mut api = Connection::open(server.addr).await?;
    let (mut pages, mut threads) = (Vec::new(), Vec::new());
    for list in lists {
        let mut path = list.to_owned();
        for _ in 0..PAGES / lists.len() {
            let page = api.call("GET", &path, Some(token), &Value::Null).await?;
            pages.push(path);
            let items = page["items"].as_array().context("no items")?;
            let ids = items.iter().filter_map(|item| item["id"].as_str());
            threads.extend(ids.map(|id| format!("/api/v1/conversations/{id}/messages")));
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("{list}&cursor={next}");
        }
    }
    ensure!(!threads.is_empty(), "the lists are empty");
    let words = words_of(&mut api, token, &threads).await?;
    let of = |name, connections, paths| Reading {
        name,
        connections,
        paths,
    };
    Ok(vec![
        of("list", CONNECTIONS, pages),
        of("thread", CONNECTIONS, threads),
        of("search: messages", SEARCHERS, searches(&words, "")),
        of(
            "search: messages of mine",
            SEARCHERS,
            searches(&words, "&assigned_to=me"),
        ),
        of(
            "search: conversations",
            SEARCHERS,
            searches(&words, "&kind=conversations"),
        ),
        of(
            "search: customers",
            SEARCHERS,
            searches(&words, "&kind=customers"),
        ),
    ])
}

/// Words that people used in threads all over the lists, each once: so they are as seldom as words are.
async fn words_of(api: &mut Connection, token: &str, threads: &[String]) -> Result<Vec<String>> {
    let mut words = BTreeSet::new();
    for thread in threads
        .iter()
        .step_by(threads.len().div_ceil(READ_FOR_WORDS))
    {
        let page = api.call("GET", thread, Some(token), &Value::Null).await?;
        for message in page["items"].as_array().context("no messages")? {
            let text = message["content"]["text"].as_str().unwrap_or_default();
            words.extend(
                text.split(' ')
                    .map(|word| word.trim_start_matches('№').to_owned()),
            );
        }
    }
    ensure!(words.len() > 100, "the threads say too little");
    Ok(words.into_iter().collect())
}

/// What people type: a word, its beginning while they type, two words together.
fn searches(words: &[String], rest: &str) -> Vec<String> {
    let mut rng = Rng::with_seed(1);
    let mut paths = Vec::new();
    for word in words {
        let letters: Vec<char> = word.chars().collect();
        let beginning: String = letters.iter().take(rng.usize(2..5)).collect();
        let another = &words[rng.usize(..words.len())];
        for typed in [format!("{word} "), beginning, format!("{word} {another} ")] {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("q", &typed);
            paths.push(format!("/api/v1/search?{}{rest}", query.finish()));
        }
    }
    paths
}

/// Asks again and again over all connections for so long.
async fn read(
    addr: SocketAddr,
    token: &str,
    paths: &Arc<Vec<String>>,
    connections: u64,
    length: Duration,
) -> Result<Latencies> {
    let until = Instant::now() + length;
    let mut readers = JoinSet::new();
    for number in 0..connections {
        let requests: Vec<Vec<u8>> = paths.iter().map(|path| get(addr, path, token)).collect();
        readers.spawn(ask(addr, requests, until, Rng::with_seed(number)));
    }
    let mut all = Latencies::default();
    while let Some(times) = readers.join_next().await {
        all.append(times??);
    }
    Ok(all)
}

fn get(addr: SocketAddr, path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: {addr}\r\nauthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}

async fn ask(
    addr: SocketAddr,
    requests: Vec<Vec<u8>>,
    until: Instant,
    mut rng: Rng,
) -> Result<Latencies> {
    let mut connection = Connection::open(addr).await?;
    let mut times = Latencies::default();
    while Instant::now() < until {
        let request = &requests[rng.usize(..requests.len())];
        let begun = Instant::now();
        let answer = connection.exchange(request).await?;
        ensure!(
            answer.status == 200,
            "answered {}: {}",
            answer.status,
            String::from_utf8_lossy(answer.body)
        );
        times.record(begun.elapsed());
    }
    Ok(times)
}
