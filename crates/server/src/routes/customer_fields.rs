//! Fields that a company adds to its customers' cards.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::customers::{CustomerField, CustomerFieldPatch, NewCustomerField};
use omni_model::{CustomerFieldId, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Created, IdempotencyKey, Json, NoContent, Path};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_customer_fields, create_customer_field))
        .routes(routes!(patch_customer_field, delete_customer_field))
}

/// The fields of customers' cards, in the order of making
#[utoipa::path(get, path = "/api/v1/customer-fields", tag = "customers",
    responses((status = 200, body = Page<CustomerField>)))]
async fn list_customer_fields(
    State(state): State<AppState>,
    Auth(who): Auth,
) -> Result<Answer<Page<CustomerField>>, ApiError> {
    Ok(Answer(state.core.customer_fields(&who).await?))
}

/// Add a field to customers' cards
///
/// A key that is taken is 409 `field_exists`.
#[utoipa::path(post, path = "/api/v1/customer-fields", tag = "customers",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewCustomerField,
    responses((status = 201, body = CustomerField)))]
async fn create_customer_field(
    State(state): State<AppState>,
    Auth(who): Auth,
    IdempotencyKey(key): IdempotencyKey,
    body: Json<NewCustomerField>,
) -> Result<Created<CustomerField>, ApiError> {
    let allowed = std::future::ready(state.core.check_create_customer_field(&who));
    let new = body.valid_after(allowed).await?;
    let made = state.core.create_customer_field(&who, new, key).await?;
    Ok(Created {
        body: made.value,
        replayed: made.replayed,
    })
}

/// Change a field's label and options
///
/// Customers keep a value that is not among the options any more.
#[utoipa::path(patch, path = "/api/v1/customer-fields/{id}", tag = "customers",
    params(("id" = CustomerFieldId, Path)), request_body = CustomerFieldPatch,
    responses((status = 200, body = CustomerField)))]
async fn patch_customer_field(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerFieldId>,
    body: Json<CustomerFieldPatch>,
) -> Result<Answer<CustomerField>, ApiError> {
    let allowed = state.core.check_change_customer_field(&who, id);
    let patch = body.valid_after(allowed).await?;
    let changed = state.core.patch_customer_field(&who, id, patch).await?;
    Ok(Answer(changed))
}

/// Delete a field with its values
#[utoipa::path(delete, path = "/api/v1/customer-fields/{id}", tag = "customers",
    params(("id" = CustomerFieldId, Path)), responses((status = 204)))]
async fn delete_customer_field(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerFieldId>,
) -> Result<NoContent, ApiError> {
    state.core.delete_customer_field(&who, id).await?;
    Ok(NoContent)
}
