//! Proving who a visitor is, and what follows: the anonymous conversation becomes his.

use hmac::Mac;
use omni_model::{
    ChannelId, ConversationId, ConversationStatus, EventKind, NewEvent, Queue, TenantScope,
    WokenBy, codes,
};
use omni_store::conversations::{self, Change};
use omni_store::customers;
use omni_store::identities::{self, IdentityRecord};
use omni_store::widget_sessions::WidgetSessionRecord;
use omni_store::{ConversationRecord, UnitOfWork, conversation_tags, identity_moves};
use serde_json::json;

use super::visitor::{Told, Visitor, is_made_up};
use crate::secrets::mac;
use crate::{Error, Result};

/// Proven ids have their own form, so that no site's id can be the one of an anonymous visitor.
pub(super) fn proven_id(external_id: &str) -> String {
    format!("user:{external_id}")
}

/// The proven id of a visitor; `None` where nothing is proven. A wrong proof is refused: it is an attempt.
pub(super) fn prove(secret: &str, visitor: &Visitor, told: &Told) -> Result<Option<String>> {
    let (Some(external_id), Some(given)) = (&told.external_id, &visitor.identity_hash) else {
        return Ok(None);
    };
    let refused = || Error::refused(codes::BAD_IDENTITY, "the identity hash does not fit");
    let given = hex::decode(given).map_err(|_| refused())?;
    mac(secret.as_bytes(), external_id.as_bytes())
        .verify_slice(&given)
        .map_err(|_| refused())?;
    Ok(Some(proven_id(external_id)))
}

/// Makes what the visitor wrote as nobody his own.
pub(super) async fn adopt(
    unit: &UnitOfWork,
    scope: &TenantScope,
    channel: ChannelId,
    anonymous: &str,
    proven: &str,
) -> Result<()> {
    let found =
        identities::by_external_ids(unit.db(), scope, channel, &[anonymous, proven]).await?;
    let of = |id: &str| found.iter().find(|identity| identity.external_id == id);
    match (of(anonymous), of(proven)) {
        // Wrote nothing yet: there is nothing to move.
        (None, _) => Ok(()),
        (Some(nobody), None) => {
            let theirs = identity_moves::lock_all(unit, scope, &[nobody.id]).await?;
            identity_moves::prove(unit, scope, nobody.id, proven).await?;
            theirs
                .iter()
                .for_each(|conversation| tell(unit, conversation));
            Ok(())
        }
        (Some(nobody), Some(person)) => hand_over(unit, scope, nobody, person).await,
    }
}

/// Gives the conversations of one identity to another. There is one open conversation a person: where both
/// have one, what was written in the anonymous one goes on in the other.
async fn hand_over(
    unit: &UnitOfWork,
    scope: &TenantScope,
    from: &IdentityRecord,
    to: &IdentityRecord,
) -> Result<()> {
    let all = identity_moves::lock_all(unit, scope, &[from.id, to.id]).await?;
    let (moving, known): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|conversation| conversation.identity_id == from.id);
    let open_at = |list: &[ConversationRecord]| {
        list.iter()
            .position(|conversation| conversation.status.is_active())
    };
    let ids: Vec<ConversationId> = moving.iter().map(|conversation| conversation.id).collect();
    let mut moving = moving;
    if let (Some(theirs), Some(his)) = (open_at(&moving), open_at(&known)) {
        let source = moving.swap_remove(theirs);
        merge(unit, scope, source, known[his].clone()).await?;
    }
    identity_moves::give_to(unit, scope, &ids, to).await?;
    moving
        .iter()
        .for_each(|conversation| tell(unit, conversation));
    identity_moves::remove(unit, scope, from.id, from.customer_id).await?;
    Ok(())
}

/// Puts what was written in `source` behind what was written in `target`, and closes `source`.
async fn merge(
    unit: &UnitOfWork,
    scope: &TenantScope,
    source: ConversationRecord,
    target: ConversationRecord,
) -> Result<()> {
    let moved = identity_moves::append_messages(unit, scope, source.id, &target).await?;
    let (mut source, mut target) = (Change::of(source), Change::of(target));
    let into = &mut target.after;
    into.last_seq += source.after.last_seq;
    into.unread_count += source.after.unread_count;
    into.updated_at = unit.now();
    if source.after.status == ConversationStatus::Open {
        into.status = ConversationStatus::Open;
        if into.snooze_until.take().is_some() {
            into.woken_by = Some(WokenBy::Customer);
        }
    }
    for tag in &source.after.tags {
        if !into.tags.contains(tag) && into.tags.len() < omni_model::limits::TAGS {
            into.tags.push(tag.clone());
        }
    }
    let empty = &mut source.after;
    empty.status = ConversationStatus::Closed;
    empty.resolved_at = Some(unit.now());
    empty.snooze_until = None;
    empty.last_seq = 0;
    empty.read_seq = 0;
    empty.unread_count = 0;
    empty.tags.clear();
    empty.metadata = json!({"merged_into": into.id});
    conversation_tags::replace(unit, scope, into.id, &into.tags).await?;
    conversation_tags::replace(unit, scope, empty.id, &[]).await?;
    let changes = [source, target];
    conversations::save(unit, &changes).await?;
    let [source, target] = &changes;
    tell(unit, &source.after);
    tell(unit, &target.after);
    for message in moved {
        unit.emit(NewEvent {
            kind: EventKind::MessageNew,
            message_id: Some(message),
            ..updated(&target.after)
        });
    }
    unit.wake(Queue::Route, "");
    Ok(())
}

fn tell(unit: &UnitOfWork, conversation: &ConversationRecord) {
    unit.emit(updated(conversation));
}

fn updated(conversation: &ConversationRecord) -> NewEvent {
    NewEvent::about(
        EventKind::ConversationUpdated,
        conversation.id,
        conversation.holder(),
    )
}

/// Writes what was told into the empty places of the customer's profile; the name we made up for him is such
/// a place. Nothing that somebody told is replaced, and nothing becomes proven.
pub(super) async fn note_contact(
    unit: &UnitOfWork,
    scope: &TenantScope,
    session: &WidgetSessionRecord,
    told: &Told,
) -> Result<()> {
    let (channel, external_id) = (session.channel_id, &session.external_id);
    let at = identities::at(unit.db(), scope, channel, external_id).await?;
    let at = at.map(|identity| identity.customer_id);
    let Some(id) = at else { return Ok(()) };
    let shown_in = customers::active_conversations(unit.db(), scope, id).await?;
    let shown_in: Vec<ConversationId> = shown_in.iter().map(|shown| shown.id).collect();
    let shown_in = conversations::lock(unit, scope, &shown_in).await?;
    let Some(mut customer) = customers::lock(unit, scope, id).await? else {
        return Ok(());
    };
    let before = customer.clone();
    if let Some(name) = told.name.as_ref().filter(|_| is_made_up(&before.name)) {
        customer.name.clone_from(name);
    }
    if customer.email.is_none() {
        customer.email.clone_from(&told.email);
    }
    if customer.phone.is_none() {
        customer.phone.clone_from(&told.phone);
    }
    if customer.locale.is_none() {
        customer.locale.clone_from(&told.locale);
    }
    if customer != before {
        customers::update(unit, &customer).await?;
        shown_in
            .iter()
            .for_each(|conversation| tell(unit, conversation));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(external_id: &str, hash: Option<&str>) -> Visitor {
        Visitor {
            external_id: Some(external_id.to_owned()),
            identity_hash: hash.map(str::to_owned),
            ..Visitor::default()
        }
    }

    #[test]
    fn only_the_right_hash_proves() {
        let hash = hex::encode(mac(b"secret", b"42").finalize().into_bytes());
        let of = |id: &str, hash: Option<&str>| {
            let visitor = visitor(id, hash);
            prove("secret", &visitor, &visitor.told().unwrap())
        };
        assert_eq!(of("42", Some(&hash)).unwrap().as_deref(), Some("user:42"));
        assert_eq!(
            of("42", Some(&hash.to_uppercase())).unwrap().as_deref(),
            Some("user:42")
        );
        assert_eq!(of("42", None).unwrap(), None);
        for (id, wrong) in [
            ("43", hash.as_str()),
            ("42", ""),
            ("42", "zz"),
            ("42", &hash[..62]),
        ] {
            assert!(of(id, Some(wrong)).is_err(), "{id} {wrong}");
        }
    }
}
