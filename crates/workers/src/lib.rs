//! Job runners: one loop a queue
