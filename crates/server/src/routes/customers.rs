//! Customers.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::customers::CustomerPatch;
use omni_model::{Customer, CustomerId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Json, Path};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_customer, patch_customer))
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
