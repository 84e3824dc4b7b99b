//! The people who answer.

use omni_bus::Signal;
use omni_model::{
    FieldError, Operator, OperatorStatus, Page, Permissions, Principal, Queue, Role, TenantScope,
    Total, UserId, codes, limits, normalise_email,
};
use omni_store::users::{self, UserRecord};
use omni_store::{UniqueKey, counters};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::{check_new_password, needs};
use crate::audit::{self, Line};
use crate::once::Made;
use crate::page::{Cursor, PageRequest};
use crate::{Core, Error, Result};

/// Skills of one person at most.
const SKILLS: usize = 50;
/// Conversations of one person at most.
const CAPACITY: i32 = 1_000_000;

/// Somebody who is to join.
#[derive(Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOperator {
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Without one he cannot sign in yet. At least 8 characters.
    #[serde(default)]
    pub password: Option<String>,
    /// What routing may ask for.
    #[serde(default)]
    pub skills: Vec<String>,
    /// How many open conversations he takes at once; the tenant's setting unless said.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub capacity: Option<i32>,
}

/// A new status of an operator.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorStatusChange {
    pub status: OperatorStatus,
}

impl Core {
    /// The tenant's people, newest first.
    pub async fn list_operators(
        &self,
        principal: &Principal,
        request: &PageRequest,
    ) -> Result<Page<Operator>> {
        needs(principal, "conversations:read")?;
        let place = request.place()?;
        let scope = principal.scope();
        let (mut people, total) = users::page(
            self.store().reader(),
            &scope,
            place.map(|cursor| (cursor.at, UserId(cursor.id))),
            request.offset(),
            request.limit() + 1,
        )
        .await?;
        let next = request.next(&mut people, |user| Cursor {
            at: user.created_at,
            id: user.id.0,
        });
        let active = counters::open_by_operator(self.store().reader(), &scope).await?;
        let items = people
            .into_iter()
            .map(|user| {
                let n = active.get(&user.id).copied().unwrap_or(0);
                operator(user, n)
            })
            .collect();
        Ok(Page::new(items, Total::Exact(total), next))
    }

    /// Adds somebody. Nobody gives a role above his own, and only owners make owners and admins.
    pub async fn create_operator(
        &self,
        principal: &Principal,
        new: NewOperator,
        key: Option<String>,
    ) -> Result<Made<Operator>> {
        may_create(principal, new.role)?;
        self.make_once(principal, key, "create_operator", &new, |keeper| async {
            let (scope, actor) = (principal.scope(), principal.actor());
            let record = self.new_user(scope, new.clone()).await?;
            let made = operator(record.clone(), 0);
            let answer = made.clone();
            self.store()
                .write(&scope, move |unit| async move {
                    keeper.keep(&unit, &answer).await?;
                    users::insert(&unit, &record).await.map_err(email_taken)?;
                    let line = Line::of("operator.created", "user", record.id.0)
                        .with(json!({"role": record.role}));
                    audit::record(&unit, &scope, Some(actor), line).await
                })
                .await?;
            Ok(made)
        })
        .await
    }

    /// The row of somebody new, checked.
    pub(crate) async fn new_user(
        &self,
        scope: TenantScope,
        new: NewOperator,
    ) -> Result<UserRecord> {
        let (email, name, skills) = check(&new)?;
        let password_hash = match new.password {
            Some(password) => Some(self.access().passwords.hash(password).await?),
            None => None,
        };
        let now = self.clock().now();
        Ok(UserRecord {
            id: UserId::at(now),
            tenant_id: scope.tenant_id(),
            email,
            name,
            password_hash,
            role: new.role,
            status: OperatorStatus::Offline,
            status_changed_at: now,
            skills,
            capacity: new.capacity.map(i64::from),
            version: 1,
            disabled: false,
            created_at: now,
            updated_at: now,
        })
    }

    /// Whether I may set this person's status; 404 for strangers, 403 for colleagues.
    pub async fn may_set_operator_status(&self, principal: &Principal, id: UserId) -> Result<()> {
        users::find(self.store().reader(), &principal.scope(), id)
            .await?
            .filter(|user| !user.disabled)
            .ok_or_else(|| Error::not_found("operator"))?;
        if principal.person() == Some(id) {
            return Ok(());
        }
        needs(principal, "operators:manage")
    }

    /// Sets whether somebody takes conversations. One's own status is always one's own.
    pub async fn set_operator_status(
        &self,
        principal: &Principal,
        id: UserId,
        status: OperatorStatus,
    ) -> Result<Operator> {
        self.may_set_operator_status(principal, id).await?;
        let scope = principal.scope();
        let changed = self
            .store()
            .write(&scope, move |unit| async move {
                let changed = users::set_status(&unit, &scope, id, status).await?;
                if changed {
                    // Somebody who came takes of the queue.
                    unit.wake(Queue::Route, "");
                }
                Ok::<_, Error>(changed)
            })
            .await?;
        if changed {
            let tenant_id = scope.tenant_id();
            self.bus().send(Signal::OperatorStatus {
                tenant_id,
                operator_id: id,
                status,
            });
        }
        let user = users::find(self.store().reader(), &scope, id)
            .await?
            .ok_or_else(|| Error::not_found("operator"))?;
        let active = counters::open_by_operator(self.store().reader(), &scope).await?;
        Ok(operator(user, active.get(&id).copied().unwrap_or(0)))
    }
}

/// 403 unless `principal` may create somebody of `role`.
fn may_create(principal: &Principal, role: Role) -> Result<()> {
    needs(principal, "operators:manage")?;
    let above_others = matches!(role, Role::Owner | Role::Admin);
    // A key of an owner is an owner only if it may do everything.
    let is_owner = principal.role == Role::Owner && principal.may("*");
    if above_others && !is_owner {
        return Err(Error::refused(
            codes::FORBIDDEN,
            "only owners make owners and admins",
        ));
    }
    if !principal.permissions.cover(&Permissions::of(role)) {
        return Err(Error::refused(
            codes::FORBIDDEN,
            "nobody gives more than he has himself",
        ));
    }
    Ok(())
}

/// The e-mail address, name and skills as they are stored.
fn check(new: &NewOperator) -> Result<(String, String, Vec<String>)> {
    let mut wrong = Vec::new();
    let email = normalise_email(&new.email);
    if email.is_none() {
        wrong.push(FieldError::new(
            "/email",
            "invalid",
            "is not an e-mail address",
        ));
    }
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > limits::NAME || name.chars().any(char::is_control)
    {
        let detail = format!("takes 1 to {} characters", limits::NAME);
        wrong.push(FieldError::new("/name", "invalid", detail));
    }
    let mut skills: Vec<String> = Vec::new();
    for (at, skill) in new.skills.iter().enumerate() {
        let skill = skill.trim();
        if skill.is_empty() || skill.chars().count() > limits::TAG {
            let detail = format!("takes 1 to {} characters", limits::TAG);
            wrong.push(FieldError::new(format!("/skills/{at}"), "invalid", detail));
        } else if !skills.iter().any(|known| known == skill) {
            skills.push(skill.to_owned());
        }
    }
    if new.skills.len() > SKILLS {
        wrong = vec![FieldError::new(
            "/skills",
            "too_many",
            format!("at most {SKILLS}"),
        )];
    }
    if new.capacity.is_some_and(|n| !(0..=CAPACITY).contains(&n)) {
        let detail = format!("from 0 to {CAPACITY}");
        wrong.push(FieldError::new("/capacity", "out_of_range", detail));
    }
    if let Some(password) = &new.password
        && let Err(Error::Refused { fields, .. }) = check_new_password("/password", password)
    {
        wrong.extend(fields);
    }
    match email {
        Some(email) if wrong.is_empty() => Ok((email, name.to_owned(), skills)),
        _ => Err(Error::invalid(wrong)),
    }
}

fn email_taken(error: omni_store::StoreError) -> Error {
    if error.violates(UniqueKey::USER_EMAIL) {
        Error::refused(
            codes::EMAIL_TAKEN,
            "somebody of this company has this e-mail address",
        )
    } else {
        error.into()
    }
}

fn operator(record: UserRecord, active_conversations: i64) -> Operator {
    Operator {
        id: record.id,
        name: record.name,
        email: record.email,
        role: record.role,
        status: record.status,
        skills: record.skills,
        capacity: record.capacity.and_then(|n| i32::try_from(n).ok()),
        active_conversations,
        created_at: record.created_at,
    }
}

#[cfg(test)]
mod tests {
    use omni_model::{ApiKeyId, Credential, ManualClock, SessionId, TenantId, Timestamp};

    use super::*;

    fn of_role(role: Role) -> Principal {
        let clock = ManualClock::at(Timestamp::default());
        Principal {
            tenant_id: TenantId::new(&clock),
            credential: Credential::Session {
                user_id: UserId::new(&clock),
                session_id: SessionId::new(&clock),
            },
            role,
            permissions: Permissions::of(role),
        }
    }

    #[test]
    fn nobody_makes_a_role_above_his_own() {
        let may: Vec<(Role, Role)> = Role::ALL
            .iter()
            .flat_map(|by| Role::ALL.iter().map(move |role| (*by, *role)))
            .filter(|(by, role)| may_create(&of_role(*by), *role).is_ok())
            .collect();
        assert_eq!(
            may,
            [
                (Role::Owner, Role::Owner),
                (Role::Owner, Role::Admin),
                (Role::Owner, Role::Operator),
                (Role::Owner, Role::Viewer),
                (Role::Admin, Role::Operator),
                (Role::Admin, Role::Viewer),
            ]
        );
    }

    /// S59: with a key that may only manage people nobody makes himself somebody who may do more.
    #[test]
    fn a_key_gives_no_more_than_it_has() {
        let clock = ManualClock::at(Timestamp::default());
        let with = |words: &[&str]| Principal {
            credential: Credential::Key {
                key_id: ApiKeyId::new(&clock),
                created_by: UserId::new(&clock),
            },
            permissions: Permissions::new(words.iter().map(ToString::to_string).collect()),
            ..of_role(Role::Owner)
        };
        for role in Role::ALL {
            assert!(may_create(&with(&["operators:manage"]), *role).is_err());
            assert!(may_create(&with(&["*"]), *role).is_ok());
        }
        let some = with(&[
            "operators:manage",
            "conversations:*",
            "customers:read",
            "analytics:read",
        ]);
        assert!(may_create(&some, Role::Viewer).is_ok());
        assert!(may_create(&some, Role::Operator).is_err());
    }

    #[test]
    fn all_wrong_fields_are_told_at_once() {
        let new = NewOperator {
            email: "nobody".to_owned(),
            name: " ".to_owned(),
            role: Role::Operator,
            password: Some("short".to_owned()),
            skills: vec!["a".to_owned(), String::new()],
            capacity: Some(-1),
        };
        let Err(Error::Refused { fields, .. }) = check(&new) else {
            panic!("taken");
        };
        let pointers: Vec<_> = fields.iter().map(|field| field.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            ["/email", "/name", "/skills/1", "/capacity", "/password"]
        );
    }
}
