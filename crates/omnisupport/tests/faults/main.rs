//! What the server stands on goes away: the disk fills up, the database restarts.

mod disk;
mod loss;
mod postgres;
mod site;
