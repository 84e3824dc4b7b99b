//! Several files sent together, which the customer sees as one album.

use omni_model::{
    ContentType, ConversationId, Direction, EventKind, Job, Message, MessageId, MessageStatus,
    Principal, limits,
};
use omni_store::conversations::{self, Change};
use omni_store::{MessageRecord, UniqueKey, messages};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::access::{REPLY, Viewer, message_event};
use super::content;
use super::reply::{
    Draft, Once, check_reply_to, check_unanswered, earlier, note_answer, one_open, resume, settle,
    take,
};
use crate::{Core, Error, Result};

/// Files to send together: pictures and films, or sound, or files of other kinds.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAlbum {
    /// 2 to 10.
    pub items: Vec<AlbumItem>,
    /// The message of this conversation that it answers.
    #[serde(default)]
    pub reply_to: Option<MessageId>,
    /// As with one message: 409 `answered_meanwhile` where somebody else of the team has answered after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_last_seq: Option<i64>,
}

/// One file of an album.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlbumItem {
    pub content_type: ContentType,
    /// `{file_id, caption?}`
    #[schema(value_type = Object)]
    pub content: Value,
}

/// A written album.
#[derive(Clone, Debug)]
pub struct SentAlbum {
    /// One for each file, in their order.
    pub messages: Vec<Message>,
    /// Whether an earlier request under the same key wrote it.
    pub replayed: bool,
}

impl Core {
    /// Writes several files as one album: a message for each, tied by `metadata.album_id`, delivered in one go. All
    /// else is as with [`Core::reply`].
    pub async fn send_album(
        &self,
        who: &Principal,
        id: ConversationId,
        new: NewAlbum,
        key: Option<String>,
    ) -> Result<SentAlbum> {
        let viewer = self.viewer(who).await?;
        self.seen(&viewer, id).await?;
        viewer.needs(REPLY)?;
        let once = key.map(|key| Once::of(key, &(id, &new)));
        let drafts = drafts(id, new, once)?;
        let outcome = match self.write_album(viewer.clone(), drafts.clone()).await {
            Err(Error::Store(error)) if error.violates(UniqueKey::MESSAGE_KEY) => {
                self.write_album(viewer, drafts).await
            }
            outcome => outcome,
        };
        let (records, replayed) = outcome.map_err(one_open)?;
        if !replayed && records[0].status == MessageStatus::Sent {
            let (kind, count) = (omni_model::ChannelKind::Widget, records.len() as u64);
            self.meter()
                .messages(who.tenant_id, kind, Direction::Outbound, count);
        }
        Ok(SentAlbum {
            messages: self.render_messages(&who.scope(), &records).await?,
            replayed,
        })
    }

    async fn write_album(
        &self,
        viewer: Viewer,
        mut drafts: Vec<Draft>,
    ) -> Result<(Vec<MessageRecord>, bool)> {
        let scope = viewer.who.scope();
        let (core, hours) = (self.clone(), self.hours(&scope).await?);
        self.store()
            .write(&scope, move |unit| async move {
                let conversation = viewer.lock(&unit, drafts[0].id).await?;
                if let Some(first) = earlier(&unit, &viewer, &drafts[0]).await? {
                    return Ok((messages::lock_album(&unit, &first).await?, true));
                }
                check_unanswered(&unit, &viewer.who, &drafts[0], &conversation).await?;
                for draft in &mut drafts {
                    draft.content = settle(&unit, &viewer.who, draft.content.clone()).await?;
                }
                go_together(&drafts)?;
                check_reply_to(&unit, &viewer, &drafts[0]).await?;
                let mut change = Change::of(conversation);
                resume(&unit, &mut change).await?;
                take(&unit, &viewer, &mut change);
                note_answer(&unit, &hours, &mut change);
                change.after.updated_at = unit.now();
                let album = MessageId::new(core.clock());
                let mut records = Vec::with_capacity(drafts.len());
                for (at, draft) in drafts.into_iter().enumerate() {
                    change.after.last_seq += 1;
                    let id = if at == 0 {
                        album
                    } else {
                        MessageId::new(core.clock())
                    };
                    let content = draft.content.clone();
                    let mut record = draft.record(id, content, &viewer, &change.after, unit.now());
                    record.metadata = json!({"album_id": album});
                    records.push(record);
                }
                conversations::save(&unit, std::slice::from_ref(&change)).await?;
                messages::insert(&unit, &records).await?;
                for record in &records {
                    let event = message_event(EventKind::MessageNew, &change.after, record.id);
                    unit.emit_with(event, record.clone());
                }
                if records[0].status == MessageStatus::Queued {
                    let job = Job::Deliver { message_id: album };
                    unit.enqueue(change.after.id.to_string(), job);
                }
                Ok((records, false))
            })
            .await
    }
}

/// What is to be written, checked by its form. The first carries the key and what it answers.
fn drafts(id: ConversationId, new: NewAlbum, once: Option<Once>) -> Result<Vec<Draft>> {
    if !(2..=limits::ALBUM).contains(&new.items.len()) {
        let detail = "an album has 2 to 10 files";
        return Err(Error::invalid_field("/items", "out_of_range", detail));
    }
    let mut first = Some((once, new.reply_to));
    let mut drafts = Vec::with_capacity(new.items.len());
    for item in new.items {
        let content = content::read(item.content_type, item.content)?;
        let (once, reply_to) = first.take().unwrap_or_default();
        drafts.push(Draft {
            id,
            content,
            private: false,
            reply_to,
            if_last_seq: new.if_last_seq,
            once,
        });
    }
    Ok(drafts)
}

/// Pictures and films may stand in one album; sound and other files only with their like.
fn go_together(drafts: &[Draft]) -> Result<()> {
    let all = |kinds: &[ContentType]| {
        let mut types = drafts.iter().map(|draft| draft.content.content_type());
        types.all(|kind| kinds.contains(&kind))
    };
    let seen = [ContentType::Image, ContentType::Video];
    if all(&seen) || all(&[ContentType::Audio]) || all(&[ContentType::File]) {
        return Ok(());
    }
    let detail = "pictures and films, or sound, or files of other kinds";
    Err(Error::invalid_field("/items", "mixed", detail))
}
