//! Keys that programs call the API with: made, changed and revoked by people who may manage settings.

use omni_bus::Signal;
use omni_model::{
    Actor, ApiKeyId, FieldError, Page, Permissions, Principal, TenantScope, Timestamp, Total,
    UserId, codes, limits,
};
use omni_store::api_keys::{self, ApiKeyRecord};
use omni_store::tenants;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use crate::access::{KEY_PREFIX, needs, person, random_token, token_hash};
use crate::audit::{self, Line};
use crate::once::Made;
use crate::page::{Cursor, PageRequest};
use crate::{Core, Error, Result};

/// Requests a minute that one key may be given.
const RATE_LIMIT: std::ops::RangeInclusive<i64> = 1..=100_000;
/// Characters at the end of a key that are shown.
const SHOWN: usize = 4;
/// What it takes to see the keys.
const READ: &str = "settings:read";
/// What it takes to make, change and revoke them.
const MANAGE: &str = "settings:update";

/// A key as people see it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The key's last characters.
    pub last4: String,
    /// What it may do, as far as the person who made it may do it himself.
    #[schema(value_type = Vec<String>)]
    pub permissions: Permissions,
    /// Requests a minute; `null` = the installation's setting.
    pub rate_limit_per_minute: Option<i64>,
    pub created_by: UserId,
    pub created_at: Timestamp,
    /// `null` = never.
    pub expires_at: Option<Timestamp>,
    /// To the minute; `null` = not yet.
    pub last_used_at: Option<Timestamp>,
    /// The key itself: told only in the answer that makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub key: Option<String>,
}

impl From<ApiKeyRecord> for ApiKey {
    fn from(record: ApiKeyRecord) -> Self {
        Self {
            id: record.id,
            name: record.name,
            last4: record.last4,
            permissions: record.permissions,
            rate_limit_per_minute: record.rate_limit,
            created_by: record.created_by,
            created_at: record.created_at,
            expires_at: record.expires_at,
            last_used_at: record.last_used_at,
            key: None,
        }
    }
}

/// A key that is to be.
#[derive(Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    pub name: String,
    /// `area:action`, `area:*` or `*`: some of one's own.
    pub permissions: Vec<String>,
    /// Requests a minute; the installation's setting unless said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub rate_limit_per_minute: Option<i64>,
    /// Never unless said.
    #[serde(default)]
    pub expires_at: Option<Timestamp>,
}

/// What is to change of a key. What it may do never does: make another one.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyPatch {
    #[serde(default)]
    pub name: Option<String>,
    /// `null` = the installation's setting.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 100_000)]
    pub rate_limit_per_minute: Option<Option<i64>>,
}

/// Tells `null` from a field that is left out.
#[expect(clippy::option_option, reason = "left out, null, something")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Core {
    /// 403 for whoever may not see the keys.
    pub fn check_list_api_keys(&self, who: &Principal) -> Result<()> {
        person(who)?;
        needs(who, READ)
    }

    /// The keys that are not revoked, newest first.
    pub async fn list_api_keys(
        &self,
        who: &Principal,
        request: &PageRequest,
    ) -> Result<Page<ApiKey>> {
        self.check_list_api_keys(who)?;
        let place = request.place()?;
        let (mut keys, total) = api_keys::page(
            self.store().reader(),
            &who.scope(),
            place.map(|cursor| (cursor.at, ApiKeyId(cursor.id))),
            request.offset(),
            request.limit() + 1,
        )
        .await?;
        let next = request.next(&mut keys, |key| Cursor {
            at: key.created_at,
            id: key.id.0,
        });
        let items = keys.into_iter().map(Into::into).collect();
        Ok(Page::new(items, Total::Exact(total), next))
    }

    /// 403 for whoever may not make keys.
    pub fn check_create_api_key(&self, who: &Principal) -> Result<()> {
        person(who)?;
        needs(who, MANAGE)
    }

    /// Makes a key, which is told this once: a repeat under the same idempotency key answers without it.
    pub async fn create_api_key(
        &self,
        who: &Principal,
        new: NewApiKey,
        once: Option<String>,
    ) -> Result<Made<ApiKey>> {
        self.check_create_api_key(who)?;
        let maker = person(who)?;
        self.make_once(who, once, "create_api_key", &new, |keeper| async {
            let now = self.clock().now();
            let key = format!("{KEY_PREFIX}{}", random_token()?);
            let record = ApiKeyRecord {
                id: ApiKeyId::at(now),
                tenant_id: who.tenant_id,
                name: check_name(&new.name)?,
                last4: key[key.len() - SHOWN..].to_owned(),
                permissions: check_permissions(who, &new.permissions)?,
                rate_limit: check_limit(new.rate_limit_per_minute)?,
                created_by: maker,
                created_at: now,
                updated_at: now,
                expires_at: check_expiry(new.expires_at, now)?,
                last_used_at: None,
            };
            let made = ApiKey::from(record.clone());
            let (scope, hash, answer) = (who.scope(), token_hash(&key), made.clone());
            self.store()
                .write(&scope, move |unit| async move {
                    keeper.keep(&unit, &answer).await?;
                    tenants::lock(&unit, &scope).await?;
                    if api_keys::count(unit.db(), &scope).await? >= limits::API_KEYS {
                        let detail = format!("at most {} keys: revoke one", limits::API_KEYS);
                        return Err(Error::refused(codes::CONFLICT, detail));
                    }
                    api_keys::insert(&unit, &hash, &record).await?;
                    let line = line("api_key.created", record.id).with(json!({
                        "name": record.name,
                        "permissions": record.permissions,
                        "expires_at": record.expires_at,
                    }));
                    audit::record(&unit, &scope, Some(Actor::Person(maker)), line).await
                })
                .await?;
            Ok(ApiKey {
                key: Some(key),
                ..made
            })
        })
        .await
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_manage_api_key(&self, who: &Principal, id: ApiKeyId) -> Result<()> {
        self.check_list_api_keys(who)?;
        api_keys::find(self.store().reader(), &who.scope(), id)
            .await?
            .ok_or_else(|| Error::not_found("key"))?;
        needs(who, MANAGE)
    }

    /// Changes a key's name and limit.
    pub async fn patch_api_key(
        &self,
        who: &Principal,
        id: ApiKeyId,
        patch: ApiKeyPatch,
    ) -> Result<ApiKey> {
        self.check_manage_api_key(who, id).await?;
        let name = patch.name.as_deref().map(check_name).transpose()?;
        let limit = patch.rate_limit_per_minute.map(check_limit).transpose()?;
        let (scope, actor) = (who.scope(), who.actor());
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let before = api_keys::lock(&unit, &scope, id)
                    .await?
                    .ok_or_else(|| Error::not_found("key"))?;
                let after = ApiKeyRecord {
                    name: name.unwrap_or_else(|| before.name.clone()),
                    rate_limit: limit.unwrap_or(before.rate_limit),
                    ..before.clone()
                };
                if after == before {
                    return Ok(after);
                }
                api_keys::update(&unit, &after).await?;
                let told = |key: &ApiKeyRecord| {
                    json!({"name": key.name, "rate_limit_per_minute": key.rate_limit})
                };
                let line = line("api_key.changed", id)
                    .with(json!({"from": told(&before), "to": told(&after)}));
                audit::record(&unit, &scope, Some(actor), line).await?;
                Ok::<_, Error>(after)
            })
            .await?;
        self.bus().send(Signal::ApiKeyChanged { key_id: id });
        Ok(record.into())
    }

    /// Revokes a key for good.
    pub async fn revoke_api_key(&self, who: &Principal, id: ApiKeyId) -> Result<()> {
        self.check_manage_api_key(who, id).await?;
        let (scope, actor): (TenantScope, _) = (who.scope(), who.actor());
        self.store()
            .write(&scope, move |unit| async move {
                // Of two who revoke it at once, one did.
                if api_keys::revoke(&unit, &scope, id).await? {
                    let line = line("api_key.revoked", id);
                    audit::record(&unit, &scope, Some(actor), line).await?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        self.bus().send(Signal::ApiKeyChanged { key_id: id });
        Ok(())
    }
}

fn line(action: &'static str, id: ApiKeyId) -> Line {
    Line::of(action, "api_key", id.0)
}

fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if !(1..=limits::NAME).contains(&length) || name.chars().any(char::is_control) {
        let detail = format!("takes 1 to {} characters", limits::NAME);
        return Err(Error::invalid_field("/name", "invalid", detail));
    }
    Ok(name.to_owned())
}

fn check_limit(limit: Option<i64>) -> Result<Option<i64>> {
    if limit.is_some_and(|limit| !RATE_LIMIT.contains(&limit)) {
        let detail = format!("from {} to {}", RATE_LIMIT.start(), RATE_LIMIT.end());
        return Err(Error::invalid_field(
            "/rate_limit_per_minute",
            "out_of_range",
            detail,
        ));
    }
    Ok(limit)
}

fn check_expiry(expires_at: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>> {
    if expires_at.is_some_and(|at| at <= now) {
        let detail = "must lie ahead";
        return Err(Error::invalid_field("/expires_at", "invalid", detail));
    }
    Ok(expires_at)
}

/// Some of his own permissions, each once.
fn check_permissions(who: &Principal, words: &[String]) -> Result<Permissions> {
    if words.is_empty() || words.len() > limits::KEY_PERMISSIONS {
        let detail = format!("takes 1 to {} permissions", limits::KEY_PERMISSIONS);
        return Err(Error::invalid_field("/permissions", "invalid", detail));
    }
    let mut wrong = Vec::new();
    let mut wanted: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let pointer = format!("/permissions/{at}");
        if !Permissions::is_known(word) {
            wrong.push(FieldError::new(pointer, "unknown", "is no permission"));
        } else if !who.may(word) {
            let detail = "nobody gives a key more than he may do himself";
            wrong.push(FieldError::new(pointer, "not_yours", detail));
        } else if !wanted.contains(word) {
            wanted.push(word.clone());
        }
    }
    match wrong.is_empty() {
        true => Ok(Permissions::new(wanted)),
        false => Err(Error::invalid(wrong)),
    }
}
