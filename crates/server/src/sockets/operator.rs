//! The operators' socket, `/api/v1/ws`.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use omni_core::conversations::Typing;
use omni_core::live::{Asked, Frame, LiveOptions, OperatorControl, OperatorFeed, Resume};
use omni_core::{Core, Error};
use omni_model::{OperatorStatus, Principal, Timestamp};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::frames::{OperatorFrame, OperatorHello};
use super::gate;
use super::pace::Pace;
use super::pulse::Pulse;
use super::wire::{self, Close, Sink};
use crate::extract::ClientAddr;
use crate::waiting::{Door, Waiting};
use crate::{ApiError, AppState};

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(open_socket))
}

/// Live events for operators
///
/// A WebSocket. The first frame says who connects:
/// `{"type":"operator.connect","operator_id","token","last_seq"?,"epoch"?}`.
#[utoipa::path(
    get,
    path = "/api/v1/ws",
    tag = "live",
    security(()),
    responses((status = 101, description = "The connection is a WebSocket from here on"))
)]
async fn open_socket(
    State(state): State<AppState>,
    ClientAddr(client): ClientAddr,
    uri: Uri,
    headers: HeaderMap,
    request: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    gate::refuse_token_in_address(&uri)?;
    gate::refuse_foreign_page(&state, &headers)?;
    let serving = state.clone();
    let who = (Door::Operators, client);
    gate::upgrade(&state, who, request, |socket, waiting| {
        serve(serving, socket, waiting)
    })
}

async fn serve(state: AppState, mut socket: WebSocket, waiting: Waiting) {
    let options = state.core.options().live.clone();
    let welcome = tokio::select! {
        welcome = admit(&state.core, &mut socket, &options) => welcome,
        () = state.stopping.cancelled() => Err(Close::ComeAgain),
    };
    let why = match welcome {
        Ok((feed, pass)) => {
            // One of a known person's sockets from here on, which have a bound of their own.
            drop(waiting);
            let (mut sink, mut stream) = socket.split();
            let talk = Talk {
                core: &state.core,
                control: feed.control(),
                pass: Mutex::new(pass),
                pulse: Pulse::new(),
            };
            // Boxed: a socket that still has to say who it is needs no room for all of this.
            let why = Box::pin(async {
                tokio::select! {
                    Err(why) = write(&mut sink, feed, options.heartbeat) => why,
                    Err(why) = talk.read(&mut stream) => why,
                    Err(why) = talk.watch(options.recheck) => why,
                    () = talk.pulse.stopped(options.heartbeat) => Close::Gone,
                    () = state.stopping.cancelled() => Close::ComeAgain,
                }
            })
            .await;
            socket = sink.reunite(stream).expect("the halves are of one socket");
            why
        }
        Err(why) => why,
    };
    wire::close(socket, why).await;
}

/// What the socket came with.
struct Pass {
    token: String,
    ends: Timestamp,
}

async fn admit(
    core: &Core,
    socket: &mut WebSocket,
    options: &LiveOptions,
) -> Result<(OperatorFeed, Pass), Close> {
    let OperatorHello::Connect {
        operator_id,
        token,
        last_seq,
        epoch,
    } = wire::first_frame(socket, options.first_frame)
        .await
        .ok_or(Close::Unauthenticated)?;
    let because = |error: Error| Close::because(&error);
    let (principal, ends) = core.authenticate_until(&token).await.map_err(because)?;
    if principal.person() != Some(operator_id) {
        return Err(Close::Unauthenticated);
    }
    let resume = Resume { last_seq, epoch };
    let feed = core
        .connect_operator(principal, resume)
        .await
        .map_err(because)?;
    Ok((feed, Pass { token, ends }))
}

/// Writes what is told, everything that waits before one flush, and asks for signs of life.
async fn write(
    sink: &mut Sink,
    mut feed: OperatorFeed,
    heartbeat: Duration,
) -> Result<Infallible, Close> {
    let mut beat = interval_at(Instant::now() + heartbeat, heartbeat);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut unflushed = false;
    loop {
        tokio::select! {
            biased;
            _ = beat.tick() => wire::ping(sink).await?,
            frames = feed.next() => {
                let frames = frames.map_err(|error| Close::because(&error))?;
                wire::feed(sink, &frames).await?;
                unflushed = true;
            }
            // Only when nothing more is ready: one flush for all that waited.
            flushed = wire::flush(sink), if unflushed => {
                flushed?;
                unflushed = false;
            }
        }
    }
}

/// What the parts of one connection share.
struct Talk<'a> {
    core: &'a Core,
    control: OperatorControl,
    pass: Mutex<Pass>,
    pulse: Pulse,
}

impl Talk<'_> {
    /// Does what the client asks for.
    async fn read(&self, stream: &mut SplitStream<WebSocket>) -> Result<Infallible, Close> {
        let mut pace = Pace::new();
        loop {
            let text = wire::text(stream.next().await)?;
            self.pulse.beat();
            let Some(text) = text else { continue };
            if !pace.allows() {
                return Err(Close::TooFast);
            }
            let frame = serde_json::from_str(&text).map_err(|_| Close::BadFrame)?;
            self.obey(frame).await?;
        }
    }

    async fn obey(&self, frame: OperatorFrame) -> Result<(), Close> {
        match frame {
            OperatorFrame::Ping => self.control.answer(Frame::pong()),
            OperatorFrame::Refresh { token } => self.refresh(token).await?,
            OperatorFrame::Typing {
                conversation_id,
                is_typing,
            } => {
                let principal = self.control.principal();
                let told = self
                    .core
                    .operator_typing(&principal, conversation_id, Typing { is_typing })
                    .await;
                told.or_else(forgive)?;
            }
            OperatorFrame::Viewing { conversation_id } => {
                self.control
                    .looks_at(conversation_id)
                    .await
                    .or_else(forgive)?;
            }
            OperatorFrame::Status { status } => self.set_status(status).await?,
        }
        Ok(())
    }

    /// The change comes back to him as `operator.status`, as to everybody; that is his answer.
    async fn set_status(&self, status: OperatorStatus) -> Result<(), Close> {
        let principal = self.control.principal();
        let Some(operator) = principal.person() else {
            return Ok(());
        };
        let set = self
            .core
            .set_operator_status(&principal, operator, status)
            .await;
        set.map(drop).or_else(forgive)
    }

    async fn refresh(&self, token: String) -> Result<(), Close> {
        let before = self.control.principal();
        let (principal, ends) = self.authenticate(&token).await?;
        if (principal.actor(), principal.tenant_id) != (before.actor(), before.tenant_id) {
            return Err(Close::Unauthenticated);
        }
        *self.pass.lock().unwrap_or_else(PoisonError::into_inner) = Pass { token, ends };
        self.renew(principal).await
    }

    /// Ends the socket when its right to be open ends: by a signal at once, by the token's end in time, and
    /// by a look now and then for whatever no signal told.
    async fn watch(&self, recheck: Duration) -> Result<Infallible, Close> {
        let mut tick = interval(recheck);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                asked = self.control.asked() => {
                    match asked {
                        Asked::End => return Err(Close::Unauthenticated),
                        Asked::ComeAgain => return Err(Close::ComeAgain),
                        Asked::Recheck => {}
                    }
                }
                _ = tick.tick() => {}
                () = sleep(self.left()) => {
                    if self.left().is_zero() {
                        return Err(Close::Unauthenticated);
                    }
                    // Another token took its place.
                    continue;
                }
            }
            let token = self.token();
            match self.core.authenticate(&token).await {
                Ok(principal) => self.renew(principal).await?,
                Err(Error::Refused { .. }) if token != self.token() => {}
                Err(Error::Refused { .. }) => return Err(Close::Unauthenticated),
                // Out of reach for a moment: he stays, the token's own end holds all the same.
                Err(error) => tracing::debug!(%error, "a session could not be looked at"),
            }
        }
    }

    async fn renew(&self, principal: Principal) -> Result<(), Close> {
        self.control.renew(principal).await.or_else(forgive)
    }

    async fn authenticate(&self, token: &str) -> Result<(Principal, Timestamp), Close> {
        self.core
            .authenticate_until(token)
            .await
            .map_err(|error| Close::because(&error))
    }

    fn token(&self) -> String {
        self.pass
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .token
            .clone()
    }

    /// How long the token still holds.
    fn left(&self) -> Duration {
        let ends = self
            .pass
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ends;
        ends.since(self.core.clock().now())
    }
}

/// What a client may not do, or cannot right now, is not done; the connection goes on.
fn forgive(error: Error) -> Result<(), Close> {
    if !matches!(error, Error::Refused { .. }) {
        tracing::warn!(%error, "a socket's frame was not acted on");
    }
    Ok(())
}
