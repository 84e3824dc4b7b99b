//! A Bot API server that keeps Telegram's rules and refuses with Telegram's words.
//!
//! Tests play customers with [`Customer`], script misfortune with [`Fault`] and read from the
//! [`ledger`](TelegramSimulator::ledger) what bots really sent. The same server carries a small chat
//! page at `/`, on which a person plays a customer's phone.

mod answer;
mod bot;
mod chat;
mod customer;
mod entities;
mod faults;
mod files;
mod group;
mod http;
mod image_size;
mod input;
mod keyboard;
mod ledger;
mod methods;
mod page;
mod poll;
mod queue;
mod reactions;
mod render;
mod simulator;
mod webhook;
mod wire;
mod world;

pub use customer::Customer;
pub use faults::Fault;
pub use group::Group;
pub use ledger::{Sent, SentFile};
pub use simulator::{DEFAULT_TOKEN, Options, TelegramSimulator};
