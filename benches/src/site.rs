//! A site under load: a fresh server with a tenant, operators with room, a Telegram channel in webhook
//! mode, customers who have written before, and one operator at his screen.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use omni_model::{Clock, SystemClock};
use omni_simulators::telegram::{DEFAULT_TOKEN, TelegramSimulator};
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Url;

use crate::engine::Engine;
use crate::ground::Ground;
use crate::http::Connection;
use crate::load::{self, Plan};
use crate::progress::Progress;
use crate::server::{Launch, Server};
use crate::socket::OperatorSocket;
use crate::usage::{Measured, Usage};
use crate::workload::{Target, Texts, Traffic};

const OPERATORS: usize = 4;
/// More conversations than any run makes.
const CAPACITY: u32 = 1_000_000;
const PASSWORD: &str = "a password for measuring";
/// Customers who have written before.
const KNOWN_CUSTOMERS: u64 = 5_000;
/// What a load has not sent so long after its end stays unsent.
const OVERTIME: Duration = Duration::from_secs(5);
/// A screen that got nothing for so long has caught up.
const STILL: Duration = Duration::from_millis(500);
/// A backlog that takes longer to work off ends the run.
const LONGEST_BACKLOG: Duration = Duration::from_secs(300);

/// What all sites have in common.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) binary: PathBuf,
    /// A PostgreSQL cluster.
    pub(crate) cluster: Option<Url>,
    pub(crate) connections: usize,
}

/// A site under load.
pub(crate) struct Site {
    traffic: Arc<Traffic>,
    /// The number of the next message.
    next: u64,
    connections: usize,
    pub(crate) socket: OperatorSocket,
    pub(crate) progress: Progress,
    server: Server,
    ground: Ground,
}

impl Site {
    pub(crate) async fn open(setup: &Setup, engine: Engine) -> Result<Self> {
        let ground = Ground::make(setup, engine).await?;
        let (launch, telegram) = (&ground.launch, &ground.telegram);
        create_tenant(launch).await?;
        let server = launch.serve(&[]).await?;
        server.healthy().await?;
        let (socket, target) = furnish(&server, telegram).await?;
        let texts = Texts::new();
        let traffic = Traffic::new(target, texts, KNOWN_CUSTOMERS, SystemClock.now().seconds());
        let mut site = Self {
            traffic: Arc::new(traffic),
            next: 0,
            connections: setup.connections,
            socket,
            progress: Progress::open(&ground.database.url).await?,
            server,
            ground,
        };
        site.introduce_customers().await?;
        Ok(site)
    }

    async fn introduce_customers(&mut self) -> Result<()> {
        let count = self.traffic.introductions();
        // Faster than any server: as fast as the connections go.
        let plan = Plan {
            overtime: LONGEST_BACKLOG,
            ..self.plan(count, 100_000)
        };
        let outcome = self.carry_out(plan).await?;
        ensure!(
            outcome.failed() == 0,
            "the first messages failed: {:?}",
            outcome.failures
        );
        self.drained()
            .await?
            .context("the first messages are not processed")?;
        self.socket.take();
        Ok(())
    }

    /// Sends messages for so long at so many a second.
    pub(crate) async fn load(&mut self, rate: u32, seconds: u32) -> Result<load::Outcome> {
        let count = u64::from(rate) * u64::from(seconds);
        self.carry_out(self.plan(count, rate)).await
    }

    async fn carry_out(&mut self, plan: Plan) -> Result<load::Outcome> {
        self.next += plan.count;
        load::run(&self.traffic, plan).await
    }

    /// The plan that the next load will follow.
    pub(crate) fn plan(&self, count: u64, rate: u32) -> Plan {
        Plan {
            first: self.next,
            count,
            rate,
            connections: self.connections,
            overtime: OVERTIME,
        }
    }

    /// Waits until all that was accepted is processed; answers when, or nothing when it takes too long.
    pub(crate) async fn drained(&self) -> Result<Option<Instant>> {
        load::until(LONGEST_BACKLOG, || self.progress.is_idle()).await
    }

    /// Waits until the operator's screen has shown what it had to, and forgets it.
    pub(crate) async fn caught_up(&self) -> Result<()> {
        self.socket.take();
        loop {
            tokio::time::sleep(STILL).await;
            let seen = self.socket.take();
            if let Some(why) = seen.closed {
                bail!("the operator's socket is closed: {why}");
            }
            if seen.arrivals.is_empty() {
                return Ok(());
            }
        }
    }

    /// Begins to measure what the run uses.
    pub(crate) fn measure(&self) -> Result<Measured> {
        Usage::begin(self.server.pid, self.ground.database.postmaster())
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.progress.close().await?;
        // A backlog may be waiting, which nobody needs: the server is not asked but ended.
        drop(self.server);
        self.ground.clear().await
    }
}

async fn create_tenant(launch: &Launch) -> Result<()> {
    let owner = [
        "--owner-email",
        "owner@bench.local",
        "--owner-password",
        PASSWORD,
    ];
    let named = ["tenant", "create", "--name", "Bench", "--slug", "bench"];
    launch.run(&[&named[..], &owner[..]].concat()).await?;
    Ok(())
}

/// Hires operators, puts one of them at his screen, and connects the bot.
async fn furnish(
    server: &Server,
    telegram: &TelegramSimulator,
) -> Result<(OperatorSocket, Target)> {
    let mut api = Connection::open(server.addr).await?;
    let owner = sign_in(&mut api, "owner@bench.local").await?;
    let token = Some(owner.token.as_str());
    for number in 1..=OPERATORS {
        let operator = json!({
            "email": format!("operator{number}@bench.local"),
            "name": format!("Operator {number}"),
            "role": "operator",
            "password": PASSWORD,
            "skills": [],
            "capacity": CAPACITY,
        });
        let operator = api
            .call("POST", "/api/v1/operators", token, &operator)
            .await?;
        let id = text(&operator, "/id")?;
        let path = format!("/api/v1/operators/{id}/status");
        api.call("PUT", &path, token, &json!({"status": "online"}))
            .await?;
    }
    let anna = sign_in(&mut api, "operator1@bench.local").await?;
    let socket = OperatorSocket::open(server.addr, &anna.id, &anna.token).await?;
    let channel = json!({
        "type": "telegram",
        "name": "Bench",
        "settings": {"mode": "webhook"},
        "secrets": {"bot_token": DEFAULT_TOKEN},
    });
    let channel = api
        .call("POST", "/api/v1/channels", token, &channel)
        .await?;
    ensure!(
        channel["status"] == "active",
        "the channel is not active: {channel}"
    );
    let url: Url = telegram
        .webhook_url()
        .context("no webhook was set")?
        .parse()?;
    let target = Target {
        addr: server.addr,
        path: url.path().to_owned(),
        secret: telegram.webhook_secret().context("no webhook was set")?,
    };
    Ok((socket, target))
}

struct SignedIn {
    id: String,
    token: String,
}

async fn sign_in(api: &mut Connection, email: &str) -> Result<SignedIn> {
    let body = json!({"email": email, "password": PASSWORD});
    let answer = api.call("POST", "/api/v1/auth/login", None, &body).await?;
    Ok(SignedIn {
        id: text(&answer, "/user/id")?,
        token: text(&answer, "/access_token")?,
    })
}

fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    Ok(found
        .with_context(|| format!("no {pointer} in the answer"))?
        .to_owned())
}
