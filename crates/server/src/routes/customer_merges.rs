//! Customers who turn out to be one person.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::customers::{
    CustomerMerge, MergeInto, MergePreview, MergePreviewQuery, MergeProposal,
};
use omni_model::{Customer, CustomerId, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Json, NoContent, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(preview_customer_merge))
        .routes(routes!(merge_customer))
        .routes(routes!(unmerge_customer))
        .routes(routes!(list_customer_merges))
        .routes(routes!(list_merge_proposals))
        .routes(routes!(dismiss_merge_proposal))
}

/// What merging a customer into another would make
///
/// Changes nothing.
#[utoipa::path(get, path = "/api/v1/customers/{id}/merge-preview", tag = "customers",
    params(("id" = CustomerId, Path), MergePreviewQuery),
    responses((status = 200, body = MergePreview)))]
async fn preview_customer_merge(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
    Query(query): Query<MergePreviewQuery>,
) -> Result<Answer<MergePreview>, ApiError> {
    Ok(Answer(state.core.preview_merge(&who, id, query).await?))
}

/// Merge a customer into another
///
/// The survivor keeps what he has and takes what he has not; what is proven takes the place of what was told.
/// Addresses, conversations and notes move. 409 `already_merged` where one of them is, `conflict` where one is blocked
/// and the other is not.
#[utoipa::path(post, path = "/api/v1/customers/{id}/merge", tag = "customers",
    params(("id" = CustomerId, Path)), request_body = MergeInto,
    responses((status = 200, body = Customer)))]
async fn merge_customer(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
    body: Json<MergeInto>,
) -> Result<Answer<Customer>, ApiError> {
    let wanted = body.valid_after(state.core.check_merge(&who, id)).await?;
    Ok(Answer(
        state.core.merge_customer(&who, id, wanted.into).await?,
    ))
}

/// Part a customer from the one he was merged into
///
/// Both are as they were before; what came since stays with the survivor, unless it came through an address that goes
/// back. 409 `not_merged` where there is nothing to part, `already_merged` where the survivor was merged himself.
#[utoipa::path(post, path = "/api/v1/customers/{id}/unmerge", tag = "customers",
    params(("id" = CustomerId, Path)), responses((status = 200, body = Customer)))]
async fn unmerge_customer(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
) -> Result<Answer<Customer>, ApiError> {
    Ok(Answer(state.core.unmerge_customer(&who, id).await?))
}

/// Who was merged into a customer, the latest first
#[utoipa::path(get, path = "/api/v1/customers/{id}/merges", tag = "customers",
    params(("id" = CustomerId, Path)), responses((status = 200, body = Page<CustomerMerge>)))]
async fn list_customer_merges(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
) -> Result<Answer<Page<CustomerMerge>>, ApiError> {
    Ok(Answer(state.core.customer_merges(&who, id).await?))
}

/// Who may be the same person, by what is proven of both
#[utoipa::path(get, path = "/api/v1/customers/{id}/merge-proposals", tag = "customers",
    params(("id" = CustomerId, Path)), responses((status = 200, body = Page<MergeProposal>)))]
async fn list_merge_proposals(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<CustomerId>,
) -> Result<Answer<Page<MergeProposal>>, ApiError> {
    Ok(Answer(state.core.merge_proposals(&who, id).await?))
}

/// Say that two customers are two people
///
/// They are not proposed again, on either card.
#[utoipa::path(post, path = "/api/v1/customers/{id}/merge-proposals/{other_id}/dismiss",
    tag = "customers", params(("id" = CustomerId, Path), ("other_id" = CustomerId, Path)),
    responses((status = 204)))]
async fn dismiss_merge_proposal(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path((id, other)): Path<(CustomerId, CustomerId)>,
) -> Result<NoContent, ApiError> {
    state.core.dismiss_merge_proposal(&who, id, other).await?;
    Ok(NoContent)
}
