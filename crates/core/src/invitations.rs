//! Invitations: a link, told once, by which somebody sets his password and comes in.

use std::time::Duration;

use omni_bus::Signal;
use omni_model::{Actor, PlatformScope, Principal, TenantScope, Timestamp, UserId, codes};
use omni_store::users::UserRecord;
use omni_store::{UnitOfWork, invitations, sessions, staff};
use serde::{Deserialize, Serialize};

use crate::access::{TokenPair, check_new_password, random_token, token_hash};
use crate::audit::{self, Line};
use crate::staff::may_change;
use crate::{Core, Error, Result};

/// How long an invitation can be used.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// An invitation, as it is told once.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Invitation {
    /// To be handed to the person it is for, and to nobody else.
    pub url: String,
    pub expires_at: Timestamp,
}

/// Using an invitation.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationUse {
    /// What stands behind `#` in the link.
    pub token: String,
    /// At least 8 characters.
    pub password: String,
}

/// An invitation about to be stored.
pub(crate) struct Ticket {
    pub(crate) shown: Invitation,
    hash: String,
}

impl Ticket {
    /// Stores it in the place of the one the person had.
    pub(crate) async fn put(
        &self,
        unit: &UnitOfWork,
        scope: &TenantScope,
        person: UserId,
    ) -> Result<()> {
        let until = self.shown.expires_at;
        invitations::put(unit, scope, person, &self.hash, until).await?;
        Ok(())
    }
}

impl Core {
    pub(crate) fn new_invitation(&self) -> Result<Ticket> {
        let token = random_token()?;
        let address = self.options().public_url.as_str().trim_end_matches('/');
        Ok(Ticket {
            hash: token_hash(&token),
            shown: Invitation {
                // Behind `#` it reaches no server and no log.
                url: format!("{address}/invitation#{token}"),
                expires_at: self.clock().now().plus(LIFETIME),
            },
        })
    }

    /// Invites somebody, or invites him anew: the link of before is void then. Whoever has a password already sets
    /// another one by it.
    pub async fn invite_operator(&self, principal: &Principal, id: UserId) -> Result<Invitation> {
        self.check_manage_operator(principal, id).await?;
        if id == principal.sees_as() {
            // It would set a password without asking for the current one.
            let detail = "one's own password is changed in the profile";
            return Err(Error::refused(codes::FORBIDDEN, detail));
        }
        let ticket = self.new_invitation()?;
        let shown = ticket.shown.clone();
        let (scope, by) = (principal.scope(), principal.clone());
        self.store()
            .write(&scope, move |unit| async move {
                let found = staff::lock(&unit, &scope, id).await?;
                let person = found.ok_or_else(|| Error::not_found("operator"))?;
                may_change(&by, &person)?;
                if person.disabled {
                    let detail = "this person may not come in";
                    return Err(Error::refused(codes::CONFLICT, detail));
                }
                ticket.put(&unit, &scope, id).await?;
                let line = Line::of("operator.invited", "user", id.0);
                audit::record(&unit, &scope, Some(by.actor()), line).await
            })
            .await?;
        Ok(shown)
    }

    /// Sets the password of whom the invitation is for, ends the sessions he had, and signs him in. A link that is
    /// wrong, used, replaced or too old gets one answer; of several uses at once one succeeds.
    pub async fn use_invitation(&self, request: InvitationUse) -> Result<TokenPair> {
        check_new_password("/password", &request.password)?;
        let hash = token_hash(&request.token);
        let why = PlatformScope::for_reason("who is invited has no session yet");
        let now = self.clock().now();
        let found = invitations::find(self.store().reader(), why, &hash, now).await?;
        let (scope, id) = found.ok_or_else(void)?;
        self.refuse_suspended(&scope).await?;
        let password_hash = self.access().passwords.hash(request.password).await?;
        let (person, ended) = self
            .store()
            .write(&scope, move |unit| async move {
                // The person first, as whoever disables him does.
                let found = staff::lock(&unit, &scope, id).await?;
                let person = found.filter(|person| !person.disabled).ok_or_else(void)?;
                if !invitations::take(&unit, &scope, &hash).await? {
                    return Err(void());
                }
                let person = UserRecord {
                    password_hash: Some(password_hash),
                    version: person.version + 1,
                    ..person
                };
                staff::update(&unit, &person).await?;
                let ended = sessions::revoke_all(&unit, &scope, id, "invitation_used").await?;
                let line = Line::of("operator.joined", "user", id.0);
                audit::record(&unit, &scope, Some(Actor::Person(id)), line).await?;
                Ok((person, ended))
            })
            .await?;
        self.people_changed(&scope, &[id]);
        for session_id in ended {
            self.bus().send(Signal::SessionEnded { session_id });
        }
        self.start_session(person).await
    }
}

/// The one answer to a link that does not let in.
fn void() -> Error {
    Error::refused(
        codes::BAD_INVITATION,
        "the link is not valid, or not any more: ask for a new one",
    )
}
