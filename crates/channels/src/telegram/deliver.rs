//! Handing a message over, piece by piece.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::album;
use super::channel::Telegram;
use super::compose::{FileWay, Piece, Target, compose};
use super::failures::CallError;
use super::transport::Bounds;
use crate::{Delivery, OutboundMessage};

/// Between two pieces of one message a short wait is better than half a message.
const PATIENCE: Duration = Duration::from_secs(10);
/// Times that a piece in the middle waits.
const WAITS: u32 = 3;

/// What a call that sends answers: a message or, for an album, all of its messages.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answered {
    One(SentMessage),
    Many(Vec<SentMessage>),
}

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
                Ok(ids) => {
                    let named = ids.iter().map(|id| format!("{}:{id}", target.chat_id));
                    provider_ids.extend(named);
                }
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
    ) -> Result<Vec<i64>, CallError> {
        let mut waits = if patient { WAITS } else { 0 };
        loop {
            let error = match self.send_or_adapt(piece, target).await {
                Ok(result) => return Ok(message_ids(&result)),
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
            Piece::File(piece) => {
                let way = instead.unwrap_or(piece.way);
                let mut form = target.form();
                if let Some(caption) = &piece.caption {
                    form = form.text("caption", caption);
                }
                let form = form.file(way.field, piece.file.clone());
                let bounds = self.upload_bounds();
                self.transport().upload(way.method, form, bounds).await
            }
            Piece::Album(members) => {
                let form = album::fill(target.album_form(), members, instead.is_some());
                let bounds = self.upload_bounds();
                self.transport()
                    .upload("sendMediaGroup", form, bounds)
                    .await
            }
        }
    }

    fn upload_bounds(&self) -> Bounds {
        Bounds {
            within: self.deadlines().upload,
            ..self.bounds()
        }
    }
}

fn message_ids(result: &RawValue) -> Vec<i64> {
    match serde_json::from_str(result.get()) {
        Ok(Answered::One(sent)) => vec![sent.message_id],
        Ok(Answered::Many(sent)) => sent.iter().map(|sent| sent.message_id).collect(),
        Err(_) => Vec::new(),
    }
}
