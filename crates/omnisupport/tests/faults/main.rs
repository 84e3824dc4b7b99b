//! What the server stands on goes away, or somebody takes it: disk, database, descriptors, memory, time.

mod crowd;
mod descriptors;
mod disk;
mod frozen;
mod hints;
mod locks;
mod logs;
mod loss;
mod memory;
mod postgres;
mod site;
