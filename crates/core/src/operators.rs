//! The people who answer.

mod fields;

use omni_bus::Signal;
use omni_model::{
    Operator, OperatorStatus, Page, Permissions, Principal, Queue, Role, TenantScope, Total,
    UserId, codes,
};
use omni_store::users::{self, UserRecord};
use omni_store::{UniqueKey, counters, invitations, staff, teams};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::needs;
use crate::audit::{self, Line};
use crate::invitations::Invitation;
use crate::once::Made;
use crate::page::{Cursor, PageRequest};
use crate::{Core, Error, Result};
use fields::check;

pub(crate) use fields::{check_capacity, clean_name, clean_skills};

/// Somebody who is to join.
#[derive(Clone, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOperator {
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Without one the answer holds an invitation, by which he sets it himself. At least 8 characters.
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

/// Somebody who was added.
#[derive(Clone, Deserialize, Serialize, utoipa::ToSchema)]
pub struct NewcomerAdded {
    #[serde(flatten)]
    pub operator: Operator,
    /// Told once, and only of somebody without a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
}

/// Which of the people to list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OperatorQuery {
    /// With those who may not come in any more; for those who manage people.
    #[serde(default)]
    pub with_disabled: bool,
    /// Rows at most; 50 unless said, never more than 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// Rows to skip; not together with `cursor`.
    #[param(maximum = 10_000)]
    pub offset: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
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
        query: OperatorQuery,
    ) -> Result<Page<Operator>> {
        needs(principal, "conversations:read")?;
        let request = PageRequest {
            limit: query.limit,
            offset: query.offset,
            cursor: query.cursor,
        };
        let place = request.place()?;
        let scope = principal.scope();
        let with_disabled = query.with_disabled && principal.may("operators:manage");
        let (mut people, total) = users::page(
            self.store().reader(),
            &scope,
            with_disabled,
            place.map(|cursor| (cursor.at, UserId(cursor.id))),
            request.offset(),
            request.limit() + 1,
        )
        .await?;
        let next = request.next(&mut people, |user| Cursor {
            at: user.created_at,
            id: user.id.0,
        });
        let items = self.show_operators(&scope, people).await?;
        Ok(Page::new(items, Total::Exact(total), next))
    }

    /// People as the API shows them: three statements, however many they are.
    async fn show_operators(
        &self,
        scope: &TenantScope,
        people: Vec<UserRecord>,
    ) -> Result<Vec<Operator>> {
        let (reader, now) = (self.store().reader(), self.clock().now());
        let ids: Vec<UserId> = people.iter().map(|user| user.id).collect();
        let active = counters::open_by_operator(reader, scope).await?;
        let mut teams = teams::of_people(reader, scope, &ids).await?;
        let invited = invitations::of_people(reader, scope, &ids, now).await?;
        Ok(people
            .into_iter()
            .map(|user| {
                let id = user.id;
                Operator {
                    active_conversations: active.get(&id).copied().unwrap_or(0),
                    teams: teams.remove(&id).unwrap_or_default(),
                    invited_until: invited.get(&id).copied(),
                    ..operator(user)
                }
            })
            .collect())
    }

    /// Somebody as the API shows him.
    pub(crate) async fn show_operator(
        &self,
        scope: &TenantScope,
        record: UserRecord,
    ) -> Result<Operator> {
        let mut shown = self.show_operators(scope, vec![record]).await?;
        Ok(shown.pop().expect("one is shown for each"))
    }

    /// The skills in use, each once, in their order.
    pub async fn list_skills(&self, principal: &Principal) -> Result<Vec<String>> {
        needs(principal, "conversations:read")?;
        let mut skills = staff::skills(self.store().reader(), &principal.scope()).await?;
        skills.sort_by_key(|skill| (skill.to_lowercase(), skill.clone()));
        skills.dedup();
        Ok(skills)
    }

    /// Adds somebody, and invites whom no password was given. Nobody gives a role above his own, and only owners
    /// make owners and admins.
    pub async fn create_operator(
        &self,
        principal: &Principal,
        new: NewOperator,
        key: Option<String>,
    ) -> Result<Made<NewcomerAdded>> {
        may_create(principal, new.role)?;
        self.make_once(principal, key, "create_operator", &new, |keeper| async {
            let (scope, actor) = (principal.scope(), principal.actor());
            let record = self.new_user(scope, new.clone()).await?;
            let ticket = match record.password_hash {
                Some(_) => None,
                None => Some(self.new_invitation()?),
            };
            let mut made = NewcomerAdded {
                operator: operator(record.clone()),
                invitation: None,
            };
            made.operator.invited_until = ticket.as_ref().map(|ticket| ticket.shown.expires_at);
            // A repeat is not told the link: it is a secret.
            let answer = made.clone();
            made.invitation = ticket.as_ref().map(|ticket| ticket.shown.clone());
            self.store()
                .write(&scope, move |unit| async move {
                    keeper.keep(&unit, &answer).await?;
                    users::insert(&unit, &record).await.map_err(email_taken)?;
                    if let Some(ticket) = ticket {
                        ticket.put(&unit, &scope, record.id).await?;
                    }
                    // Skills that are new may be what waiting conversations are tagged with.
                    unit.wake(Queue::Route, "");
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
        self.show_operator(&scope, user).await
    }
}

/// 403 unless `principal` may create somebody of `role`.
pub(crate) fn may_create(principal: &Principal, role: Role) -> Result<()> {
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

/// Somebody as the API shows him who has nothing yet.
fn operator(record: UserRecord) -> Operator {
    Operator {
        id: record.id,
        name: record.name,
        email: record.email,
        role: record.role,
        status: record.status,
        skills: record.skills,
        capacity: record.capacity.and_then(|n| i32::try_from(n).ok()),
        active_conversations: 0,
        teams: Vec::new(),
        disabled: record.disabled,
        joined: record.password_hash.is_some(),
        invited_until: None,
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
