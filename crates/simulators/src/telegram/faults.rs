//! Scripted misfortune.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::answer::Refusal;

/// What happens to one call instead of its normal course. The method `file` stands for downloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 with `retry_after` in body and header; nothing is done.
    TooManyRequests { retry_after: u64 },
    /// A refusal in these words; nothing is done.
    Refusal { status: u16, description: String },
    /// 400: the group became a supergroup; nothing is done.
    Migrated { to: i64 },
    /// 500 with Telegram's JSON; nothing is done.
    ServerError,
    /// A proxy's page in place of an answer; nothing is done, but nobody can know.
    BadGateway,
    /// A page with status 200 in place of an answer; nothing is done, but nobody can know.
    PageInstead,
    /// Nothing is done, and no answer ever comes.
    Silence,
    /// Done, but no answer ever comes.
    SilenceAfterAccepting,
    /// Done at once, answered late.
    Late(Duration),
    /// Done, then the connection is closed.
    DropAfterAccepting,
    /// Done, then the connection is reset.
    ResetAfterAccepting,
    /// Nothing is done, the connection is reset.
    Reset,
    /// Done, but the answer breaks off in the middle.
    Truncated,
}

/// How a fault shows itself.
pub(super) struct Course {
    /// Whether the call is done all the same.
    pub(super) accepted: bool,
    pub(super) ending: Ending,
}

pub(super) enum Ending {
    Refuse(Refusal),
    Page(u16),
    Silence,
    Late(Duration),
    Close,
    Reset,
    Truncate,
}

impl Fault {
    pub(super) fn course(self) -> Course {
        let (accepted, ending) = match self {
            Self::TooManyRequests { retry_after } => {
                (false, Ending::Refuse(Refusal::slow_down(retry_after)))
            }
            Self::Refusal {
                status,
                description,
            } => (false, Ending::Refuse(Refusal::new(status, description))),
            Self::Migrated { to } => {
                let words = "group chat was upgraded to a supergroup chat";
                let refusal = Refusal {
                    migrate_to: Some(to),
                    ..Refusal::bad(words)
                };
                (false, Ending::Refuse(refusal))
            }
            Self::ServerError => {
                let refusal = Refusal::new(500, "Internal Server Error: restart");
                (false, Ending::Refuse(refusal))
            }
            Self::BadGateway => (false, Ending::Page(502)),
            Self::PageInstead => (false, Ending::Page(200)),
            Self::Silence => (false, Ending::Silence),
            Self::SilenceAfterAccepting => (true, Ending::Silence),
            Self::Late(by) => (true, Ending::Late(by)),
            Self::DropAfterAccepting => (true, Ending::Close),
            Self::ResetAfterAccepting => (true, Ending::Reset),
            Self::Reset => (false, Ending::Reset),
            Self::Truncated => (true, Ending::Truncate),
        };
        Course { accepted, ending }
    }
}

/// Faults that wait for their call, per method in lower case.
#[derive(Debug, Default)]
pub(super) struct Faults(HashMap<String, VecDeque<Fault>>);

impl Faults {
    pub(super) fn script(&mut self, method: &str, fault: Fault, times: usize) {
        let queue = self.0.entry(method.to_ascii_lowercase()).or_default();
        queue.extend(std::iter::repeat_n(fault, times));
    }

    pub(super) fn take(&mut self, method: &str) -> Option<Fault> {
        self.0.get_mut(method)?.pop_front()
    }

    pub(super) fn left(&self, method: &str) -> usize {
        let waiting = self.0.get(&method.to_ascii_lowercase());
        waiting.map_or(0, VecDeque::len)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
