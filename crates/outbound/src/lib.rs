//! The one way out over HTTP: only to addresses that are allowed, within limits of time and size, and
//! with failures that tell whether anything can have been sent.
//!
//! Retrying is left to whoever calls: only the caller knows whether a second attempt may do harm.

mod address;
mod allow;
mod answer;
mod body;
mod call;
mod client;
mod failure;
mod form;
mod guard;

pub use allow::{AllowRule, BadAllowRule};
pub use answer::{Answer, AnswerStream, Receipt};
pub use call::Call;
pub use client::{Outbound, SetupError};
pub use failure::{Failure, FailureKind, Phase};
pub use form::{FilePart, Form};
