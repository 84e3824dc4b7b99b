//! Customers.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::customers::{CustomerNote, CustomerPatch, CustomerQuery, NoteText};
use omni_core::page::PageRequest;
use omni_model::{Conversation, Customer, CustomerId, CustomerNoteId, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, NoContent, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_customers))
        .routes(routes!(get_customer, patch_customer))
        .routes(routes!(block_customer))
        .routes(routes!(unblock_customer))
        .routes(routes!(customer_timeline))
        .routes(routes!(list_customer_notes, create_customer_note))
        .routes(routes!(patch_customer_note, delete_customer_note))
}

/// The customers, the newest first
#[utoipa::path(get, path = "/api/v1/customers", tag = "customers",
    params(CustomerQuery), responses((status = 200, body = Page<Customer>)))]
async fn list_customers(
    State(state): State<AppState>,
    Auth(who): Auth,
    Query(query): Query<CustomerQuery>,
) -> Result<Answer<Page<Customer>>, ApiError> {
    Ok(Answer(state.core.list_customers(&who, query).await?))
}

/// A customer's profile
#[utoipa::path(get, path = "/api/v1/customers/{id}", tag = "customers",
    params(("id" = CustomerId, Path)), responses((status = 200, body = Customer)))]
async fn get_customer(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
) -> Result<Answer<Customer>, ApiError> {
    Ok(Answer(state.core.customer(&who, id).await?))
}

/// Change a customer's profile
#[utoipa::path(patch, path = "/api/v1/customers/{id}", tag = "customers",
    params(("id" = CustomerId, Path)), request_body = CustomerPatch,
    responses((status = 200, body = Customer)))]
async fn patch_customer(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
    body: Json<CustomerPatch>,
) -> Result<Answer<Customer>, ApiError> {
    let patch = body
        .valid_after(state.core.check_customer_update(&who, id))
        .await?;
    Ok(Answer(state.core.patch_customer(&who, id, patch).await?))
}

/// Block a customer
///
/// What he writes is kept, but opens nothing, waits for nobody and is told to nobody; he is not told. His active
/// conversations are closed, and writing to him is refused with 409 `customer_blocked`.
#[utoipa::path(post, path = "/api/v1/customers/{id}/block", tag = "customers",
    params(("id" = CustomerId, Path)), responses((status = 200, body = Customer)))]
async fn block_customer(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
) -> Result<Answer<Customer>, ApiError> {
    Ok(Answer(state.core.block_customer(&who, id, true).await?))
}

/// Hear a customer again
#[utoipa::path(post, path = "/api/v1/customers/{id}/unblock", tag = "customers",
    params(("id" = CustomerId, Path)), responses((status = 200, body = Customer)))]
async fn unblock_customer(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
) -> Result<Answer<Customer>, ApiError> {
    Ok(Answer(state.core.block_customer(&who, id, false).await?))
}

/// A customer's conversations over all channels, the newest first
///
/// Those that one sees.
#[utoipa::path(get, path = "/api/v1/customers/{id}/timeline", tag = "customers",
    params(("id" = CustomerId, Path), PageRequest),
    responses((status = 200, body = Page<Conversation>)))]
async fn customer_timeline(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<Conversation>>, ApiError> {
    Ok(Answer(state.core.customer_timeline(&who, id, &page).await?))
}

/// The team's notes about a customer, newest first
#[utoipa::path(get, path = "/api/v1/customers/{id}/notes", tag = "customers",
    params(("id" = CustomerId, Path), PageRequest),
    responses((status = 200, body = Page<CustomerNote>)))]
async fn list_customer_notes(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
    Query(page): Query<PageRequest>,
) -> Result<Answer<Page<CustomerNote>>, ApiError> {
    Ok(Answer(state.core.customer_notes(&who, id, &page).await?))
}

/// Note something about a customer
#[utoipa::path(post, path = "/api/v1/customers/{id}/notes", tag = "customers",
    params(("id" = CustomerId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NoteText, responses((status = 201, body = CustomerNote)))]
async fn create_customer_note(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NoteText>,
) -> Result<Created<CustomerNote>, ApiError> {
    let allowed = state.core.check_customer_update(&who, id);
    let new = body.valid_after(allowed).await?;
    let made = state.core.create_customer_note(&who, id, new, key).await?;
    Ok(Created {
        body: made.value,
        replayed: made.replayed,
    })
}

/// Change one's own note
#[utoipa::path(patch, path = "/api/v1/customers/{id}/notes/{note_id}", tag = "customers",
    params(("id" = CustomerId, Path), ("note_id" = CustomerNoteId, Path)),
    request_body = NoteText, responses((status = 200, body = CustomerNote)))]
async fn patch_customer_note(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path((id, note)): Path<(CustomerId, CustomerNoteId)>,
    body: Json<NoteText>,
) -> Result<Answer<CustomerNote>, ApiError> {
    let allowed = state.core.check_change_customer_note(&who, id, note);
    let new = body.valid_after(allowed).await?;
    let changed = state.core.patch_customer_note(&who, id, note, new).await?;
    Ok(Answer(changed))
}

/// Delete one's own note
#[utoipa::path(delete, path = "/api/v1/customers/{id}/notes/{note_id}", tag = "customers",
    params(("id" = CustomerId, Path), ("note_id" = CustomerNoteId, Path)),
    responses((status = 204)))]
async fn delete_customer_note(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path((id, note)): Path<(CustomerId, CustomerNoteId)>,
) -> Result<NoContent, ApiError> {
    state.core.delete_customer_note(&who, id, note).await?;
    Ok(NoContent)
}
