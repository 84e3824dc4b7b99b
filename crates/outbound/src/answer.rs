//! What came back.

use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, TryStreamExt};

use crate::failure::{Failure, FailureKind};

/// A whole answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    /// From the `Retry-After` header, where it is told in seconds.
    pub retry_after: Option<Duration>,
    pub body: Bytes,
}

/// An answer of which only the head matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub status: u16,
    /// From the `Retry-After` header, where it is told in seconds.
    pub retry_after: Option<Duration>,
}

/// An answer whose body is still on its way.
pub struct AnswerStream {
    pub status: u16,
    pub content_type: Option<String>,
    pub content_length: Option<u64>,
    pub retry_after: Option<Duration>,
    /// Ends with [`FailureKind::TooLarge`] where more comes than was asked for.
    pub body: Pin<Box<dyn Stream<Item = Result<Bytes, Failure>> + Send>>,
}

impl AnswerStream {
    pub(crate) fn of(response: reqwest::Response, at_most: u64) -> Result<Self, Failure> {
        let content_length = response.content_length();
        if content_length.is_some_and(|length| length > at_most) {
            return Err(Failure::after_sending(FailureKind::TooLarge));
        }
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        Ok(Self {
            status: response.status().as_u16(),
            content_type: header("content-type"),
            content_length,
            retry_after: header("retry-after")
                .and_then(|text| text.trim().parse().ok())
                .map(Duration::from_secs),
            body: Box::pin(capped(response, at_most)),
        })
    }

    pub(crate) async fn collect(self) -> Result<Answer, Failure> {
        let body = self
            .body
            .try_fold(BytesMut::new(), |mut whole, chunk| async move {
                whole.extend_from_slice(&chunk);
                Ok(whole)
            })
            .await?;
        Ok(Answer {
            status: self.status,
            content_type: self.content_type,
            retry_after: self.retry_after,
            body: body.freeze(),
        })
    }
}

fn capped(
    response: reqwest::Response,
    at_most: u64,
) -> impl Stream<Item = Result<Bytes, Failure>> + Send {
    let mut left = at_most;
    response.bytes_stream().map(move |chunk| {
        let chunk = chunk.map_err(|error| Failure::of_request(&error, true))?;
        left = left
            .checked_sub(chunk.len() as u64)
            .ok_or(Failure::after_sending(FailureKind::TooLarge))?;
        Ok(chunk)
    })
}
