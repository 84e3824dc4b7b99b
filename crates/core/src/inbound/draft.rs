//! The state of one batch while it is put together in memory, before it is written in sets.

use std::collections::HashMap;

use omni_channels::telegram::START_PARAMETER;
use omni_model::{
    ChannelId, Clock, Content, ConversationId, ConversationStatus, CustomerId, Direction,
    EventKind, FileId, IdentityId, InboundContent, Keyboard, MessageId, MessageStatus, NewEvent,
    Priority, RemoteFile, RoutingSettings, SenderType, TenantScope, Timestamp, WokenBy,
};
use omni_store::conversations::Change;
use omni_store::files::FileRecord;
use omni_store::identities::IdentityRecord;
use omni_store::{ConversationRecord, MessageRecord};
use serde_json::{Value, json};

use super::ingest::ChannelRef;

/// What a batch will write, in the order of writing.
pub(super) struct Draft<'a> {
    pub(super) scope: TenantScope,
    pub(super) clock: &'a dyn Clock,
    pub(super) now: Timestamp,
    pub(super) settings: RoutingSettings,
    /// By identity: the newest conversation that a message may go to.
    current: HashMap<IdentityId, usize>,
    pub(super) conversations: Vec<Change>,
    pub(super) files: Vec<FileRecord>,
    pub(super) messages: Vec<MessageRecord>,
    pub(super) events: Vec<NewEvent>,
    /// Whether anybody new waits for an operator.
    pub(super) someone_waits: bool,
}

impl<'a> Draft<'a> {
    /// A draft over the locked conversations of the batch's identities, in the order of creation.
    pub(super) fn new(
        scope: TenantScope,
        clock: &'a dyn Clock,
        now: Timestamp,
        settings: RoutingSettings,
        locked: Vec<ConversationRecord>,
    ) -> Self {
        let mut current = HashMap::new();
        let mut conversations = Vec::with_capacity(locked.len());
        for record in locked {
            current.insert(record.identity_id, conversations.len());
            conversations.push(Change::of(record));
        }
        Self {
            scope,
            clock,
            now,
            settings,
            current,
            conversations,
            files: Vec::new(),
            messages: Vec::new(),
            events: Vec::new(),
            someone_waits: false,
        }
    }

    /// The conversation a message of this identity goes to: the open one, a pending one that it opens, one
    /// resolved lately that it reopens, or a new one. Of somebody who is not heard, the newest one, as it is.
    pub(super) fn conversation_for(
        &mut self,
        identity: &IdentityRecord,
        channel: ChannelRef,
        is_heard: bool,
    ) -> usize {
        if let Some(&at) = self.current.get(&identity.id) {
            if !is_heard {
                return at;
            }
            match self.conversations[at].after.status {
                ConversationStatus::Open => return at,
                ConversationStatus::Pending => {
                    self.open(at);
                    return at;
                }
                ConversationStatus::Resolved if self.may_reopen(at) => {
                    self.open(at);
                    return at;
                }
                ConversationStatus::Resolved | ConversationStatus::Closed => {}
            }
        }
        self.start(identity, channel, is_heard)
    }

    fn may_reopen(&self, at: usize) -> bool {
        let hours = u64::try_from(self.settings.reopen_within_hours).unwrap_or(0);
        let window = std::time::Duration::from_secs(hours * 3600);
        self.conversations[at]
            .after
            .resolved_at
            .is_some_and(|resolved| self.now.since(resolved) <= window)
    }

    fn open(&mut self, at: usize) {
        let now = self.now;
        let conversation = &mut self.conversations[at].after;
        conversation.status = ConversationStatus::Open;
        conversation.resolved_at = None;
        if conversation.snooze_until.take().is_some() {
            conversation.woken_by = Some(WokenBy::Customer);
        }
        if conversation.assigned_to.is_none() {
            conversation.queued_at = now;
            self.someone_waits = true;
        }
        self.tell(at, EventKind::ConversationUpdated, None);
    }

    fn start(&mut self, identity: &IdentityRecord, channel: ChannelRef, is_heard: bool) -> usize {
        let at = self.conversations.len();
        let (status, resolved_at) = match is_heard {
            true => (ConversationStatus::Open, None),
            false => (ConversationStatus::Closed, Some(self.now)),
        };
        let record = ConversationRecord {
            row_id: 0,
            id: ConversationId::new(self.clock),
            tenant_id: self.scope.tenant_id(),
            customer_id: identity.customer_id,
            identity_id: identity.id,
            channel_id: channel.id,
            channel_kind: channel.kind,
            status,
            priority: Priority::Normal,
            tags: Vec::new(),
            assigned_to: None,
            assigned_team: channel.team,
            assigned_reason: None,
            queued_at: self.now,
            last_seq: 0,
            read_seq: 0,
            unread_count: 0,
            metadata: Value::Object(serde_json::Map::new()),
            created_at: self.now,
            updated_at: self.now,
            resolved_at,
            snooze_until: None,
            woken_by: None,
            away_at: None,
        };
        self.conversations.push(Change {
            before: None,
            after: record,
        });
        self.current.insert(identity.id, at);
        if is_heard {
            self.someone_waits = true;
            self.tell(at, EventKind::ConversationQueued, None);
        }
        at
    }

    /// Keeps by which links to the bot the customer came: the first and the last.
    pub(super) fn note_start(&mut self, at: usize, message: &serde_json::Map<String, Value>) {
        let Some(parameter) = message.get(START_PARAMETER) else {
            return;
        };
        if let Value::Object(metadata) = &mut self.conversations[at].after.metadata {
            let known = metadata.get(START_PARAMETER);
            let first = known.and_then(|known| known.get("first"));
            let links = json!({"first": first.unwrap_or(parameter), "last": parameter});
            metadata.insert(START_PARAMETER.to_owned(), links);
            self.tell(at, EventKind::ConversationUpdated, None);
        }
    }

    /// Adds a customer's message at the end of a conversation. One of somebody who is not heard waits for nobody.
    pub(super) fn push_message(
        &mut self,
        at: usize,
        incoming: NewMessage,
        is_heard: bool,
    ) -> &mut MessageRecord {
        let now = self.now;
        let conversation = &mut self.conversations[at].after;
        conversation.last_seq += 1;
        if is_heard {
            conversation.unread_count += 1;
            conversation.updated_at = now;
        }
        let record = MessageRecord {
            id: MessageId::new(self.clock),
            tenant_id: conversation.tenant_id,
            conversation_id: conversation.id,
            seq: conversation.last_seq,
            direction: Direction::Inbound,
            sender_type: SenderType::Customer,
            sender_id: Some(conversation.customer_id.0),
            channel_id: conversation.channel_id,
            provider_id: Some(incoming.provider_id),
            content: incoming.content,
            status: MessageStatus::Delivered,
            error: None,
            private: false,
            reply_to: incoming.reply_to,
            idempotency_key: incoming.idempotency.as_ref().map(|(key, _)| key.clone()),
            request_hash: incoming.idempotency.map(|(_, hash)| hash),
            metadata: Value::Object(incoming.metadata),
            created_at: now,
            updated_at: now,
        };
        let id = record.id;
        if is_heard {
            self.tell(at, EventKind::MessageNew, Some(id));
        }
        self.messages.push(record);
        self.messages.last_mut().expect("just pushed")
    }

    /// The stored form of an inbound content; a file that still lies with the provider becomes a file to
    /// fetch.
    pub(super) fn content_of(
        &mut self,
        content: InboundContent,
        channel: ChannelId,
        conversation: ConversationId,
    ) -> Content {
        match content {
            InboundContent::Text { text } => Content::Text { text },
            InboundContent::Location {
                latitude,
                longitude,
            } => Content::Location {
                latitude,
                longitude,
            },
            InboundContent::Contact { name, phone } => Content::Contact { name, phone },
            InboundContent::Interactive { text, buttons } => Content::Interactive {
                text,
                buttons,
                keyboard: Keyboard::Inline,
            },
            InboundContent::Stored(content) => content,
            InboundContent::File {
                kind,
                file,
                caption,
            } => {
                let file_id = self.remote_file(file, channel, conversation);
                Content::File {
                    kind,
                    file_id,
                    caption,
                }
            }
        }
    }

    fn remote_file(
        &mut self,
        file: RemoteFile,
        channel: ChannelId,
        conversation: ConversationId,
    ) -> FileId {
        let id = FileId::new(self.clock);
        self.files.push(FileRecord::remote(
            id,
            channel,
            conversation,
            file,
            self.now,
        ));
        id
    }

    /// The known addresses for which conversations are started, and whose they are as far as we know.
    pub(super) fn started_for(
        &self,
        strangers: &[IdentityRecord],
    ) -> impl Iterator<Item = (IdentityId, CustomerId)> {
        let new = self
            .conversations
            .iter()
            .filter(|change| change.before.is_none());
        let theirs = new.map(|change| (change.after.identity_id, change.after.customer_id));
        theirs.filter(|(id, _)| strangers.iter().all(|stranger| stranger.id != *id))
    }

    /// Tells of a change of the conversation at `at`.
    pub(super) fn tell(&mut self, at: usize, kind: EventKind, message_id: Option<MessageId>) {
        let conversation = &self.conversations[at].after;
        self.events.push(NewEvent {
            message_id,
            ..NewEvent::about(kind, conversation.id, conversation.holder())
        });
    }
}

/// A message about to be added.
pub(super) struct NewMessage {
    pub(super) provider_id: String,
    pub(super) content: Content,
    pub(super) reply_to: Option<MessageId>,
    pub(super) metadata: serde_json::Map<String, Value>,
    /// Key and hash of the request.
    pub(super) idempotency: Option<(String, String)>,
}

/// A new identity and, unless a proof led to a known customer, the customer it brings.
pub(super) fn new_identity(
    clock: &dyn Clock,
    channel: ChannelRef,
    message: &omni_model::InboundMessage,
    known: Option<CustomerId>,
) -> IdentityRecord {
    IdentityRecord {
        id: IdentityId::new(clock),
        customer_id: known.unwrap_or_else(|| CustomerId::new(clock)),
        channel_id: channel.id,
        external_id: message.external_id.clone(),
        display_name: message.profile.name.clone(),
        verified: message.profile.proven,
        blocked: false,
    }
}
