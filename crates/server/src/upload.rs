//! A file in a form: the field `file` of `multipart/form-data`, streamed.

use std::time::Duration;

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use omni_core::files::Upload;
use omni_model::{FieldError, StoredFile, codes};
use serde::Serialize;

use crate::ApiError;

/// How much of a file that is refused is read and thrown away, so that its sender gets to read the answer
/// instead of a broken connection.
const DISCARDED: usize = 64 * 1024 * 1024;
/// How long that may take.
const DISCARDING: Duration = Duration::from_secs(10);

/// One stored file.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct OneFile {
    pub(crate) file: StoredFile,
}

/// The form of an upload, for the document.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is of interest")]
pub(crate) struct FileForm {
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// A form as the extractor hands it out.
pub(crate) type Form = Result<Multipart, MultipartRejection>;

/// The form, if it is one.
pub(crate) fn form(form: Form) -> Result<Multipart, ApiError> {
    form.map_err(|_| {
        ApiError::new(
            codes::UNSUPPORTED_MEDIA,
            "Content-Type must be multipart/form-data",
        )
    })
}

/// The file of a form, announced and ready to be read.
pub(crate) async fn file(form: &mut Multipart) -> Result<(Upload, Field<'_>), ApiError> {
    let Some(field) = form.next_field().await.map_err(|error| broken(&error))? else {
        return Err(refused("missing", "the form has no file"));
    };
    if field.name() != Some("file") {
        return Err(refused("unknown", "the form takes one field, file"));
    }
    let upload = Upload {
        file_name: field.file_name().unwrap_or_default().to_owned(),
        mime_type: field.content_type().map(str::to_owned),
    };
    Ok((upload, field))
}

/// The outcome of an upload. What is left of a refused file is read to its end, within bounds.
pub(crate) async fn finish<T>(
    outcome: omni_core::Result<T>,
    mut rest: Field<'_>,
) -> Result<T, ApiError> {
    if outcome.is_err() {
        let discard = async {
            let mut seen = 0;
            while let Ok(Some(chunk)) = rest.chunk().await {
                seen += chunk.len();
                if seen > DISCARDED {
                    break;
                }
            }
        };
        // Whether all of it was read does not matter: the answer is the same.
        let _ = tokio::time::timeout(DISCARDING, discard).await;
    }
    Ok(outcome?)
}

fn refused(code: &str, detail: &str) -> ApiError {
    ApiError::invalid(vec![FieldError::new("/file", code, detail)])
}

fn broken(error: &MultipartError) -> ApiError {
    match error.status().as_u16() {
        413 => ApiError::new(codes::TOO_LARGE, "the form is larger than allowed"),
        _ => ApiError::new(codes::BAD_REQUEST, "the form cannot be read"),
    }
}
