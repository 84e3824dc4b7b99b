//! What the store promises, on both engines.

mod contract {
    mod events;
    mod fixture;
    mod lanes;
    mod schema;
    mod unit_of_work;
    mod views;
}
