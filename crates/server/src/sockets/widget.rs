//! The visitors' socket, `/api/v1/widget/ws`.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use omni_core::live::{Frame, VisitorControl, VisitorFeed};
use omni_core::{Core, Error};
use omni_model::codes;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::frames::{VisitorFrame, VisitorHello};
use super::gate;
use super::pace::Pace;
use super::pulse::Pulse;
use super::wire::{self, Close, Sink};
use crate::extract::ClientAddr;
use crate::waiting::{Door, Waiting};
use crate::{ApiError, AppState};

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(open_widget_socket))
}

/// Live events for a visitor
///
/// A WebSocket. The first frame says who connects:
/// `{"type":"widget.connect","session_token","after"?}`.
#[utoipa::path(
    get,
    path = "/api/v1/widget/ws",
    tag = "widget",
    security(()),
    responses((status = 101, description = "The connection is a WebSocket from here on"))
)]
async fn open_widget_socket(
    State(state): State<AppState>,
    ClientAddr(client): ClientAddr,
    uri: Uri,
    headers: HeaderMap,
    request: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    gate::refuse_token_in_address(&uri)?;
    // Which pages may is the channel's word, and the channel follows from the first frame.
    let origin = gate::origin(&headers).map(str::to_owned);
    let serving = state.clone();
    let who = (Door::Visitors, client);
    gate::upgrade(&state, who, request, |socket, waiting| {
        serve(serving, socket, origin, waiting)
    })
}

async fn serve(state: AppState, mut socket: WebSocket, origin: Option<String>, waiting: Waiting) {
    let welcome = tokio::select! {
        welcome = Box::pin(admit(&state.core, &mut socket, origin.as_deref())) => welcome,
        () = state.stopping.cancelled() => Err(Close::ComeAgain),
    };
    let options = &state.core.options().live;
    let why = match welcome {
        Ok(feed) => {
            // It has said whose it is.
            drop(waiting);
            let (mut sink, mut stream) = socket.split();
            let talk = Talk {
                control: feed.control(),
                pulse: Pulse::new(),
                origin,
            };
            let why = tokio::select! {
                Err(why) = write(&mut sink, feed, options.heartbeat) => why,
                Err(why) = talk.read(&mut stream) => why,
                Err(why) = talk.watch(options.recheck) => why,
                () = talk.pulse.stopped(options.heartbeat) => Close::Gone,
                () = state.stopping.cancelled() => Close::ComeAgain,
            };
            socket = sink.reunite(stream).expect("the halves are of one socket");
            why
        }
        Err(why) => why,
    };
    Box::pin(wire::close(socket, why)).await;
}

async fn admit(
    core: &Core,
    socket: &mut WebSocket,
    origin: Option<&str>,
) -> Result<VisitorFeed, Close> {
    let within = core.options().live.first_frame;
    let VisitorHello::Connect {
        session_token,
        after,
    } = wire::first_frame(socket, within)
        .await
        .ok_or(Close::Unauthenticated)?;
    core.connect_visitor(&session_token, origin, after)
        .await
        .map_err(|error| refusal(&error))
}

/// A page that may not use the widget is told so; whatever else is refused is a session that does not hold.
fn refusal(error: &Error) -> Close {
    match error {
        // It comes again by itself, and the day may come when it may.
        Error::Refused { code, .. }
            if [codes::BAD_ORIGIN.code, codes::TENANT_SUSPENDED.code].contains(&code.code) =>
        {
            Close::Forbidden
        }
        error => Close::because(error),
    }
}

/// Writes what is told, everything that waits before one flush, and asks for signs of life.
async fn write(
    sink: &mut Sink,
    mut feed: VisitorFeed,
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
                wire::feed(sink, &frames.ok_or(Close::ComeAgain)?).await?;
                unflushed = true;
            }
            // Only when nothing more is ready: one flush for all that waited.
            flushed = wire::flush(sink), if unflushed => {
                flushed?;
                unflushed = false;
                if let Err(error) = feed.flushed().await {
                    // Noted again with whatever comes next.
                    tracing::debug!(%error, "messages were not marked as delivered");
                }
            }
        }
    }
}

/// What the parts of one connection share.
struct Talk {
    control: VisitorControl,
    pulse: Pulse,
    origin: Option<String>,
}

impl Talk {
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
            let done = match serde_json::from_str(&text).map_err(|_| Close::BadFrame)? {
                VisitorFrame::Ping => {
                    self.control.answer(Frame::pong());
                    Ok(())
                }
                VisitorFrame::Typing { is_typing } => self.control.typing(is_typing).await,
                VisitorFrame::Read => self.control.read().await,
            };
            if let Err(error) = done {
                tracing::debug!(%error, "a visitor's frame was not acted on");
            }
        }
    }

    /// Ends the socket when its channel is gone, closed to this page, or the session is another's now: by a signal at
    /// once, and by a look now and then for whatever no signal told.
    async fn watch(&self, recheck: Duration) -> Result<Infallible, Close> {
        let mut tick = interval_at(Instant::now() + recheck, recheck);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = self.control.asked() => {}
                _ = tick.tick() => {}
            }
            match self.control.recheck(self.origin.as_deref()).await {
                Ok(true) => {}
                Ok(false) => return Err(Close::ComeAgain),
                Err(error @ Error::Refused { .. }) => return Err(refusal(&error)),
                Err(error) => tracing::debug!(%error, "a visitor's session could not be looked at"),
            }
        }
    }
}
