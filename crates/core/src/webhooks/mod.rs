//! Webhooks out: a company's own programs are told what happens, as Standard Webhooks
//! (<https://www.standardwebhooks.com>) has it.
//!
//! A reader of the event log makes one delivery an event and webhook. Each is sent from a lane: a few lanes a webhook,
//! a conversation always the same one, so that first attempts go out in order and a slow address holds up nobody else.
//! One that failed leaves its lane and comes back when its time has come, through a lane for such. What is sent is
//! read from the tables right before; a process that dies between the call and the note of it leaves the job, and the
//! call is made again under the same id: at least once.

mod body;
mod call;
mod deliver;
mod edit;
mod feed;
mod lanes;
mod replay;
mod retries;
mod schedule;
mod secret;
mod view;

use std::time::Duration;

pub use edit::{NewWebhook, WebhookPatch};
pub use replay::{ReplayRange, Replayed, WebhookTest};
pub use view::{DeliveriesRequest, Webhook, WebhookDelivery};

/// What it takes to see webhooks, and to change them.
pub(crate) const READ: &str = "settings:read";
pub(crate) const MANAGE: &str = "settings:update";

/// How long deliveries are kept.
pub(crate) const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// Tests that may run at once in this process.
pub(crate) const TESTS_AT_ONCE: usize = 8;
/// How long a replaced secret signs, too.
const OLD_SECRET: Duration = Duration::from_secs(24 * 3600);
/// Nothing but failures for so long switches a webhook off.
const GIVE_UP: Duration = Duration::from_secs(5 * 24 * 3600);
/// Attempts that a delivery shows.
const ATTEMPTS_KEPT: usize = 20;
