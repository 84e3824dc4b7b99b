//! One module a resource. Each hands out its routes, with their place in the OpenAPI document.

mod api_keys;
mod audit;
mod auth;
mod canned_responses;
mod channels;
mod conversations;
mod customer_fields;
mod customer_merges;
mod customers;
mod drafts;
mod files;
mod health;
mod messages;
mod operators;
mod public;
mod search;
mod settings;
mod superadmin;
mod teams;
mod triage;
mod views;
mod webhooks;
mod webhooks_out;
mod widget;

use utoipa_axum::router::OpenApiRouter;

use crate::{AppState, sockets};

/// Routes for people: the dashboard and programs that act for them.
pub(crate) fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(auth::router())
        .merge(conversations::router())
        .merge(triage::router())
        .merge(drafts::router())
        .merge(views::router())
        .merge(canned_responses::router())
        .merge(messages::router())
        .merge(channels::router())
        .merge(customers::router())
        .merge(customer_merges::router())
        .merge(customer_fields::router())
        .merge(files::router())
        .merge(operators::router())
        .merge(search::router())
        .merge(teams::router())
        .merge(settings::router())
        .merge(audit::router())
        .merge(api_keys::router())
        .merge(superadmin::router())
        .merge(webhooks_out::router())
        .merge(public::router())
        .merge(sockets::operator::router())
}

/// Routes for visitors of other people's sites, who check the origin themselves.
pub(crate) fn widget() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(widget::router())
        .merge(sockets::widget::router())
}

/// Routes for machines, which know no origins: messengers that call in, and what watches over us.
pub(crate) fn machines() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(webhooks::router())
        .merge(health::router())
}
