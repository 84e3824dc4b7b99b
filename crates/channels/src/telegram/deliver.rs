//! Handing a message over, piece by piece.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::channel::Telegram;
use super::compose::{FileWay, Piece, Target, compose};
use super::failures::CallError;
use super::transport::Bounds;
use crate::{Delivery, OutboundMessage};

/// Between two pieces of one message a short wait is better than half a message.
const PATIENCE: Duration = Duration::from_secs(10);
/// Times that a piece in the middle waits.
const WAITS: u32 = 3;

#[derive(Deserialize)]
struct SentMessage {
    message_id: i64,
}

impl Telegram {
    pub(super) async fn deliver(&self, message: OutboundMessage) -> Delivery {
        let target = match Target::of(&message) {
            Ok(target) => target,
            Err(error) => return Delivery::Refused(error),
        };
        let pieces = match compose(message.content) {
            Ok(pieces) => pieces,
            Err(error) => return Delivery::Refused(error),
        };
        let mut provider_ids = Vec::new();
        for (position, piece) in pieces.iter().enumerate() {
            let first = position == 0;
            let target = if first {
                target
            } else {
                target.without_reply()
            };
            match self.send_piece(piece, target, !first).await {
                // Without an id there is no way to answer the piece, but it was taken all the same.
                Ok(id) => provider_ids.extend(id.map(|id| format!("{}:{id}", target.chat_id))),
                Err(error) => return error.into_delivery(provider_ids),
            }
        }
        Delivery::Sent { provider_ids }
    }

    /// Sends a piece; a `patient` one waits where Telegram asks for it.
    async fn send_piece(
        &self,
        piece: &Piece,
        target: Target,
        patient: bool,
    ) -> Result<Option<i64>, CallError> {
        let mut waits = if patient { WAITS } else { 0 };
        loop {
            let error = match self.send_or_adapt(piece, target).await {
                Ok(result) => return Ok(message_id(&result)),
                Err(error) => error,
            };
            match error.asked_wait() {
                Some(wait) if waits > 0 && wait <= PATIENCE => tokio::time::sleep(wait).await,
                _ => return Err(error),
            }
            waits -= 1;
        }
    }

    /// Sends a piece; where Telegram refused only its form, in a humbler form.
    async fn send_or_adapt(
        &self,
        piece: &Piece,
        mut target: Target,
    ) -> Result<Box<RawValue>, CallError> {
        let mut instead = None;
        loop {
            let error = match self.send_once(piece, target, instead).await {
                Ok(result) => return Ok(result),
                Err(error) => error,
            };
            let refused = matches!(error, CallError::Refused { status: 400, .. });
            if target.reply_to.is_some() && error.says("message to be replied not found") {
                target = target.without_reply();
            } else if refused
                && instead.is_none()
                && piece.has_plainer_way()
                && !error.about_recipient()
            {
                // A photo with odd sides, a voice message to somebody who takes none, ...
                instead = Some(FileWay::DOCUMENT);
            } else {
                return Err(error);
            }
        }
    }

    async fn send_once(
        &self,
        piece: &Piece,
        target: Target,
        instead: Option<FileWay>,
    ) -> Result<Box<RawValue>, CallError> {
        match piece {
            Piece::Plain { method, fields } => {
                let body = target.fill(fields);
                self.transport().call(method, &body, self.bounds()).await
            }
            Piece::File { way, file, caption } => {
                let way = instead.unwrap_or(*way);
                let mut form = target.form();
                if let Some(caption) = caption {
                    form = form.text("caption", caption);
                }
                let form = form.file(way.field, file.clone());
                let bounds = Bounds {
                    within: self.deadlines().upload,
                    ..self.bounds()
                };
                self.transport().upload(way.method, form, bounds).await
            }
        }
    }
}

fn message_id(result: &RawValue) -> Option<i64> {
    let sent: SentMessage = serde_json::from_str(result.get()).ok()?;
    Some(sent.message_id)
}
