//! The OpenAPI 3.1 document.

use utoipa::Modify;
use utoipa::OpenApi as _;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};

use crate::error::Problem;
use crate::router;

/// The finished document, to be handed out.
#[derive(Clone)]
pub(crate) struct Document(pub(crate) axum::body::Bytes);

impl Document {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let json = document.to_json().expect("the document is plain data");
        Self(json.into())
    }
}

/// The scheme of the access tokens of people.
const BEARER: &str = "bearer";
/// The scheme of programs.
const API_KEY: &str = "api_key";
/// The scheme of the access tokens of superadmins.
const SUPERADMIN: &str = "superadmin";
/// The scheme of the widget's session tokens.
const WIDGET_SESSION: &str = "widget_session";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "OmniSupport", description = "Omnichannel support inbox"),
    components(schemas(Problem)),
    security(("bearer" = []), ("api_key" = [])),
    modifiers(&Schemes)
)]
struct Base;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        for (name, what) in [
            (BEARER, "The access token of POST /api/v1/auth/login"),
            (
                SUPERADMIN,
                "The access token of POST /api/v1/superadmin/login",
            ),
            (
                WIDGET_SESSION,
                "The session token of POST /api/v1/widget/sessions",
            ),
        ] {
            let scheme = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some(what))
                .build();
            components
                .security_schemes
                .insert(name.to_owned(), RefOr::T(SecurityScheme::Http(scheme)));
        }
        let key = ApiKeyValue::with_description("X-API-Key", "A key of POST /api/v1/api-keys");
        let scheme = SecurityScheme::ApiKey(ApiKey::Header(key));
        components
            .security_schemes
            .insert(API_KEY.to_owned(), RefOr::T(scheme));
    }
}

/// The document without paths.
pub(crate) fn base() -> OpenApi {
    Base::openapi()
}

/// The document of all routes; needs no running server.
pub fn openapi() -> OpenApi {
    finish(router::documented().into_openapi())
}

/// Adds what every operation answers when it does not do what was asked.
pub(crate) fn finish(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            add_problem(operation);
        }
    }
    document
}

fn add_problem(operation: &mut Operation) {
    operation
        .responses
        .responses
        .entry("default".to_owned())
        .or_insert_with(|| RefOr::T(problem()));
}

fn problem() -> Response {
    ResponseBuilder::new()
        .description("Why it was not done")
        .content(
            "application/problem+json",
            Content::new(Some(Ref::from_schema_name("Problem"))),
        )
        .build()
}
