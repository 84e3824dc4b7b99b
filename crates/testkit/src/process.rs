//! The real binary in a process of its own, so that it can be killed.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::process::{Child, Command};

use crate::{Api, eventually, http_client};

/// A server in a process of its own.
pub struct Process {
    binary: PathBuf,
    environment: Vec<(String, String)>,
    log: Option<PathBuf>,
    addr: SocketAddr,
    child: Child,
}

impl Process {
    /// Starts `binary serve` with these settings on a free port and waits until it is healthy.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(binary: &Path, settings: &[(&str, String)]) -> Self {
        Self::start_with(binary, &[], settings).await
    }

    /// Like [`Process::start`], with these arguments behind `serve`, this once.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(
        binary: &Path,
        arguments: &[&str],
        settings: &[(&str, String)],
    ) -> Self {
        Self::run(binary, arguments, settings, None).await
    }

    /// Like [`Process::start`]; what it logs goes to the end of this file.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_logged(binary: &Path, settings: &[(&str, String)], log: &Path) -> Self {
        Self::run(binary, &[], settings, Some(log)).await
    }

    /// Runs `binary serve` with these settings where it must not start; how it ended and what it said.
    ///
    /// # Panics
    /// When it goes on running.
    pub async fn refused(binary: &Path, settings: &[(&str, String)]) -> Output {
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .env_clear()
            .envs(settings.iter().map(|(name, value)| (*name, value)))
            .kill_on_drop(true);
        tokio::time::timeout(Duration::from_secs(30), command.output())
            .await
            .expect("it ends by itself")
            .expect("the binary runs")
    }

    async fn run(
        binary: &Path,
        arguments: &[&str],
        settings: &[(&str, String)],
        log: Option<&Path>,
    ) -> Self {
        let addr = free_addr();
        let mut environment: Vec<(String, String)> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        environment.push(("HTTP_ADDR".to_owned(), addr.to_string()));
        let child = serve(binary, arguments, &environment, log);
        let process = Self {
            binary: binary.to_owned(),
            environment,
            log: log.map(Path::to_owned),
            addr,
            child,
        };
        process.healthy().await;
        process
    }

    /// A client that has not signed in.
    pub fn stranger(&self) -> Api {
        Api::new(self.addr)
    }

    /// The process id.
    ///
    /// # Panics
    /// When the process has ended.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("it can be killed");
    }

    /// Starts again after a kill.
    pub async fn start_again(&mut self) {
        self.child = serve(&self.binary, &[], &self.environment, self.log.as_deref());
        self.healthy().await;
    }

    /// SIGTERM; waits for the end and answers whether it was a good one.
    pub async fn terminate(&mut self) -> bool {
        self.signal("-TERM").await;
        let ended = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        ended.is_ok_and(|status| status.is_ok_and(|status| status.success()))
    }

    /// SIGSTOP: it stands still, as on a machine that was suspended.
    pub async fn freeze(&self) {
        self.signal("-STOP").await;
    }

    /// SIGCONT: it goes on where it stood.
    pub async fn thaw(&self) {
        self.signal("-CONT").await;
    }

    async fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        let told = Command::new("kill").args([signal, &pid]).status().await;
        assert!(told.is_ok_and(|status| status.success()), "it can be told");
    }

    /// The most memory that it held at any time so far, in bytes.
    ///
    /// # Panics
    /// Where the system does not tell.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("the system tells of processes");
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
            .and_then(|number| number.parse::<u64>().ok());
        kilobytes.expect("a number") * 1024
    }

    /// Waits until it ends by itself; the code it ends with, if any.
    ///
    /// # Panics
    /// When it does not.
    pub async fn ends(&mut self) -> Option<i32> {
        tokio::time::timeout(Duration::from_secs(30), self.child.wait())
            .await
            .expect("it ends by itself")
            .expect("its end is seen")
            .code()
    }

    /// Runs another command of the binary beside the server; its standard output.
    ///
    /// # Panics
    /// When the command fails.
    pub async fn command(&self, arguments: &[&str]) -> String {
        let output = Command::new(&self.binary)
            .args(arguments)
            .env_clear()
            .envs(self.environment.iter().cloned())
            .output()
            .await
            .expect("the binary runs");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).expect("it prints text")
    }

    /// Creates a company through the command line; what it printed.
    pub async fn creates_tenant(&self, slug: &str, email: &str, password: &str) -> Value {
        let arguments = [
            "tenant",
            "create",
            "--name",
            slug,
            "--slug",
            slug,
            "--owner-email",
            email,
            "--owner-password",
            password,
        ];
        serde_json::from_str(&self.command(&arguments).await).expect("it prints JSON")
    }

    async fn healthy(&self) {
        let client = http_client();
        let url = format!("http://{}/health", self.addr);
        eventually("a healthy server", || async {
            client
                .get(&url)
                .send()
                .await
                .ok()
                .filter(|answer| answer.status().is_success())
        })
        .await;
    }
}

/// Lets a process have so many open files at most. `false` where that cannot be done: then the test says so and
/// passes.
pub fn limit_open_files(pid: u32, most: usize) -> bool {
    let limited = std::process::Command::new("prlimit")
        .args([
            "--pid",
            &pid.to_string(),
            &format!("--nofile={most}:{most}"),
        ])
        .status()
        .is_ok_and(|status| status.success());
    if !limited {
        eprintln!("left out: prlimit is not there, or may not do this");
    }
    limited
}

fn serve(
    binary: &Path,
    arguments: &[&str],
    environment: &[(String, String)],
    log: Option<&Path>,
) -> Child {
    Command::new(binary)
        .arg("serve")
        .args(arguments)
        .env_clear()
        .envs(environment.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log.map_or_else(Stdio::null, end_of))
        .kill_on_drop(true)
        .spawn()
        .expect("the binary starts")
}

/// The end of a file, to be written to.
fn end_of(path: &Path) -> Stdio {
    let file = File::options().create(true).append(true).open(path);
    file.expect("the log can be written").into()
}

/// A port that nobody has right now; the server under test takes it in a moment.
fn free_addr() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it has an address")
}
