//! The client itself.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request, redirect, retry};
use serde::Serialize;

use crate::allow::AllowRule;
use crate::answer::{Answer, AnswerStream, Receipt};
use crate::body::{Begun, Watched};
use crate::call::Call;
use crate::failure::{Failure, FailureKind};
use crate::form::Form;
use crate::guard::Guard;

/// The time for a connection to stand, encryption included.
const CONNECT: Duration = Duration::from_secs(8);
/// Idle connections are dropped sooner than servers usually do: a request on a connection that the
/// other side is just closing would end with an outcome nobody knows.
const IDLE: Duration = Duration::from_secs(20);

/// The HTTP client. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub struct Outbound {
    client: reqwest::Client,
    guard: Guard,
}

/// The client cannot be made: usually the machine has no certificates.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up; are root certificates (ca-certificates) installed?")]
pub struct SetupError(#[source] reqwest::Error);

impl Outbound {
    /// A client that calls public addresses and what `allow` lets through, and nothing else.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that makes HTTP clients"
    )]
    pub fn new(allow: Vec<AllowRule>) -> Result<Self, SetupError> {
        // Another part of the process may have chosen a provider already: then that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(allow);
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(guard.clone()))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .tcp_nodelay(true)
            .user_agent(concat!("OmniSupport/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(SetupError)?;
        Ok(Self { client, guard })
    }

    /// Posts a value as JSON.
    pub async fn post_json<T>(&self, call: Call<'_>, value: &T) -> Result<Answer, Failure>
    where
        T: Serialize + ?Sized + Sync,
    {
        let body = serde_json::to_vec(value).map_err(|_| Failure::unsent(FailureKind::Protocol))?;
        self.post_bytes(call, "application/json", body.into()).await
    }

    /// Posts bytes as they are.
    pub async fn post_bytes(
        &self,
        call: Call<'_>,
        content_type: &'static str,
        body: bytes::Bytes,
    ) -> Result<Answer, Failure> {
        let mut request = self.request(Method::POST, &call)?;
        request
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        *request.body_mut() = Some(body.into());
        self.run(request, call.at_most).await?.collect().await
    }

    /// Posts bytes of which only whether they were taken matters. Of the answer's body so much is read as the call
    /// takes, so that the connection can serve again; what goes wrong there changes nothing any more.
    pub async fn post_for_receipt(
        &self,
        call: Call<'_>,
        content_type: &'static str,
        body: bytes::Bytes,
    ) -> Result<Receipt, Failure> {
        let mut request = self.request(Method::POST, &call)?;
        request
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        *request.body_mut() = Some(body.into());
        let mut answer = self.run(request, u64::MAX).await?;
        let mut left = call.at_most;
        while left > 0
            && let Some(Ok(chunk)) = answer.body.next().await
        {
            left = left.saturating_sub(chunk.len() as u64);
        }
        Ok(Receipt {
            status: answer.status,
            retry_after: answer.retry_after,
        })
    }

    /// Whether a URL can be called as far as it tells by itself. What its name leads to is looked at when it is called.
    pub fn admits(&self, url: &url::Url) -> bool {
        self.guard.check_url(url).is_ok()
    }

    /// Posts a form with files.
    pub async fn post_form(&self, call: Call<'_>, form: Form) -> Result<Answer, Failure> {
        let request = self.request(Method::POST, &call)?;
        let request = reqwest::RequestBuilder::from_parts(self.client.clone(), request)
            .multipart(form.into_reqwest())
            .build()
            .map_err(|_| Failure::unsent(FailureKind::Protocol))?;
        self.run(request, call.at_most).await?.collect().await
    }

    /// Gets a whole answer.
    pub async fn get(&self, call: Call<'_>) -> Result<Answer, Failure> {
        self.get_stream(call).await?.collect().await
    }

    /// Gets an answer piece by piece. The call's time covers the body, too.
    pub async fn get_stream(&self, call: Call<'_>) -> Result<AnswerStream, Failure> {
        let request = self.request(Method::GET, &call)?;
        self.run(request, call.at_most).await
    }

    fn request(&self, method: Method, call: &Call<'_>) -> Result<Request, Failure> {
        self.guard
            .check_url(call.url)
            .map_err(|_| Failure::unsent(FailureKind::Blocked))?;
        let mut request = Request::new(method, call.url.clone());
        *request.timeout_mut() = Some(call.within);
        for (name, value) in &call.headers {
            let value =
                HeaderValue::from_str(value).map_err(|_| Failure::unsent(FailureKind::Protocol))?;
            request
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
        Ok(request)
    }

    async fn run(&self, mut request: Request, at_most: u64) -> Result<AnswerStream, Failure> {
        let begun = Begun::default();
        let has_body = request.body().is_some();
        if let Some(body) = request.body_mut().take() {
            let watched = Watched::new(body, begun.clone());
            *request.body_mut() = Some(reqwest::Body::wrap(watched));
        }
        let response = self.client.execute(request).await.map_err(|error| {
            // Without a body there is nothing to watch: all that failed after connecting may have been seen.
            let begun = begun.is_set() || (!has_body && !error.is_connect());
            Failure::of_request(&error, begun)
        })?;
        AnswerStream::of(response, at_most)
    }
}
