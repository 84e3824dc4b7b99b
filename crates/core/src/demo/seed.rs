//! Plays the stories of the demo.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use omni_model::{
    Content, ContentType, ConversationId, ConversationStatus, FileId, InboundContent,
    InboundMessage, OperatorStatus, Principal, Profile, TenantScope,
};
use omni_store::{channels, history};
use serde_json::json;

use super::CHANNELS;
use super::script::{Attachment, People, Story, Voice, stories};
use crate::conversations::{Assignment, ConversationPatch, NewMessage, StatusChange};
use crate::files::Upload;
use crate::inbound::ChannelRef;
use crate::{Core, Error, Result};

/// Time between two stories, so that the list reads like a day's work.
const BETWEEN: Duration = Duration::from_secs(29 * 60);
/// Time between two messages of a story.
const PACE: Duration = Duration::from_secs(70);

const PHOTO: &[u8] = include_bytes!("photo.png");
const PRICE: &[u8] = include_bytes!("price.txt");

impl Core {
    pub(super) async fn seed_demo(&self, scope: &TenantScope, people: &People) -> Result<()> {
        let widget = channels::list(self.store().reader(), scope, CHANNELS)
            .await?
            .into_iter()
            .find(|channel| channel.kind == omni_model::ChannelKind::Widget)
            .ok_or_else(|| Error::not_found("demo widget"))?;
        let channel = ChannelRef {
            id: widget.id,
            kind: widget.kind,
            team: None,
        };
        let stories = stories()?;
        let count = u32::try_from(stories.len()).unwrap_or(0);
        for (number, story) in (0..).zip(&stories) {
            let id = self.play(scope, people, channel, story, number).await?;
            let (scope, age) = (*scope, BETWEEN * (count - number) + PACE * 20);
            self.store()
                .write(&scope, move |unit| async move {
                    history::age(&unit, &scope, id, age, PACE).await?;
                    Ok::<_, Error>(())
                })
                .await?;
        }
        for person in [&people.anna, &people.boris] {
            self.set_operator_status(person, person.sees_as(), OperatorStatus::Online)
                .await?;
        }
        Ok(())
    }

    async fn play(
        &self,
        scope: &TenantScope,
        people: &People,
        channel: ChannelRef,
        story: &Story,
        number: u32,
    ) -> Result<ConversationId> {
        let mut conversation = None;
        for (at, line) in story.lines.iter().enumerate() {
            if line.by == Voice::Customer {
                let content = Content::text(&line.text);
                let id = self
                    .say(scope, channel, story, (number, at), content)
                    .await?;
                conversation = Some(id);
            } else if let Some(id) = conversation {
                let new = NewMessage {
                    content_type: ContentType::Text,
                    content: json!({"text": line.text}),
                    private: line.by == Voice::Note,
                    reply_to: None,
                    if_last_seq: None,
                };
                self.reply(people.voice(line.by), id, new, None).await?;
                self.mark_read(people.voice(line.by), id).await?;
            }
        }
        let id = conversation.ok_or_else(|| Error::not_found("customer in a demo story"))?;
        if let Some(file) = story.file {
            self.attach(scope, people, channel, story, number, id, file)
                .await?;
        }
        if let Some(voice) = story.assigned {
            let assignment = Assignment::to(people.voice(voice).sees_as());
            self.assign(&people.owner, id, assignment).await?;
        }
        let patch = ConversationPatch {
            priority: Some(story.priority),
            tags: Some(story.tags.clone()),
            metadata: None,
        };
        self.patch_conversation(&people.owner, id, patch).await?;
        if story.status != ConversationStatus::Open {
            let change = StatusChange {
                status: story.status,
                snooze_until: None,
            };
            self.set_status(&people.owner, id, change).await?;
        }
        Ok(id)
    }

    /// The customer of a story writes.
    async fn say(
        &self,
        scope: &TenantScope,
        channel: ChannelRef,
        story: &Story,
        (number, at): (u32, usize),
        content: Content,
    ) -> Result<ConversationId> {
        let message = InboundMessage {
            external_id: visitor(number),
            profile: Profile {
                name: story.customer.clone(),
                locale: Some(story.locale.clone()),
                ..Profile::default()
            },
            provider_id: format!("demo:{number}:{at}"),
            content: InboundContent::Stored(content),
            reply_to_provider_id: None,
            sent_at: self.clock().now(),
            metadata: serde_json::Map::new(),
            acknowledge: None,
        };
        Ok(self
            .accept_inbound(scope, channel, message, None)
            .await?
            .conversation_id)
    }

    #[expect(clippy::too_many_arguments, reason = "one story's particulars")]
    async fn attach(
        &self,
        scope: &TenantScope,
        people: &People,
        channel: ChannelRef,
        story: &Story,
        number: u32,
        id: ConversationId,
        file: Attachment,
    ) -> Result<()> {
        match file {
            Attachment::Photo => {
                let file_id = self
                    .store_demo_file(&people.owner, "photo.png", "image/png", PHOTO)
                    .await?;
                let kind = ContentType::Image;
                let content = Content::File {
                    kind,
                    file_id,
                    caption: None,
                };
                self.say(scope, channel, story, (number, usize::MAX), content)
                    .await?;
            }
            Attachment::Price => {
                let who = people.voice(Voice::Boris);
                let file_id = self
                    .store_demo_file(who, "Прайс-лист.txt", "text/plain", PRICE)
                    .await?;
                let new = NewMessage {
                    content_type: ContentType::File,
                    content: json!({"file_id": file_id}),
                    private: false,
                    reply_to: None,
                    if_last_seq: None,
                };
                self.reply(who, id, new, None).await?;
            }
        }
        Ok(())
    }

    async fn store_demo_file(
        &self,
        who: &Principal,
        name: &str,
        mime_type: &str,
        bytes: &'static [u8],
    ) -> Result<FileId> {
        let upload = Upload {
            file_name: name.to_owned(),
            mime_type: Some(mime_type.to_owned()),
        };
        let body = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(bytes))]);
        Ok(self.upload_file(who, upload, body).await?.id)
    }
}

fn visitor(number: u32) -> String {
    format!("demo-visitor-{number}")
}
