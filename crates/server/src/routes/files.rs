//! Files: uploading, and handing out under signed addresses.

use axum::Json as Answer;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use omni_core::files::{FileContent, is_shown_inline};
use omni_model::{FileId, codes};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::ClientAddr;
use crate::range;
use crate::upload::{self, FileForm, Form, OneFile};
use crate::{ApiError, AppState, Auth, Created, Path, Query};

pub(super) fn router() -> OpenApiRouter<AppState> {
    // The use case limits what it reads.
    let uploads = OpenApiRouter::new()
        .routes(routes!(create_file))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(uploads)
        .routes(routes!(get_file))
        .routes(routes!(get_file_content))
}

/// Upload a file, to be sent in a message
#[utoipa::path(post, path = "/api/v1/files", tag = "files",
    request_body(content = FileForm, content_type = "multipart/form-data"),
    responses((status = 201, body = OneFile)))]
async fn create_file(
    State(state): State<AppState>,
    Auth(who): Auth,
    form: Form,
) -> Result<Created<OneFile>, ApiError> {
    state.core.check_upload(&who)?;
    state.limits.upload(who.actor().id().to_string())?;
    let mut form = upload::form(form)?;
    let (announced, mut field) = upload::file(&mut form).await?;
    let outcome = state.core.upload_file(&who, announced, &mut field).await;
    let file = upload::finish(outcome, field).await?;
    Ok(Created {
        body: OneFile { file },
        replayed: false,
    })
}

/// A file with a fresh address
#[utoipa::path(get, path = "/api/v1/files/{id}", tag = "files",
    params(("id" = FileId, Path)), responses((status = 200, body = OneFile)))]
async fn get_file(
    State(state): State<AppState>,
    Auth(who): Auth,
    Path(id): Path<FileId>,
) -> Result<Answer<OneFile>, ApiError> {
    let file = state.core.file(&who, id).await?;
    Ok(Answer(OneFile { file }))
}

/// What makes an address good.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Signed {
    /// Seconds since 1970.
    #[serde(default)]
    expires: String,
    #[serde(default)]
    signature: String,
}

/// The bytes of a file
///
/// Under an address that `GET /api/v1/files/{id}` or a message gave; nothing else is asked. An address that
/// is wrong or has expired names nothing. Players ask for one range of bytes at a time.
#[utoipa::path(get, path = "/api/v1/files/{id}/content", tag = "files", security(()),
    params(("id" = FileId, Path), Signed),
    responses(
        (status = 200, content_type = "application/octet-stream", body = [u8]),
        (status = 206, description = "the range asked for",
            content_type = "application/octet-stream", body = [u8])))]
async fn get_file_content(
    State(state): State<AppState>,
    ClientAddr(client): ClientAddr,
    Path(id): Path<FileId>,
    Query(signed): Query<Signed>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    state.limits.file(client)?;
    let expires = signed
        .expires
        .parse()
        .map_err(|_| ApiError::new(codes::NOT_FOUND, "no such file"))?;
    let content = state
        .core
        .file_content(id, expires, &signed.signature, range::asked(&headers))
        .await?;
    Ok(hand_out(content))
}

/// Nothing in a file may act: its type is what its bytes are and not to be guessed again, it runs in a
/// sandbox without rights, and what is not plainly a picture, sound or film is saved, not shown.
fn hand_out(content: FileContent) -> Response {
    const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";
    let way = if is_shown_inline(&content.mime_type) {
        "inline"
    } else {
        "attachment"
    };
    let text = |value: String| {
        HeaderValue::from_str(&value)
            .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
    };
    let fresh_for = content.fresh_for.as_secs();
    let body = content.body;
    let length = body.range.end - body.range.start;
    let headers: [(HeaderName, HeaderValue); 8] = [
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::CONTENT_TYPE, text(content.mime_type.clone())),
        (header::CONTENT_LENGTH, length.into()),
        (
            header::CONTENT_DISPOSITION,
            disposition(way, &content.file_name),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(SANDBOX),
        ),
        (
            header::CACHE_CONTROL,
            text(format!("private, max-age={fresh_for}")),
        ),
        // The widget shows pictures on other people's sites.
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("cross-origin"),
        ),
    ];
    let mut response = (headers, Body::from_stream(body.body)).into_response();
    if length < body.size {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = text(range::told(&body.range, body.size));
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    response
}

/// RFC 6266: a plain name for old programs, the real one beside it.
fn disposition(way: &str, name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let exact: String = name
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(b).to_string()
            }
            _ => format!("%{b:02X}"),
        })
        .collect();
    let value = format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{exact}");
    HeaderValue::from_str(&value).expect("nothing but visible ASCII is left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_header() {
        let of = |name| disposition("attachment", name).to_str().unwrap().to_owned();
        assert_eq!(
            of("a b.pdf"),
            "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf"
        );
        assert_eq!(
            of("Акт"),
            "attachment; filename=\"___\"; filename*=UTF-8''%D0%90%D0%BA%D1%82"
        );
        assert_eq!(
            of("x\"; filename=\"evil.html\r\nSet-Cookie: a"),
            "attachment; filename=\"x_; filename=_evil.html__Set-Cookie: a\"; \
             filename*=UTF-8''x%22%3B%20filename%3D%22evil.html%0D%0ASet-Cookie%3A%20a"
        );
    }
}
