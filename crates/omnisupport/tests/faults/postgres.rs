//! PostgreSQL dies and comes back under load: what was acknowledged is there, in order, and the server needs no restart.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use omni_testkit::site::{finished, sent_texts};
use omni_testkit::{Process, eventually, within};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::site::{Site, binary, settings, telegram};

/// A PostgreSQL of its own, so that killing it disturbs nobody.
struct Cluster {
    url: String,
    folder: PathBuf,
}

impl Cluster {
    /// `None` where there is none to be had.
    fn start() -> Option<Self> {
        let output = script(&["start"]).output().ok()?;
        let exports = String::from_utf8(output.stdout).ok()?;
        let value = |name: &str| {
            exports
                .lines()
                .find_map(|line| line.strip_prefix(&format!("export {name}=")))
        };
        match (value("TEST_DATABASE_URL"), value("OMNISUPPORT_POSTGRES")) {
            (Some(url), Some(folder)) => Some(Self {
                url: url.to_owned(),
                folder: PathBuf::from(folder),
            }),
            _ => {
                eprintln!("left out: no PostgreSQL can be started here");
                None
            }
        }
    }

    fn crash(&self) {
        let crashed = script(&["crash"])
            .arg(&self.folder)
            .status()
            .expect("the script runs");
        assert!(crashed.success());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = script(&["stop"]).arg(&self.folder).status();
    }
}

fn script(arguments: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new("bash");
    command
        .arg("scripts/postgres.sh")
        .args(arguments)
        .current_dir(root);
    command
}

/// Somebody who answers in one conversation, again and again, and repeats what was not taken.
struct Answering {
    stop: Arc<AtomicBool>,
    /// The texts that were taken, in order.
    answers: JoinHandle<Vec<String>>,
}

impl Answering {
    fn start(site: &Arc<Site>, conversation: &Value) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (site, conversation) = (Arc::clone(site), conversation.clone());
        let answers = tokio::spawn(answer(site, conversation, Arc::clone(&stop)));
        Self { stop, answers }
    }

    async fn stop(self) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        self.answers.await.expect("whoever answers does not panic")
    }
}

async fn answer(site: Arc<Site>, conversation: Value, stop: Arc<AtomicBool>) -> Vec<String> {
    let id = conversation["id"].as_str().expect("an id");
    let mut taken = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        // Under one key until it is taken, whatever became of the tries before.
        let text = format!("{id}:{:05}", taken.len());
        loop {
            match site.try_replies(&conversation, &text).await {
                Some(201) => break,
                refused => assert_eq!(refused, Some(503), "{text}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        taken.push(text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_dies_under_load_loses_nothing_acknowledged() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let telegram = telegram().await;
    let folder = tempfile::tempdir().unwrap();
    let mut process =
        Process::start(binary(), &settings(&cluster.url, folder.path(), &telegram)).await;
    let site = Arc::new(Site::open(&process, &telegram).await);
    let conversations = site.meets(&telegram, 901..=904).await;
    let screen = site.screen(Some(0)).await;
    let load = site.load(12);
    let writing = load.start();
    let answering: Vec<_> = conversations
        .iter()
        .map(|conversation| Answering::start(&site, conversation))
        .collect();
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(400)).await;
        cluster.crash();
        let before = load.acknowledged();
        within(Duration::from_secs(20), "the database again", || async {
            (load.acknowledged() > before).then_some(())
        })
        .await;
    }
    writing.stop().await;
    let mut answers = Vec::new();
    for answering in answering {
        answers.push(answering.stop().await);
    }
    finished(&cluster.url).await;

    load.expect_in(&site.stored_by_chat().await);
    let left = sent_texts(&telegram);
    for (conversation, answers) in conversations.iter().zip(answers) {
        let replied = site.replied(conversation).await;
        let texts: Vec<_> = replied
            .iter()
            .map(|message| message["content"]["text"].as_str().unwrap())
            .collect();
        assert_eq!(texts, answers, "each is there once and in order");
        for (message, text) in replied.iter().zip(&answers) {
            let known = match message["status"].as_str() {
                Some("sent") => left.contains(text),
                status => status == Some("unknown"),
            };
            assert!(known, "{message:#}");
        }
    }
    // Whoever looked on all the time was told everything, without coming again.
    let head = site.head().await;
    eventually("the newest event", || async {
        (screen.seqs().last() == Some(&head)).then_some(())
    })
    .await;
    assert_eq!(screen.seqs(), (1..=head).collect::<Vec<_>>());
    assert!(process.terminate().await, "it stops well");
}
