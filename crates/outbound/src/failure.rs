//! What went wrong, and whether anything can have been sent.

use std::error::Error;
use std::io::ErrorKind;

use crate::guard::Blocked;

/// Whether the other side can have seen the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Not a byte of the request left: another attempt cannot repeat anything.
    NotSent,
    /// The request had begun: it may have been acted upon.
    MaybeSent,
}

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// No connection: refused, unreachable, or no agreement on encryption.
    Connect,
    /// The name is not known.
    Dns,
    /// The guard refused the address.
    Blocked,
    /// Too slow.
    Timeout,
    /// The connection ended before the answer did.
    Reset,
    /// The answer is larger than the caller takes.
    TooLarge,
    /// What came back is not HTTP, or the request cannot be written as HTTP.
    Protocol,
}

/// A call without an answer. Never carries the URL, which may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}", .kind.words())]
pub struct Failure {
    pub phase: Phase,
    pub kind: FailureKind,
}

impl FailureKind {
    /// In words fit for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Connect => "no connection",
            Self::Dns => "the host name is not known",
            Self::Blocked => "this address may not be called",
            Self::Timeout => "no answer in time",
            Self::Reset => "the connection broke",
            Self::TooLarge => "the answer is too large",
            Self::Protocol => "the answer cannot be understood",
        }
    }
}

impl Failure {
    pub(crate) const fn unsent(kind: FailureKind) -> Self {
        Self {
            phase: Phase::NotSent,
            kind,
        }
    }

    pub(crate) const fn after_sending(kind: FailureKind) -> Self {
        Self {
            phase: Phase::MaybeSent,
            kind,
        }
    }

    /// Reads an error of a request whose body had (`begun`) or had not yet been asked for.
    pub(crate) fn of_request(error: &reqwest::Error, begun: bool) -> Self {
        let phase = if begun {
            Phase::MaybeSent
        } else {
            Phase::NotSent
        };
        Self {
            phase,
            kind: kind_of(error),
        }
    }
}

fn kind_of(error: &reqwest::Error) -> FailureKind {
    if chain(error).any(|cause| cause.is::<Blocked>()) {
        FailureKind::Blocked
    } else if error.is_dns() {
        FailureKind::Dns
    } else if error.is_timeout() {
        FailureKind::Timeout
    } else if error.is_connect() {
        FailureKind::Connect
    } else if chain(error).any(is_reset) {
        FailureKind::Reset
    } else {
        FailureKind::Protocol
    }
}

fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

fn is_reset(cause: &(dyn Error + 'static)) -> bool {
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        return error.is_incomplete_message() || error.is_canceled() || error.is_closed();
    }
    cause.downcast_ref::<std::io::Error>().is_some_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
        )
    })
}
