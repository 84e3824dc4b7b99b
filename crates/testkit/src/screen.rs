//! A socket that is read all the time, as an open page does.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinHandle;

use crate::Socket;
use crate::socket::seqs;

/// How long to wait for the end.
const PATIENCE: Duration = Duration::from_secs(30);
/// A socket may be silent for as long as it likes.
const SILENCE: Duration = Duration::from_secs(3600);

/// An open page. Closed when dropped.
pub struct Screen {
    frames: Arc<Mutex<Vec<Value>>>,
    reading: JoinHandle<u16>,
}

impl Screen {
    /// Reads what this socket is told from now on.
    pub fn of(mut socket: Socket) -> Self {
        let frames: Arc<Mutex<Vec<Value>>> = Arc::default();
        let told = Arc::clone(&frames);
        let reading = tokio::spawn(async move {
            loop {
                match socket.next_or_end(SILENCE).await {
                    Some(Ok(frame)) => told.lock().expect("nobody panics").push(frame),
                    Some(Err((code, _))) => return code,
                    None => {}
                }
            }
        });
        Self { frames, reading }
    }

    /// The numbers of the events it was told so far.
    ///
    /// # Panics
    /// When reading panicked.
    pub fn seqs(&self) -> Vec<i64> {
        seqs(&self.frames.lock().expect("nobody panics"))
    }

    /// Waits until the server closes; the code it closes with.
    ///
    /// # Panics
    /// When it does not.
    pub async fn closed(mut self) -> u16 {
        tokio::time::timeout(PATIENCE, &mut self.reading)
            .await
            .expect("the socket closes")
            .expect("reading does not panic")
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.reading.abort();
    }
}
