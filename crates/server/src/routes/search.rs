//! Search.

use axum::Json as Answer;
use axum::extract::State;
use omni_core::search::{SearchHit, SearchQuery};
use omni_model::Page;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{ApiError, AppState, Auth, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(search))
}

/// Search messages, conversations and customers
///
/// Among what one sees. Words are found in all their forms, the last one by its beginning.
#[utoipa::path(get, path = "/api/v1/search", tag = "search",
    params(SearchQuery), responses((status = 200, body = Page<SearchHit>)))]
async fn search(
    State(state): State<AppState>,
    Auth(who): Auth,
    Query(query): Query<SearchQuery>,
) -> Result<Answer<Page<SearchHit>>, ApiError> {
    Ok(Answer(state.core.search(&who, &query).await?))
}
