//! Saved views: named filters of the inbox, one's own or, by those who manage settings, everybody's.

use omni_model::{
    ChannelKind, ConversationStatus, FieldError, Page, Principal, SavedViewId, Timestamp, Total,
    limits,
};
use omni_store::saved_views::{self, ViewRecord};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{needs, person};
use crate::audit::{self, Line};
use crate::customers::is_name;
use crate::once::{Keeper, Made};
use crate::{Core, Error, Result};

/// What it takes to change what everybody sees.
const MANAGE: &str = "settings:views";
/// What it takes to see conversations, and so to name some of them for oneself.
const READ: &str = "conversations:read";

/// Whose a view is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewScope {
    /// Everybody of the company has it in the inbox.
    All,
    /// Only who made it.
    Own,
}

/// Whose conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewAssignee {
    /// Those of whoever looks.
    Me,
    Unassigned,
}

/// Which conversations a view shows, in the words of the list; what is left out does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewFilter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ConversationStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<ViewAssignee>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SavedView {
    pub id: SavedViewId,
    pub name: String,
    pub filter: ViewFilter,
    pub scope: ViewScope,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A view to save.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    pub name: String,
    pub filter: ViewFilter,
    pub scope: ViewScope,
}

/// What to change; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewPatch {
    #[serde(default)]
    pub name: Option<String>,
    /// The whole filter.
    #[serde(default)]
    pub filter: Option<ViewFilter>,
    #[serde(default)]
    pub scope: Option<ViewScope>,
}

impl Core {
    /// The views in somebody's inbox: everybody's and his own.
    pub async fn saved_views(&self, who: &Principal) -> Result<Page<SavedView>> {
        needs(who, READ)?;
        let most = 2 * limits::SAVED_VIEWS;
        let reader = self.store().reader();
        let records = saved_views::seen_by(reader, &who.scope(), who.sees_as(), most).await?;
        let items: Vec<SavedView> = records.into_iter().map(show).collect::<Result<_>>()?;
        let total = u64::try_from(items.len()).unwrap_or(most);
        Ok(Page::new(items, Total::Exact(total), None))
    }

    /// Refuses whom 403 is due before anybody looks at what he sent.
    pub fn check_create_view(&self, who: &Principal) -> Result<()> {
        needs(who, READ)
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_change_view(&self, who: &Principal, id: SavedViewId) -> Result<()> {
        let reader = self.store().reader();
        let found = saved_views::find(reader, &who.scope(), who.sees_as(), id).await?;
        may_write(who, scope_of(&found.ok_or_else(no_such)?))
    }

    /// Saves a view.
    pub async fn create_view(
        &self,
        who: &Principal,
        new: NewView,
        key: Option<String>,
    ) -> Result<Made<SavedView>> {
        may_write(who, new.scope)?;
        self.make_once(who, key, "views.create", &new, |keeper| {
            self.store_view(who, new.clone(), keeper)
        })
        .await
    }

    async fn store_view(&self, who: &Principal, new: NewView, keeper: Keeper) -> Result<SavedView> {
        let now = self.clock().now();
        let mut record = ViewRecord {
            id: SavedViewId::at(now),
            owner_id: None,
            name: String::new(),
            filter: json!({}),
            created_at: now,
            updated_at: now,
        };
        let patch = ViewPatch {
            name: Some(new.name),
            filter: Some(new.filter),
            scope: Some(new.scope),
        };
        apply(who, &mut record, patch)?;
        let (scope, me) = (who.scope(), who.clone());
        let stored = self
            .store()
            .write(&scope, move |unit| async move {
                let shown = show(record.clone())?;
                keeper.keep(&unit, &shown).await?;
                let there = saved_views::count(unit.db(), &scope, record.owner_id).await?;
                if there >= limits::SAVED_VIEWS {
                    let detail = format!("at most {}", limits::SAVED_VIEWS);
                    return Err(Error::invalid_field("", "too_many", detail));
                }
                saved_views::insert(&unit, &scope, &record).await?;
                if shown.scope == ViewScope::All {
                    let line = Line::of("view.created", "view", record.id.0)
                        .with(json!({"name": record.name}));
                    audit::record(&unit, &scope, Some(me.actor()), line).await?;
                }
                Ok(shown)
            })
            .await?;
        Ok(stored)
    }

    /// Changes a view.
    pub async fn patch_view(
        &self,
        who: &Principal,
        id: SavedViewId,
        patch: ViewPatch,
    ) -> Result<SavedView> {
        self.check_change_view(who, id).await?;
        if let Some(wanted) = patch.scope {
            may_write(who, wanted)?;
        }
        let (scope, me) = (who.scope(), who.clone());
        let record = self
            .store()
            .write(&scope, move |unit| async move {
                let found = saved_views::find(unit.db(), &scope, me.sees_as(), id).await?;
                let mut record = found.ok_or_else(no_such)?;
                let before = record.clone();
                apply(&me, &mut record, patch)?;
                if record == before {
                    return Ok(record);
                }
                record.updated_at = unit.now();
                saved_views::update(&unit, &scope, &record).await?;
                if [&before, &record].iter().any(|one| one.owner_id.is_none()) {
                    let line = Line::of("view.changed", "view", id.0)
                        .with(json!({"from": before.name, "to": record.name}));
                    audit::record(&unit, &scope, Some(me.actor()), line).await?;
                }
                Ok::<_, Error>(record)
            })
            .await?;
        show(record)
    }

    /// Deletes a view; conversations are not touched.
    pub async fn delete_view(&self, who: &Principal, id: SavedViewId) -> Result<()> {
        self.check_change_view(who, id).await?;
        let (scope, me) = (who.scope(), who.clone());
        self.store()
            .write(&scope, move |unit| async move {
                let found = saved_views::find(unit.db(), &scope, me.sees_as(), id).await?;
                let record = found.ok_or_else(no_such)?;
                saved_views::remove(&unit, &scope, id).await?;
                if record.owner_id.is_none() {
                    let line =
                        Line::of("view.deleted", "view", id.0).with(json!({"name": record.name}));
                    audit::record(&unit, &scope, Some(me.actor()), line).await?;
                }
                Ok::<_, Error>(())
            })
            .await
    }
}

fn no_such() -> Error {
    Error::not_found("view")
}

fn scope_of(record: &ViewRecord) -> ViewScope {
    match record.owner_id {
        None => ViewScope::All,
        Some(_) => ViewScope::Own,
    }
}

/// Refuses who may not have a view of this scope.
fn may_write(who: &Principal, scope: ViewScope) -> Result<()> {
    match scope {
        ViewScope::All => needs(who, MANAGE),
        ViewScope::Own => needs(who, READ),
    }
}

fn show(record: ViewRecord) -> Result<SavedView> {
    let scope = scope_of(&record);
    let filter = serde_json::from_value(record.filter)
        .map_err(|error| Error::internal("a stored view does not read", error))?;
    Ok(SavedView {
        id: record.id,
        name: record.name,
        filter,
        scope,
        created_at: record.created_at,
        updated_at: record.updated_at,
    })
}

/// Applies what is good of a patch, or tells all that is not.
fn apply(who: &Principal, record: &mut ViewRecord, patch: ViewPatch) -> Result<()> {
    let mut wrong = Vec::new();
    if let Some(name) = patch.name {
        record.name = name.trim().to_owned();
        if !is_name(&record.name) {
            let detail = "1 to 200 characters in one line";
            wrong.push(FieldError::new("/name", "invalid", detail));
        }
    }
    if let Some(filter) = patch.filter {
        let tag = filter.tag.as_deref();
        let fits = tag.is_none_or(|tag| {
            (1..=limits::TAG).contains(&tag.chars().count()) && !tag.chars().any(char::is_control)
        });
        if !fits {
            let detail = format!("1 to {} characters", limits::TAG);
            wrong.push(FieldError::new("/filter/tag", "invalid", detail));
        }
        record.filter = json!(filter);
    }
    match patch.scope {
        None => {}
        Some(ViewScope::All) => record.owner_id = None,
        Some(ViewScope::Own) => record.owner_id = Some(person(who)?),
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid(wrong)),
    }
}
