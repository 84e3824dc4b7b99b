//! Strict protocol simulators of third parties over real HTTP: for tests, and for trying the product
//! without a network.

pub mod receiver;
pub mod telegram;
