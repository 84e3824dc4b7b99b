//! Writing, changing and deleting canned responses.

use omni_model::{
    CannedResponseId, FieldError, FileId, FileState, Principal, Template, codes, limits,
};
use omni_store::canned_responses::{self, CannedRecord};
use omni_store::files::{self, Uploader};
use omni_store::{UniqueKey, UnitOfWork};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::{CannedResponse, CannedScope, may_write, no_such};
use crate::access::{needs, person};
use crate::audit::{self, Line};
use crate::conversations::REPLY;
use crate::customers::is_name;
use crate::once::{Keeper, Made};
use crate::{Core, Error, Result};

/// A canned response to write.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCanned {
    /// 1 to 32 letters, digits, `-` and `_`; kept in small letters.
    pub short_code: String,
    pub title: String,
    /// As long as a message may be; may hold variables such as `{{customer.name|there}}`.
    pub text: String,
    /// A file that the writer uploaded.
    #[serde(default)]
    pub file_id: Option<FileId>,
    pub scope: CannedScope,
}

/// What to change; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CannedPatch {
    #[serde(default)]
    pub short_code: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub text: Option<String>,
    /// `null` takes the file away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<FileId>)]
    pub file_id: Option<Option<FileId>>,
    #[serde(default)]
    pub scope: Option<CannedScope>,
}

/// Tells a field that is `null` from one that is left out.
#[expect(clippy::option_option, reason = "left out, null, something")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<FileId>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Core {
    /// Refuses whom 403 is due before anybody looks at what he sent.
    pub fn check_create_canned(&self, who: &Principal) -> Result<()> {
        needs(who, REPLY)
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_change_canned(&self, who: &Principal, id: CannedResponseId) -> Result<()> {
        let record = self.seen_canned(who, id).await?;
        may_write(who, scope_of(&record))
    }

    /// Writes a canned response.
    pub async fn create_canned(
        &self,
        who: &Principal,
        new: NewCanned,
        key: Option<String>,
    ) -> Result<Made<CannedResponse>> {
        may_write(who, new.scope)?;
        let made = self
            .make_once(who, key, "canned_responses.create", &new, |keeper| {
                self.store_canned(who, new.clone(), keeper)
            })
            .await?;
        Ok(Made {
            value: self.canned_response(who, made.value).await?,
            replayed: made.replayed,
        })
    }

    async fn store_canned(
        &self,
        who: &Principal,
        new: NewCanned,
        keeper: Keeper,
    ) -> Result<CannedResponseId> {
        let now = self.clock().now();
        let mut record = CannedRecord {
            id: CannedResponseId::at(now),
            owner_id: None,
            short_code: String::new(),
            title: String::new(),
            text: String::new(),
            file_id: None,
            created_at: now,
            updated_at: now,
        };
        let patch = CannedPatch {
            short_code: Some(new.short_code),
            title: Some(new.title),
            text: Some(new.text),
            file_id: Some(new.file_id),
            scope: Some(new.scope),
        };
        apply(who, &mut record, patch)?;
        let (scope, who) = (who.scope(), who.clone());
        self.store()
            .write(&scope, move |unit| async move {
                keeper.keep(&unit, &record.id).await?;
                if canned_responses::count(unit.db(), &scope).await? >= limits::CANNED_RESPONSES {
                    let detail = format!("at most {} of a company", limits::CANNED_RESPONSES);
                    return Err(Error::invalid_field("", "too_many", detail));
                }
                check_file(&unit, &who, None, record.file_id).await?;
                canned_responses::insert(&unit, &scope, &record).await?;
                tell(&unit, &who, "canned_response.created", &record).await?;
                Ok(record.id)
            })
            .await
            .map_err(code_taken)
    }

    /// Changes a canned response.
    pub async fn patch_canned(
        &self,
        who: &Principal,
        id: CannedResponseId,
        patch: CannedPatch,
    ) -> Result<CannedResponse> {
        self.check_change_canned(who, id).await?;
        if let Some(wanted) = patch.scope {
            may_write(who, wanted)?;
        }
        let (scope, me) = (who.scope(), who.clone());
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let found = canned_responses::find(unit.db(), &scope, me.sees_as(), id).await?;
                let mut record = found.ok_or_else(no_such)?;
                may_write(&me, scope_of(&record))?;
                let before = record.clone();
                apply(&me, &mut record, patch)?;
                if record == before {
                    return Ok(record);
                }
                check_file(&unit, &me, before.file_id, record.file_id).await?;
                record.updated_at = unit.now();
                canned_responses::update(&unit, &scope, &record).await?;
                tell(&unit, &me, "canned_response.changed", &record).await?;
                Ok(record)
            })
            .await
            .map_err(code_taken)?;
        self.show_one_canned(&scope, record).await
    }

    /// Deletes a canned response.
    pub async fn delete_canned(&self, who: &Principal, id: CannedResponseId) -> Result<()> {
        self.check_change_canned(who, id).await?;
        let (scope, me) = (who.scope(), who.clone());
        self.store()
            .write(&scope, move |unit| async move {
                let found = canned_responses::find(unit.db(), &scope, me.sees_as(), id).await?;
                let record = found.ok_or_else(no_such)?;
                may_write(&me, scope_of(&record))?;
                canned_responses::remove(&unit, &scope, id).await?;
                tell(&unit, &me, "canned_response.deleted", &record).await
            })
            .await
    }
}

fn scope_of(record: &CannedRecord) -> CannedScope {
    match record.owner_id {
        None => CannedScope::All,
        Some(_) => CannedScope::Own,
    }
}

/// Applies what is good of a patch, or tells all that is not.
fn apply(who: &Principal, record: &mut CannedRecord, patch: CannedPatch) -> Result<()> {
    let mut wrong = Vec::new();
    if let Some(code) = patch.short_code {
        record.short_code = code.trim().to_lowercase();
        if !is_code(&record.short_code) {
            let detail = format!("1 to {} letters, digits, - and _", limits::SHORT_CODE);
            wrong.push(FieldError::new("/short_code", "invalid", detail));
        }
    }
    if let Some(title) = patch.title {
        record.title = title.trim().to_owned();
        if !is_name(&record.title) {
            let detail = "1 to 200 characters in one line";
            wrong.push(FieldError::new("/title", "invalid", detail));
        }
    }
    if let Some(text) = patch.text {
        wrong.extend(check_text(&text));
        record.text = text;
    }
    match patch.scope {
        None => {}
        Some(CannedScope::All) => record.owner_id = None,
        Some(CannedScope::Own) => record.owner_id = Some(person(who)?),
    }
    record.file_id = patch.file_id.unwrap_or(record.file_id);
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(wrong)),
    }
}

fn is_code(code: &str) -> bool {
    (1..=limits::SHORT_CODE).contains(&code.chars().count())
        && code
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

fn check_text(text: &str) -> Option<FieldError> {
    let refuse = |code: &str, detail: &str| Some(FieldError::new("/text", code, detail));
    if text.trim().is_empty() {
        return refuse("empty", "a response says something");
    }
    if text.chars().count() > limits::MESSAGE_TEXT {
        return refuse("too_long", "longer than a message may be");
    }
    if text.contains('\0') {
        return refuse("invalid", "without NUL characters");
    }
    let error = Template::parse(text).err()?;
    refuse("unknown_variable", &error.to_string())
}

/// Only who uploaded a file may put it into a response; one that is in it already may stay.
async fn check_file(
    unit: &UnitOfWork,
    who: &Principal,
    before: Option<FileId>,
    after: Option<FileId>,
) -> Result<()> {
    let Some(id) = after.filter(|_| after != before) else {
        return Ok(());
    };
    files::find(unit.db(), &who.scope(), id)
        .await?
        .filter(|file| file.uploaded_by == Uploader::from(who.actor()))
        .filter(|file| file.state == FileState::Ready)
        .map(drop)
        .ok_or_else(|| Error::not_found("file"))
}

/// Notes in the audit log what became of what everybody uses; one's own concern nobody.
async fn tell(
    unit: &UnitOfWork,
    who: &Principal,
    action: &'static str,
    record: &CannedRecord,
) -> Result<()> {
    if scope_of(record) == CannedScope::Own {
        return Ok(());
    }
    let line = Line::of(action, "canned_response", record.id.0)
        .with(json!({"short_code": record.short_code}));
    audit::record(unit, &who.scope(), Some(who.actor()), line).await
}

fn code_taken(error: Error) -> Error {
    match error {
        Error::Store(error) if error.violates(UniqueKey::CANNED_CODE) => Error::refused(
            codes::CODE_TAKEN,
            "another canned response has this short code",
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_typed_easily() {
        for good in ["hi", "доставка-2", "a_b", "مرحبا"] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["", "a b", "/hi", "a.b", &"x".repeat(33)] {
            assert!(!is_code(bad), "{bad}");
        }
    }

    #[test]
    fn texts_are_checked() {
        let code = |text: &str| check_text(text).map(|wrong| wrong.code);
        assert_eq!(code("Hi, {{customer.name|there}}!"), None);
        assert_eq!(code(" \n").as_deref(), Some("empty"));
        assert_eq!(code(&"x".repeat(32_001)).as_deref(), Some("too_long"));
        assert_eq!(code("{{x}}").as_deref(), Some("unknown_variable"));
        assert_eq!(code("{{x").as_deref(), Some("unknown_variable"));
    }
}
