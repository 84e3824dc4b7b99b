//! The open loop: messages go out when they are due, whether or not earlier ones were answered, and an
//! answer's time counts from when its message was due. A server that stalls cannot hide it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

use crate::http::Connection;
use crate::latency::Latencies;
use crate::workload::Traffic;

/// Longer than this no answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often messages become due at most: waking more often takes from the server what is to be measured.
const QUANTUM: Duration = Duration::from_micros(500);

/// Which messages go out, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The number of the first message.
    pub(crate) first: u64,
    pub(crate) count: u64,
    /// Messages a second.
    pub(crate) rate: u32,
    pub(crate) connections: usize,
    /// So long after the last message was due, what is not sent by then stays unsent.
    pub(crate) overtime: Duration,
}

impl Plan {
    /// When message number `n` is due in a run that began at `start`.
    pub(crate) fn due(&self, start: Instant, n: u64) -> Instant {
        let nanos = u128::from(n - self.first) * 1_000_000_000 / u128::from(self.rate);
        start + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// What became of a plan.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) start: Instant,
    /// When the last answer came.
    pub(crate) end: Instant,
    /// Messages answered with 200.
    pub(crate) accepted: u64,
    /// What happened to the others, and how often.
    pub(crate) failures: BTreeMap<String, u64>,
    pub(crate) latencies: Latencies,
}

impl Outcome {
    /// Accepted messages a second, until the last answer.
    pub(crate) fn rate(&self) -> f64 {
        self.accepted as f64 / (self.end - self.start).as_secs_f64()
    }

    pub(crate) fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    fn fail(&mut self, what: String, times: u64) {
        if times > 0 {
            *self.failures.entry(what).or_default() += times;
        }
    }
}

struct Shared {
    traffic: Arc<Traffic>,
    plan: Plan,
    start: Instant,
    /// One permit for each message that is due.
    due: Semaphore,
    /// Messages handed to a connection so far.
    taken: AtomicU64,
}

impl Shared {
    /// Says when each message is due. In a thread of its own: the runtime's clock ticks each millisecond only.
    #[expect(
        clippy::disallowed_methods,
        reason = "nothing else runs in this thread"
    )]
    fn pace(&self) {
        for n in self.plan.first..self.plan.first + self.plan.count {
            let due = self.plan.due(self.start, n);
            let wait = due.saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                std::thread::sleep(wait.max(QUANTUM));
            }
            if self.due.is_closed() {
                break;
            }
            self.due.add_permits(1);
        }
    }
}

/// Carries a plan out.
pub(crate) async fn run(traffic: &Arc<Traffic>, plan: Plan) -> Result<Outcome> {
    let mut connections = Vec::with_capacity(plan.connections);
    for _ in 0..plan.connections {
        connections.push(Connection::open(traffic.addr()).await?);
    }
    let start = Instant::now() + Duration::from_millis(20);
    let taken = AtomicU64::new(0);
    let shared = Arc::new(Shared {
        traffic: Arc::clone(traffic),
        plan,
        start,
        due: Semaphore::new(0),
        taken,
    });
    let pacer = Arc::clone(&shared);
    let pacer = tokio::task::spawn_blocking(move || pacer.pace());
    let clients: Vec<_> = connections
        .into_iter()
        .map(|connection| tokio::spawn(client(Arc::clone(&shared), connection)))
        .collect();
    let mut total = Outcome::begun(start);
    for client in clients {
        let part = client.await?;
        total.end = total.end.max(part.end);
        total.accepted += part.accepted;
        total.latencies.append(part.latencies);
        for (what, times) in part.failures {
            total.fail(what, times);
        }
    }
    shared.due.close();
    pacer.await?;
    let taken = shared.taken.load(Ordering::Relaxed).min(plan.count);
    total.fail("not sent in time".to_owned(), plan.count - taken);
    Ok(total)
}

impl Outcome {
    fn begun(start: Instant) -> Self {
        Self {
            start,
            end: start,
            accepted: 0,
            failures: BTreeMap::new(),
            latencies: Latencies::default(),
        }
    }
}

async fn client(shared: Arc<Shared>, connection: Connection) -> Outcome {
    let Shared {
        traffic,
        plan,
        start,
        due,
        taken,
    } = &*shared;
    let give_up = plan.due(*start, plan.first + plan.count) + plan.overtime;
    let mut outcome = Outcome::begun(*start);
    let mut connection = Some(connection);
    let (mut request, mut body) = (Vec::new(), Vec::new());
    while let Ok(Ok(turn)) = timeout_at(give_up, due.acquire()).await {
        turn.forget();
        let at = taken.fetch_add(1, Ordering::Relaxed);
        if at + 1 == plan.count {
            // Nobody need wait for more.
            due.close();
        }
        let n = plan.first + at;
        traffic.write(n, &mut request, &mut body);
        let due = plan.due(*start, n);
        let answered = timeout(PATIENCE, send(&mut connection, traffic, &request)).await;
        let now = Instant::now();
        outcome.end = outcome.end.max(now);
        match answered {
            Ok(Ok(200)) => {
                outcome.accepted += 1;
                outcome.latencies.record(now - due);
            }
            Ok(Ok(status)) => outcome.fail(format!("status {status}"), 1),
            Ok(Err(error)) => {
                connection = None;
                outcome.fail(error.kind().to_string(), 1);
            }
            Err(_) => {
                connection = None;
                outcome.fail("no answer".to_owned(), 1);
            }
        }
    }
    outcome
}

async fn send(
    connection: &mut Option<Connection>,
    traffic: &Traffic,
    request: &[u8],
) -> io::Result<u16> {
    let open = match connection {
        Some(open) => open,
        None => connection.insert(Connection::open(traffic.addr()).await?),
    };
    Ok(open.exchange(request).await?.status)
}

/// Waits until `done` says so, at most `patience`; answers when it did.
pub(crate) async fn until<F, Fut>(patience: Duration, mut done: F) -> Result<Option<Instant>>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<bool>>,
{
    let give_up = Instant::now() + patience;
    while Instant::now() < give_up {
        match timeout_at(give_up, done()).await {
            Ok(Ok(true)) => return Ok(Some(Instant::now())),
            Ok(Ok(false)) => tokio::time::sleep(Duration::from_millis(5)).await,
            Ok(Err(error)) => return Err(error),
            Err(_) => break,
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::workload::{Target, Texts};

    const OVERTIME: Duration = Duration::from_secs(5);

    /// Answers every request (each sent in one piece, as loopback delivers it) after `pause`.
    async fn server(pause: Duration, status: &'static str) -> Arc<Traffic> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    let mut request = vec![0; 64 * 1024];
                    while stream.read(&mut request).await.is_ok_and(|n| n > 0) {
                        tokio::time::sleep(pause).await;
                        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\n{{}}");
                        stream.write_all(answer.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        let target = Target {
            addr,
            path: "/hook".to_owned(),
            secret: "hush".to_owned(),
        };
        Arc::new(Traffic::new(target, Texts::new(), 10, 0))
    }

    #[tokio::test]
    async fn a_steady_server_is_measured_at_the_planned_rate() {
        let traffic = server(Duration::ZERO, "200 OK").await;
        let plan = Plan {
            first: 10,
            count: 200,
            rate: 1000,
            connections: 8,
            overtime: OVERTIME,
        };
        let outcome = run(&traffic, plan).await.unwrap();
        assert_eq!((outcome.accepted, outcome.failed()), (200, 0));
        assert_eq!(outcome.latencies.len(), 200);
        assert!(
            (500.0..1100.0).contains(&outcome.rate()),
            "{}",
            outcome.rate()
        );
    }

    #[tokio::test]
    async fn waiting_for_a_free_connection_counts() {
        // One connection, 20 ms an answer, a message every 10 ms: the last of 20 waits about 200 ms.
        let traffic = server(Duration::from_millis(20), "200 OK").await;
        let plan = Plan {
            first: 0,
            count: 20,
            rate: 100,
            connections: 1,
            overtime: OVERTIME,
        };
        let outcome = run(&traffic, plan).await.unwrap();
        let [longest] = outcome.latencies.per_mille([1000]);
        assert!(longest.unwrap() > 150.0, "{longest:?}");
    }

    #[tokio::test]
    async fn refusals_are_counted_by_their_status() {
        let traffic = server(Duration::ZERO, "503 Service Unavailable").await;
        let plan = Plan {
            first: 0,
            count: 5,
            rate: 1000,
            connections: 2,
            overtime: OVERTIME,
        };
        let outcome = run(&traffic, plan).await.unwrap();
        assert_eq!(outcome.failures.get("status 503"), Some(&5));
    }
}
