//! The widget: visitors of other people's sites. Each call is checked against the sites of its channel.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{DefaultBodyLimit, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use omni_core::conversations::{MessagePage, MessageQuery};
use omni_core::widget::{OpenSession, OpenedSession, VisitorMessage, WidgetVisitor};
use omni_model::codes;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messages::OneMessage;
use crate::extract::{ClientAddr, bearer};
use crate::layers::RequestContext;
use crate::upload::{self, FileForm, Form, OneFile};
use crate::{ApiError, AppState, Created, IdempotencyKey, Json, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    // The use case limits what it reads.
    let uploads = OpenApiRouter::new()
        .routes(routes!(create_widget_file))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(open_widget_session))
        .routes(routes!(list_widget_messages, create_widget_message))
}

/// A visitor with a good session token, on a page that may carry the widget.
struct Visitor(WidgetVisitor);

impl FromRequestParts<AppState> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let Ok(ClientAddr(client)) = ClientAddr::from_request_parts(parts, state).await;
        state.limits.widget(client)?;
        let token = bearer(&parts.headers)
            .ok_or_else(|| ApiError::new(codes::UNAUTHENTICATED, "no session token"))?;
        let visitor = state
            .core
            .widget_visitor(token, origin(&parts.headers))
            .await?;
        if let Some(context) = parts.extensions.get::<Arc<RequestContext>>() {
            context.belongs_to(visitor.scope().tenant_id());
        }
        state.limits.visitor(&visitor.session.token_hash)?;
        Ok(Self(visitor))
    }
}

/// The site a request comes from. One that cannot be read is some other site's.
fn origin(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::ORIGIN)
        .map(|value| value.to_str().unwrap_or("null"))
}

/// Open a visitor's session, or go on with one
///
/// A right `identity_hash` makes what the visitor wrote before his own; a wrong one is refused.
#[utoipa::path(post, path = "/api/v1/widget/sessions", tag = "widget", security(()),
    request_body = OpenSession, responses((status = 200, body = OpenedSession)))]
async fn open_widget_session(
    State(state): State<AppState>,
    ClientAddr(client): ClientAddr,
    headers: HeaderMap,
    body: Json<OpenSession>,
) -> Result<Answer<OpenedSession>, ApiError> {
    state.limits.widget(client)?;
    let request = body.valid()?;
    Ok(Answer(
        state
            .core
            .open_widget_session(request, origin(&headers))
            .await?,
    ))
}

/// The visitor's messages
///
/// Those of the newest conversation; `before` its first message come those of the conversation before it.
#[utoipa::path(get, path = "/api/v1/widget/messages", tag = "widget",
    security(("widget_session" = [])), params(MessageQuery),
    responses((status = 200, body = MessagePage)))]
async fn list_widget_messages(
    State(state): State<AppState>,
    Visitor(visitor): Visitor,
    Query(query): Query<MessageQuery>,
) -> Result<Answer<MessagePage>, ApiError> {
    Ok(Answer(state.core.widget_messages(&visitor, &query).await?))
}

/// Write as a visitor
///
/// A repeat under the same `Idempotency-Key` answers the message that is there.
#[utoipa::path(post, path = "/api/v1/widget/messages", tag = "widget",
    security(("widget_session" = [])),
    params(("Idempotency-Key" = Option<String>, Header)),
    request_body = VisitorMessage, responses((status = 201, body = OneMessage)))]
async fn create_widget_message(
    State(state): State<AppState>,
    Visitor(visitor): Visitor,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<VisitorMessage>,
) -> Result<Created<OneMessage>, ApiError> {
    let new = body.valid()?;
    let written = state.core.post_widget_message(&visitor, new, key).await?;
    Ok(Created {
        body: OneMessage {
            message: written.message,
        },
        replayed: written.replayed,
    })
}

/// Upload a file as a visitor, to be sent in a message
#[utoipa::path(post, path = "/api/v1/widget/files", tag = "widget",
    security(("widget_session" = [])),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 201, body = OneFile)))]
async fn create_widget_file(
    State(state): State<AppState>,
    Visitor(visitor): Visitor,
    form: Form,
) -> Result<Created<OneFile>, ApiError> {
    state.limits.upload(visitor.session.token_hash.as_str())?;
    let mut form = upload::form(form)?;
    let (announced, mut field) = upload::file(&mut form).await?;
    let outcome = state
        .core
        .upload_widget_file(&visitor, announced, &mut field)
        .await;
    let file = upload::finish(outcome, field).await?;
    Ok(Created {
        body: OneFile { file },
        replayed: false,
    })
}
