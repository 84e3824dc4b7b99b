//! What a visitor's socket is to send: what he missed, then what happens in his own conversations.
//! Nothing of the tenant's other traffic reaches him, not even a number.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use omni_model::{ChannelId, ConversationId, MessageId, MessageStatus, TenantScope};
use omni_store::MessageRecord;
use omni_store::live_views::{self, Stretch};
use omni_store::widget_sessions::WidgetSessionRecord;

use super::Place;
use super::feed::PIECE;
use super::frame::{Body, Frame, Shown};
use super::mailbox::{Mailbox, WhenFull};
use super::receipts::Receipts;
use super::seat::{Asked, Request};
use super::shown::message_frame;
use crate::{Core, Result};

/// Conversations of one visitor that are looked at when he comes back.
const CONVERSATIONS: u64 = 20;
/// Messages whose current state he is told when he comes back.
const RECENT: u64 = 50;
/// Missed messages read at once.
const PAGE: u64 = 200;

/// Where a visitor is: his channel and who he is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Address {
    pub(super) channel: ChannelId,
    pub(super) external_id: String,
}

/// A visitor's socket, as the hub knows it.
pub(super) struct VisitorSeat {
    pub(super) address: Address,
    session_token: String,
    pub(super) mailbox: Mailbox,
    pub(super) request: Request,
    /// The place in the queue that he was told last; 0 = none.
    pub(super) position: AtomicU8,
    receipts: Mutex<Receipts>,
}

/// The frames of one visitor's socket. Dropping it gives the seat back.
pub struct VisitorFeed {
    core: Core,
    scope: TenantScope,
    seat: Arc<VisitorSeat>,
    catch_up: Option<CatchUp>,
    /// What catching up told of each conversation: live, it would be a repeat.
    told: HashMap<ConversationId, Told>,
    _place: Place,
}

/// The other side of a feed.
#[derive(Clone)]
pub struct VisitorControl {
    core: Core,
    scope: TenantScope,
    seat: Arc<VisitorSeat>,
}

/// The first and the last message told, and all between them.
#[derive(Clone, Copy)]
struct Told {
    first: i64,
    last: i64,
}

/// What is left to tell of the past.
enum CatchUp {
    Greeting(Option<MessageId>),
    After {
        id: MessageId,
        conversations: Vec<ConversationId>,
    },
    Recent {
        conversations: Vec<ConversationId>,
        as_new: bool,
    },
}

impl Core {
    /// Joins the socket of the visitor with this session, on a page of this origin, to his conversations,
    /// from the message `after` on.
    pub async fn connect_visitor(
        &self,
        session_token: &str,
        origin: Option<&str>,
        after: Option<MessageId>,
    ) -> Result<VisitorFeed> {
        let WidgetSessionRecord {
            tenant_id,
            channel_id: channel,
            external_id,
            ..
        } = self.widget_visitor(session_token, origin).await?.session;
        let (scope, address) = (
            TenantScope::of(tenant_id),
            Address {
                channel,
                external_id,
            },
        );
        let options = &self.options().live;
        let seat = Arc::new(VisitorSeat {
            address,
            session_token: session_token.to_owned(),
            mailbox: Mailbox::new(WhenFull::End, options.queue_frames, options.queue_bytes),
            request: Request::default(),
            position: AtomicU8::new(0),
            receipts: Mutex::default(),
        });
        let place = self
            .live()
            .join(self, scope, Some(&seat.address), |hub| {
                hub.join_visitor(&seat)
            })
            .await?;
        // A signed identify since the session was read found no seat here to tell: the socket looks once more.
        seat.request.recheck();
        Ok(VisitorFeed {
            core: self.clone(),
            scope,
            seat,
            catch_up: Some(CatchUp::Greeting(after)),
            told: HashMap::new(),
            _place: place,
        })
    }

    /// A signed identify gave a visitor's session to somebody proven: sockets that listen for whom he was
    /// before connect again.
    pub(crate) fn visitor_moved(&self, scope: &TenantScope, channel: ChannelId, external_id: &str) {
        if let Some(hub) = self.live().hub(scope.tenant_id()) {
            hub.recheck_visitor(&Address {
                channel,
                external_id: external_id.to_owned(),
            });
        }
    }
}

impl VisitorFeed {
    /// The other side.
    pub fn control(&self) -> VisitorControl {
        VisitorControl {
            core: self.core.clone(),
            scope: self.scope,
            seat: Arc::clone(&self.seat),
        }
    }

    /// The next frames, as soon as there are any; `None` when the visitor fell too far behind and must
    /// come back. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Option<Vec<Frame>>> {
        while self.catch_up.is_some() {
            let frames = self.catch_up().await?;
            if !frames.is_empty() {
                return Ok(Some(self.handed(frames)));
            }
        }
        loop {
            let Ok(mut frames) = self.seat.mailbox.take(PIECE).await else {
                return Ok(None);
            };
            frames.retain(|frame| !frame.message.is_some_and(|message| self.is_repeat(message)));
            if !frames.is_empty() {
                return Ok(Some(self.handed(frames)));
            }
        }
    }

    /// What was taken so far has reached the socket: our messages among it are delivered.
    pub async fn flushed(&self) -> Result<()> {
        self.control().mark(MessageStatus::Delivered).await
    }

    fn is_repeat(&self, message: Shown) -> bool {
        message.is_new
            && self
                .told
                .get(&message.conversation)
                .is_some_and(|told| message.seq <= told.last)
    }

    fn handed(&self, frames: Vec<Frame>) -> Vec<Frame> {
        let mut receipts = self
            .seat
            .receipts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        frames
            .iter()
            .filter_map(|frame| frame.message)
            .for_each(|message| receipts.note(message));
        drop(receipts);
        frames
    }

    async fn catch_up(&mut self) -> Result<Vec<Frame>> {
        let (core, scope) = (self.core.clone(), self.scope);
        let (db, scope) = (core.store().reader(), &scope);
        match &self.catch_up {
            None => Ok(Vec::new()),
            Some(CatchUp::Greeting(after)) => {
                let Address {
                    channel,
                    external_id,
                } = &self.seat.address;
                let records =
                    live_views::conversations_at(db, scope, *channel, external_id, CONVERSATIONS)
                        .await?;
                let conversations = records.iter().map(|record| record.id).collect();
                let position = core.place_of(scope, records.first()).await?;
                // Whatever the hub has told meanwhile is newer, and comes after it.
                let _ = self.seat.position.compare_exchange(
                    0,
                    position.unwrap_or(0),
                    Ordering::AcqRel,
                    Ordering::Acquire,
                );
                self.catch_up = Some(match after {
                    Some(id) => CatchUp::After {
                        id: *id,
                        conversations,
                    },
                    None => CatchUp::Recent {
                        conversations,
                        as_new: true,
                    },
                });
                Ok(vec![Frame::fleeting(&Body::WidgetConnected { position })])
            }
            Some(CatchUp::After { id, conversations }) => {
                let _turn = core.live().replays.acquire().await;
                let page = Stretch::After(*id);
                let records =
                    live_views::messages_shown(db, scope, conversations, page, PAGE).await?;
                let conversations = conversations.clone();
                // Nobody's message, or not his: then there is nothing it could come after.
                let as_new = records.is_none();
                let records = records.unwrap_or_default();
                let messages = core.render_messages(scope, &records).await?;
                self.note_told(&records);
                self.catch_up = Some(match records.last() {
                    Some(last) if records.len() as u64 == PAGE => CatchUp::After {
                        id: last.id,
                        conversations,
                    },
                    _ => CatchUp::Recent {
                        conversations,
                        as_new,
                    },
                });
                Ok(messages
                    .iter()
                    .filter_map(|message| message_frame(None, message, true))
                    .collect())
            }
            Some(CatchUp::Recent {
                conversations,
                as_new,
            }) => {
                let _turn = core.live().replays.acquire().await;
                let recent = Stretch::Newest;
                let records =
                    live_views::messages_shown(db, scope, conversations, recent, RECENT).await?;
                let mut records = records.unwrap_or_default();
                // What was just told as new is as current as can be.
                records.retain(|record| !self.is_told(record));
                let messages = core.render_messages(scope, &records).await?;
                let frames = messages.iter().filter_map(|message| {
                    let told = self.told.get(&message.conversation_id);
                    let is_new = *as_new || told.is_some_and(|told| message.seq > told.last);
                    message_frame(None, message, is_new)
                });
                let frames = frames.collect();
                self.note_told(&records);
                self.catch_up = None;
                Ok(frames)
            }
        }
    }

    fn is_told(&self, record: &MessageRecord) -> bool {
        self.told
            .get(&record.conversation_id)
            .is_some_and(|told| (told.first..=told.last).contains(&record.seq))
    }

    fn note_told(&mut self, records: &[MessageRecord]) {
        for MessageRecord {
            conversation_id,
            seq,
            ..
        } in records
        {
            let told = self.told.entry(*conversation_id).or_insert(Told {
                first: *seq,
                last: *seq,
            });
            *told = Told {
                first: told.first.min(*seq),
                last: told.last.max(*seq),
            };
        }
    }
}

impl VisitorControl {
    /// Waits until the socket's right to be open is to be looked at.
    pub async fn asked(&self) -> Asked {
        self.seat.request.asked().await
    }

    /// Puts an answer to a frame of the client behind what waits.
    pub fn answer(&self, frame: Frame) {
        self.seat.mailbox.put_fleeting(frame);
    }

    /// Whether the socket may stay, on a page of this origin. `Ok(false)` when its session is of somebody
    /// else now: it is to connect again.
    pub async fn recheck(&self, origin: Option<&str>) -> Result<bool> {
        let visitor = self
            .core
            .widget_visitor(&self.seat.session_token, origin)
            .await?;
        Ok(visitor.session.external_id == self.seat.address.external_id)
    }

    /// The visitor types, or stopped.
    pub async fn typing(&self, is_typing: bool) -> Result<()> {
        let Address {
            channel,
            external_id,
        } = &self.seat.address;
        self.core
            .visitor_typing(self.scope, *channel, external_id, is_typing)
            .await
    }

    /// The visitor has looked at what he was sent.
    pub async fn read(&self) -> Result<()> {
        self.mark(MessageStatus::Read).await
    }

    async fn mark(&self, status: MessageStatus) -> Result<()> {
        let due = self.receipts(|receipts| receipts.due(status));
        if due.is_empty() {
            return Ok(());
        }
        self.core
            .mark_shown(&self.scope, due.clone(), status)
            .await?;
        self.receipts(|receipts| receipts.done(status, &due));
        Ok(())
    }

    fn receipts<T>(&self, change: impl FnOnce(&mut Receipts) -> T) -> T {
        // Whole values only.
        change(
            &mut self
                .seat
                .receipts
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}
