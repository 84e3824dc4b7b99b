//! WebSockets: who may open one, what goes over it, and how it ends. What is told comes from
//! `omni_core::live`.

mod frames;
mod gate;
pub(crate) mod operator;
mod pace;
mod pulse;
pub(crate) mod widget;
mod wire;
