//! Changing people: who may do what, who takes what, who may come in.

use omni_bus::Signal;
use omni_model::{
    Operator, OperatorStatus, Principal, Queue, Role, SessionId, TenantScope, UserId, codes,
};
use omni_store::users::{self, UserRecord};
use omni_store::{UnitOfWork, invitations, sessions, staff, teams};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::access::needs;
use crate::audit::{self, Line};
use crate::operators::{check_capacity, clean_name, clean_skills, may_create};
use crate::presence::put_all_back;
use crate::sight::note_change;
use crate::{Core, Error, Result};

const MANAGE: &str = "operators:manage";

/// What to change in somebody; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorPatch {
    #[serde(default)]
    pub name: Option<String>,
    /// Holds for what he does from now on: he is signed in anew.
    #[serde(default)]
    pub role: Option<Role>,
    /// The whole list.
    #[serde(default)]
    pub skills: Option<Vec<String>>,
    /// How many open conversations he takes at once; `null` = the tenant's setting.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 1_000_000)]
    pub capacity: Option<Option<i32>>,
    /// Whoever is disabled is signed out and cannot come in; his conversations go back into the queue, and he
    /// leaves his teams.
    #[serde(default)]
    pub disabled: Option<bool>,
}

/// Tells a field that is `null` from one that is left out.
#[expect(clippy::option_option, reason = "left out, null, something")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i32>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl Core {
    /// Somebody of the tenant; 404 for strangers.
    pub async fn operator(&self, principal: &Principal, id: UserId) -> Result<Operator> {
        needs(principal, "conversations:read")?;
        let scope = principal.scope();
        let found = users::find(self.store().reader(), &scope, id).await?;
        let record = found.ok_or_else(|| Error::not_found("operator"))?;
        self.show_operator(&scope, record).await
    }

    /// Refuses whom 404 or 403 is due before anybody looks at what he sent.
    pub async fn check_manage_operator(&self, principal: &Principal, id: UserId) -> Result<()> {
        let found = users::find(self.store().reader(), &principal.scope(), id).await?;
        let target = found.ok_or_else(|| Error::not_found("operator"))?;
        may_change(principal, &target)
    }

    /// Changes somebody. Nobody changes whom he could not have added, nobody disables himself, and an owner stays.
    pub async fn patch_operator(
        &self,
        principal: &Principal,
        id: UserId,
        patch: OperatorPatch,
    ) -> Result<Operator> {
        self.check_manage_operator(principal, id).await?;
        if let Some(role) = patch.role {
            may_give(principal, id, role)?;
        }
        let patch = checked(patch)?;
        if patch.disabled == Some(true) && Some(id) == principal.person() {
            let detail = "nobody disables himself";
            return Err(Error::invalid_field("/disabled", "oneself", detail));
        }
        let (scope, by) = (principal.scope(), principal.clone());
        let (record, effect) = self
            .store()
            .write(&scope, move |unit| async move {
                change(&unit, &by, scope, id, patch).await
            })
            .await?;
        self.tell_effect(scope, &record, effect).await?;
        self.show_operator(&scope, record).await
    }

    async fn tell_effect(
        &self,
        scope: TenantScope,
        record: &UserRecord,
        effect: Effect,
    ) -> Result<()> {
        for session_id in effect.ended {
            self.bus().send(Signal::SessionEnded { session_id });
        }
        if effect.left {
            self.bus().send(Signal::OperatorStatus {
                tenant_id: record.tenant_id,
                operator_id: record.id,
                status: record.status,
            });
        }
        if effect.rights {
            self.sight_changed(scope, &[record.id]).await?;
        }
        Ok(())
    }
}

/// What a change means for others, told after the commit.
#[derive(Default)]
struct Effect {
    rights: bool,
    ended: Vec<SessionId>,
    left: bool,
}

/// 403 unless `principal` may change `target`: only owners change owners and admins; one may change oneself.
pub(crate) fn may_change(principal: &Principal, target: &UserRecord) -> Result<()> {
    needs(principal, MANAGE)?;
    if Some(target.id) == principal.person() {
        return Ok(());
    }
    may_create(principal, target.role)
}

/// 403 unless `principal` may give this role. Keeping one's own takes nothing.
fn may_give(principal: &Principal, to: UserId, role: Role) -> Result<()> {
    if Some(to) == principal.person() && role == principal.role {
        return Ok(());
    }
    may_create(principal, role)
}

/// The patch with values as they are kept.
fn checked(mut patch: OperatorPatch) -> Result<OperatorPatch> {
    let mut wrong = Vec::new();
    patch.name = patch.name.map(|name| clean_name(&name, &mut wrong));
    patch.skills = patch
        .skills
        .map(|skills| clean_skills("/skills", &skills, &mut wrong));
    check_capacity(patch.capacity.flatten(), &mut wrong);
    if wrong.is_empty() {
        Ok(patch)
    } else {
        Err(Error::invalid(wrong))
    }
}

async fn change(
    unit: &UnitOfWork,
    by: &Principal,
    scope: TenantScope,
    id: UserId,
    patch: OperatorPatch,
) -> Result<(UserRecord, Effect)> {
    let steps_down = patch.disabled == Some(true) || patch.role.is_some_and(|r| r != Role::Owner);
    let owners = match steps_down {
        true => staff::lock_owners(unit, &scope).await?,
        false => Vec::new(),
    };
    let found = staff::lock(unit, &scope, id).await?;
    let before = found.ok_or_else(|| Error::not_found("operator"))?;
    // He may have become more than he was when he was looked at.
    may_change(by, &before)?;
    if steps_down && owners == [id] {
        return Err(Error::refused(
            codes::LAST_OWNER,
            "the company would have no owner",
        ));
    }
    let mut after = patched(&before, patch);
    let mut effect = Effect::default();
    if after == before {
        return Ok((after, effect));
    }
    effect.rights = after.role != before.role || after.disabled != before.disabled;
    if effect.rights {
        after.version += 1;
        note_change(unit, &scope, &[id]).await?;
    }
    if after.disabled && !before.disabled {
        effect.left = after.status != OperatorStatus::Offline;
        after.status = OperatorStatus::Offline;
        after.status_changed_at = unit.now();
        effect.ended = sessions::revoke_all(unit, &scope, id, "disabled").await?;
        invitations::void(unit, &scope, id).await?;
        teams::leave_all(unit, &scope, id).await?;
    }
    staff::update(unit, &after).await?;
    if after.disabled || !after.role.takes_conversations() {
        put_all_back(unit, scope, id).await?;
    }
    // Skills, room or somebody who is back may be what waiting conversations wait for.
    unit.wake(Queue::Route, "");
    audit::record(unit, &scope, Some(by.actor()), line(&before, &after)).await?;
    Ok((after, effect))
}

fn patched(before: &UserRecord, patch: OperatorPatch) -> UserRecord {
    let mut after = before.clone();
    after.name = patch.name.unwrap_or(after.name);
    after.role = patch.role.unwrap_or(after.role);
    after.skills = patch.skills.unwrap_or(after.skills);
    if let Some(capacity) = patch.capacity {
        after.capacity = capacity.map(i64::from);
    }
    after.disabled = patch.disabled.unwrap_or(after.disabled);
    after
}

/// Names are people's own: that one was changed is told, not what it was.
fn line(before: &UserRecord, after: &UserRecord) -> Line {
    let action = match (before.disabled, after.disabled) {
        (false, true) => "operator.disabled",
        (true, false) => "operator.enabled",
        _ => "operator.changed",
    };
    let told = |record: &UserRecord| {
        json!({
            "role": record.role, "skills": record.skills, "capacity": record.capacity,
            "disabled": record.disabled,
        })
    };
    Line::of(action, "user", after.id.0).with(json!({
        "from": told(before), "to": told(after), "renamed": before.name != after.name,
    }))
}
