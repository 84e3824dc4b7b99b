//! What becomes of messages once their channel has answered.

use std::time::Duration;

use omni_channels::Delivery;
use omni_model::MessageStatus;
use omni_store::MessageRecord;

use super::MAX_TRIES;

/// What a delivery makes of the messages it carried: of an album, each has its own id. Answers when to try
/// again, if at all.
pub(super) fn settle(
    members: &mut [MessageRecord],
    delivery: &Delivery,
    tries: i64,
) -> Option<Option<Duration>> {
    let count = members.len();
    for (at, message) in members.iter_mut().enumerate() {
        message.error = None;
        match delivery {
            Delivery::Sent { provider_ids } => {
                message.status = MessageStatus::Sent;
                note_pieces(message, share(provider_ids, at, count));
            }
            Delivery::RetryLater { error, .. } if tries < MAX_TRIES => {
                message.status = MessageStatus::Queued;
                message.error = Some(error.clone());
            }
            Delivery::RetryLater { error, .. } | Delivery::Refused(error) => {
                message.status = MessageStatus::Failed;
                message.error = Some(error.clone());
            }
            Delivery::Unknown {
                provider_ids_so_far,
                error,
            } => {
                let arrived = share(provider_ids_so_far, at, count);
                note_pieces(message, arrived);
                if count > 1 && !arrived.is_empty() {
                    message.status = MessageStatus::Sent;
                } else {
                    message.status = MessageStatus::Unknown;
                    message.error = Some(error.clone());
                }
            }
        }
    }
    match delivery {
        Delivery::RetryLater { after, .. } if tries < MAX_TRIES => Some(*after),
        _ => None,
    }
}

/// The provider's ids of one of so many messages that went together. What followed them belongs to the last.
fn share(ids: &[String], at: usize, count: usize) -> &[String] {
    let end = if at + 1 == count { ids.len() } else { at + 1 };
    ids.get(at..end).unwrap_or_default()
}

/// Keeps the provider's ids: the first names the message, all of them are kept where it took several.
fn note_pieces(message: &mut MessageRecord, provider_ids: &[String]) {
    message.provider_id = provider_ids.first().cloned();
    if provider_ids.len() > 1
        && let serde_json::Value::Object(metadata) = &mut message.metadata
    {
        metadata.insert("pieces".to_owned(), provider_ids.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_an_album_has_its_own_id() {
        let ids: Vec<String> = ["1", "2", "3"].map(str::to_owned).into();
        assert_eq!(share(&ids, 0, 1), ids);
        assert_eq!(share(&ids, 0, 2), ["1"]);
        assert_eq!(share(&ids, 1, 2), ["2", "3"]);
        assert!(share(&ids[..1], 1, 2).is_empty());
        assert!(share(&[], 1, 2).is_empty());
    }
}
