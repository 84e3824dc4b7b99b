//! Canned responses: texts with variables that are written once and sent often.
//!
//! Shared ones are everybody's to use and the administrators' to change; one's own are one's own alone. A short
//! code is one response of the company, whoever's, so that a typed code never means two texts. Variables are
//! filled in by the server at use ([`Core::render_canned`]), the same for every client.

mod change;
mod render;

use std::collections::HashMap;

use omni_model::{
    CannedResponseId, FieldError, FileId, Page, Principal, StoredFile, TenantScope, Timestamp,
    Total, limits,
};
use omni_store::canned_responses::{self, CannedRecord};
use omni_store::files;
use serde::{Deserialize, Serialize};

use crate::access::needs;
use crate::conversations::{REPLY, words};
use crate::{Core, Error, Result};

pub use change::{CannedPatch, NewCanned};
pub use render::{CannedUse, RenderedCanned};

/// What it takes to change what everybody uses.
const MANAGE: &str = "settings:canned_responses";
/// Rows that may be skipped by number.
const OFFSET_MAX: u64 = 10_000;

/// Whose a canned response is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CannedScope {
    /// Everybody of the company uses it.
    All,
    /// Only who wrote it sees it.
    Own,
}

/// A canned response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CannedResponse {
    pub id: CannedResponseId,
    /// What one types to get it: small letters, digits, `-` and `_`.
    pub short_code: String,
    pub title: String,
    /// With its variables, as it was written.
    pub text: String,
    pub file: Option<StoredFile>,
    pub scope: CannedScope,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Which canned responses.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CannedQuery {
    /// Words anywhere in code, title and text, or letters of the code in their order.
    pub q: Option<String>,
    /// 50 unless given, 200 at most.
    pub limit: Option<u64>,
    pub offset: Option<u64>,
}

impl Core {
    /// The canned responses that `who` may use, by their short codes.
    pub async fn canned_responses(
        &self,
        who: &Principal,
        query: &CannedQuery,
    ) -> Result<Page<CannedResponse>> {
        needs(who, "conversations:read")?;
        let mut wrong = Vec::new();
        let q = words("q", query.q.as_deref(), limits::NAME, &mut wrong);
        let offset = query.offset.unwrap_or(0);
        if offset > OFFSET_MAX {
            let detail = format!("at most {OFFSET_MAX}");
            wrong.push(FieldError::new("offset", "too_large", detail));
        }
        if !wrong.is_empty() {
            return Err(Error::invalid(wrong));
        }
        let limit = query.limit.unwrap_or(limits::PAGE_DEFAULT);
        let limit = limit.clamp(1, limits::PAGE_MAX);
        let (scope, reader) = (who.scope(), self.store().reader());
        let (records, total) =
            canned_responses::page(reader, &scope, who.sees_as(), q.as_deref(), offset, limit)
                .await?;
        let items = self.show_canned(&scope, records).await?;
        Ok(Page::new(items, Total::Exact(total), None))
    }

    /// A canned response that `who` may use.
    pub async fn canned_response(
        &self,
        who: &Principal,
        id: CannedResponseId,
    ) -> Result<CannedResponse> {
        let record = self.seen_canned(who, id).await?;
        self.show_one_canned(&who.scope(), record).await
    }

    async fn seen_canned(&self, who: &Principal, id: CannedResponseId) -> Result<CannedRecord> {
        let reader = self.store().reader();
        let found = canned_responses::find(reader, &who.scope(), who.sees_as(), id).await?;
        let record = found.ok_or_else(no_such)?;
        needs(who, "conversations:read")?;
        Ok(record)
    }

    async fn show_one_canned(
        &self,
        scope: &TenantScope,
        record: CannedRecord,
    ) -> Result<CannedResponse> {
        let shown = self.show_canned(scope, vec![record]).await?;
        shown.into_iter().next().ok_or_else(no_such)
    }

    async fn show_canned(
        &self,
        scope: &TenantScope,
        records: Vec<CannedRecord>,
    ) -> Result<Vec<CannedResponse>> {
        let ids: Vec<FileId> = records.iter().filter_map(|record| record.file_id).collect();
        let found = files::find_many(self.store().reader(), scope, &ids).await?;
        let files: HashMap<FileId, StoredFile> = found
            .iter()
            .map(|file| (file.id, self.stored_file(file)))
            .collect();
        let show = |record: CannedRecord| CannedResponse {
            id: record.id,
            short_code: record.short_code,
            title: record.title,
            text: record.text,
            file: record.file_id.and_then(|id| files.get(&id).cloned()),
            scope: match record.owner_id {
                None => CannedScope::All,
                Some(_) => CannedScope::Own,
            },
            created_at: record.created_at,
            updated_at: record.updated_at,
        };
        Ok(records.into_iter().map(show).collect())
    }
}

fn no_such() -> Error {
    Error::not_found("canned response")
}

/// Refuses who may not have a response of this scope.
fn may_write(who: &Principal, scope: CannedScope) -> Result<()> {
    match scope {
        CannedScope::All => needs(who, MANAGE),
        CannedScope::Own => needs(who, REPLY),
    }
}
