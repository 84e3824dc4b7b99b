//! The server under measure: the release binary, as a child process.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{Instant, timeout};

use crate::http::Connection;

/// Longer than this no start or stop takes.
const PATIENCE: Duration = Duration::from_secs(35);

/// How to start it.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) binary: PathBuf,
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: String,
    pub(crate) telegram_url: String,
}

impl Launch {
    /// Nothing of our own environment reaches the server but where programs and temporary files are.
    fn command(&self) -> Result<Command> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .context("the log cannot be written")?;
        let mut command = Command::new(&self.binary);
        command
            .env_clear()
            .env("DATA_DIR", &self.data_dir)
            .env("DATABASE_URL", &self.database_url)
            .env("HTTP_ADDR", "127.0.0.1:0")
            .env("LOG_FORMAT", "json")
            .env("TELEGRAM_API_URL", &self.telegram_url)
            .env("OUTBOUND_ALLOW_HOSTS", "127.0.0.1")
            .env("ACCESS_TOKEN_EXPIRE_MINUTES", "240")
            .stdin(Stdio::null())
            .stderr(log)
            .kill_on_drop(true);
        for limit in [
            "SESSION_PER_MINUTE",
            "TENANT_PER_MINUTE",
            "UPLOAD_PER_MINUTE",
            "LOGIN_PER_MINUTE",
            "WIDGET_PER_MINUTE",
            "ADDRESS_PER_MINUTE",
            "TELEGRAM_PER_SECOND",
        ] {
            command.env(format!("RATE_LIMIT_{limit}"), "0");
        }
        Ok(command)
    }

    fn log(&self) -> PathBuf {
        self.data_dir.with_extension("log")
    }

    /// Runs a command of the command line to its end; answers what it printed.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self
            .command()?
            .args(arguments)
            .stdout(Stdio::piped())
            .output()
            .await?;
        ensure!(
            output.status.success(),
            "{arguments:?} failed: {}",
            tail(&self.log())
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Starts `serve` and waits until it says where it listens.
    pub(crate) async fn serve(&self, options: &[&str]) -> Result<Server> {
        let mut child = self
            .command()?
            .arg("serve")
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", self.binary.display()))?;
        let pid = child.id().context("it has ended already")?;
        let mut said = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        let addr = match timeout(PATIENCE, address(&mut said)).await {
            Ok(Ok(addr)) => addr,
            _ => bail!("the server did not become ready: {}", tail(&self.log())),
        };
        Ok(Server {
            child,
            pid,
            addr,
            _said: said,
        })
    }
}

/// The address out of `... is ready at http://127.0.0.1:8000`.
async fn address(said: &mut Lines<BufReader<ChildStdout>>) -> Result<SocketAddr> {
    while let Some(line) = said.next_line().await? {
        if let Some((_, addr)) = line.split_once(" ready at http://") {
            return Ok(addr.trim_end_matches('/').parse()?);
        }
    }
    bail!("it ended")
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) pid: u32,
    pub(crate) addr: SocketAddr,
    /// Kept open: the server may still have something to say.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Waits for the first 200 of `/health`.
    pub(crate) async fn healthy(&self) -> Result<()> {
        let give_up = Instant::now() + PATIENCE;
        let request = format!("GET /health HTTP/1.1\r\nhost: {}\r\n\r\n", self.addr);
        while Instant::now() < give_up {
            if let Ok(mut connection) = Connection::open(self.addr).await
                && let Ok(answer) = connection.exchange(request.as_bytes()).await
                && answer.status == 200
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        bail!("the server did not become healthy")
    }

    /// Asks it to stop and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let pid = i32::try_from(self.pid)
            .ok()
            .and_then(Pid::from_raw)
            .context("no such process")?;
        kill_process(pid, Signal::TERM)?;
        let status = timeout(PATIENCE, self.child.wait())
            .await
            .context("it does not stop")??;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}
