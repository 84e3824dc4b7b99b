//! What the store promises, on both engines.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod contract {
    mod albums;
    mod event_cursors;
    mod events;
    mod fixture;
    mod hours;
    mod keys;
    mod lanes;
    mod maintenance;
    mod references;
    mod schema;
    mod search;
    mod taken;
    mod telegram;
    mod unit_of_work;
    mod views;
    mod webhooks;
    mod work;
}
