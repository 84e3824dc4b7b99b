//! The HTTP surface: API v1, channel webhooks, sockets, widget, static pages
