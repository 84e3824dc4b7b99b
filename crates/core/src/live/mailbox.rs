//! What waits for one reader. Bounded, so that a slow one costs nobody but himself: when it overflows it
//! is emptied, and the reader is told that he missed something.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::frame::Frame;

/// What a reader who cannot keep up gets instead of what waited for him.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhenFull {
    /// One `resync`, and what comes after it.
    Resync,
    /// The end: he connects again and asks for what he missed.
    End,
}

/// The frames that wait for one reader. One side puts, the other takes.
pub(super) struct Mailbox {
    state: Mutex<State>,
    ready: Notify,
    when_full: WhenFull,
    most_frames: usize,
    most_bytes: usize,
}

#[derive(Default)]
struct State {
    frames: VecDeque<Frame>,
    bytes: usize,
    /// The newest event this reader was told of.
    told: i64,
    overflowed: bool,
}

impl State {
    fn clear(&mut self) {
        self.frames = VecDeque::new();
        self.bytes = 0;
    }
}

/// A reader fell too far behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FellBehind;

impl Mailbox {
    pub(super) fn new(when_full: WhenFull, most_frames: usize, most_bytes: usize) -> Self {
        Self {
            state: Mutex::default(),
            ready: Notify::new(),
            when_full,
            most_frames,
            most_bytes,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Held for moves of whole frames only: a panic elsewhere leaves it consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts frames of events up to `head`.
    pub(super) fn put(&self, frames: impl IntoIterator<Item = Frame>, head: i64) {
        let mut state = self.lock();
        let before = state.frames.len();
        for frame in frames {
            state.told = frame.seq.unwrap_or(state.told).max(state.told);
            state.bytes += frame.json().len();
            state.frames.push_back(frame);
        }
        if state.frames.len() > self.most_frames || state.bytes > self.most_bytes {
            self.overflow(&mut state, head);
        }
        let changed = state.overflowed || state.frames.len() != before;
        drop(state);
        if changed {
            self.ready.notify_one();
        }
    }

    /// Puts one frame that stands in no order. It is not worth an overflow.
    pub(super) fn put_fleeting(&self, frame: Frame) {
        let mut state = self.lock();
        if state.frames.len() < self.most_frames && state.bytes < self.most_bytes {
            state.bytes += frame.json().len();
            state.frames.push_back(frame);
            drop(state);
            self.ready.notify_one();
        }
    }

    /// Forgets what waits and says that everything up to `head` is to be fetched anew.
    pub(super) fn resync(&self, head: i64) {
        let mut state = self.lock();
        self.overflow(&mut state, head);
        drop(state);
        self.ready.notify_one();
    }

    fn overflow(&self, state: &mut State, head: i64) {
        state.clear();
        match self.when_full {
            WhenFull::Resync => {
                state.told = head.max(state.told);
                let resync = Frame::resync(state.told);
                state.bytes = resync.json().len();
                state.frames.push_back(resync);
            }
            WhenFull::End => state.overflowed = true,
        }
    }

    /// Tells the head to a reader whom the newest events passed by.
    pub(super) fn sync(&self, head: i64, frame: &Frame) {
        if self.lock().told < head {
            self.put([frame.clone()], head);
        }
    }

    /// Notes that the reader knows of everything up to `head` from elsewhere.
    pub(super) fn knows(&self, head: i64) {
        let mut state = self.lock();
        state.told = state.told.max(head);
    }

    /// Waits for frames and takes up to `most` of them. Dropping the future loses nothing.
    pub(super) async fn take(&self, most: usize) -> Result<Vec<Frame>, FellBehind> {
        loop {
            {
                let mut state = self.lock();
                if state.overflowed {
                    return Err(FellBehind);
                }
                if !state.frames.is_empty() {
                    let n = most.min(state.frames.len());
                    let taken: Vec<Frame> = state.frames.drain(..n).collect();
                    state.bytes -= taken.iter().map(|frame| frame.json().len()).sum::<usize>();
                    if state.frames.is_empty() {
                        // An idle socket keeps no buffer.
                        state.clear();
                    }
                    return Ok(taken);
                }
            }
            self.ready.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::Body;
    use super::*;
    use omni_model::ConversationId;

    fn frame(seq: i64) -> Frame {
        let conversation_id = ConversationId(uuid::Uuid::nil());
        Frame::of_event(seq, &Body::ConversationRemoved { conversation_id })
    }

    fn seqs(frames: &[Frame]) -> Vec<i64> {
        frames.iter().filter_map(|frame| frame.seq).collect()
    }

    #[tokio::test]
    async fn keeps_order_and_takes_in_pieces() {
        let mailbox = Mailbox::new(WhenFull::Resync, 10, 10_000);
        mailbox.put([frame(1), frame(2), frame(3)], 3);
        assert_eq!(seqs(&mailbox.take(2).await.unwrap()), [1, 2]);
        mailbox.put([frame(4)], 4);
        assert_eq!(seqs(&mailbox.take(9).await.unwrap()), [3, 4]);
        assert!(mailbox.lock().frames.is_empty());
    }

    #[tokio::test]
    async fn an_overflow_leaves_one_resync_and_what_follows() {
        let mailbox = Mailbox::new(WhenFull::Resync, 3, 10_000);
        for seq in 1..=9 {
            mailbox.put([frame(seq)], seq);
        }
        let taken = mailbox.take(100).await.unwrap();
        // Emptied at 4 and, since nobody read, again at 7: live goes on from there.
        assert_eq!(taken[0].json(), br#"{"type":"resync","seq":7}"#.as_slice());
        assert_eq!(seqs(&taken), [8, 9]);
    }

    #[tokio::test]
    async fn bytes_are_bounded_too() {
        let mailbox = Mailbox::new(WhenFull::End, 1000, 200);
        mailbox.put([frame(1), frame(2), frame(3)], 3);
        assert_eq!(mailbox.take(1).await.unwrap_err(), FellBehind);
    }

    #[tokio::test]
    async fn the_head_is_told_to_those_it_passed_by_only() {
        let mailbox = Mailbox::new(WhenFull::Resync, 10, 10_000);
        let sync = Frame::of_event(5, &Body::Sync);
        mailbox.sync(5, &sync);
        assert_eq!(seqs(&mailbox.take(9).await.unwrap()), [5]);
        mailbox.sync(5, &sync);
        assert!(mailbox.lock().frames.is_empty());
    }
}
