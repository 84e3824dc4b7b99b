//! The application under test: a server on a free port, one database a test, its simulators and clients
