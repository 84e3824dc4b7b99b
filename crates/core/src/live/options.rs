//! Times and bounds of the sockets.

use std::time::Duration;

/// How patient the live part is, and how much it keeps. The defaults are the promise of the API; tests
/// shorten them.
#[derive(Clone, Debug)]
pub struct LiveOptions {
    /// A socket says who it is within this time.
    pub first_frame: Duration,
    /// How often a silent socket is asked for a sign of life; two unanswered mean that it is dead.
    pub heartbeat: Duration,
    /// How often a socket's right to be open is looked at anew, whether or not a hint came.
    pub recheck: Duration,
    /// How often those whom the newest events passed by are told the head.
    pub sync: Duration,
    /// How often the head is looked up for what other processes wrote.
    pub poll: Duration,
    /// An operator whose last socket has been gone for so long is away.
    pub away_after: Duration,
    /// Frames that wait for one reader at most.
    pub queue_frames: usize,
    /// Bytes that wait for one reader at most.
    pub queue_bytes: usize,
}

impl Default for LiveOptions {
    fn default() -> Self {
        Self {
            first_frame: Duration::from_secs(5),
            heartbeat: Duration::from_secs(25),
            recheck: Duration::from_millis(2_500),
            sync: Duration::from_millis(2_500),
            poll: Duration::from_secs(1),
            away_after: Duration::from_secs(60),
            queue_frames: 2_048,
            queue_bytes: 2 * 1024 * 1024,
        }
    }
}
