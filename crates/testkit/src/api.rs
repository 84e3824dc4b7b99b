//! A client of the HTTP API.

use std::net::SocketAddr;

use reqwest::Method;
use serde_json::Value;

/// Somebody who calls the API.
#[derive(Clone)]
pub struct Api {
    client: reqwest::Client,
    addr: SocketAddr,
    token: Option<String>,
    key: Option<String>,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body of an answer that must have this status.
    ///
    /// # Panics
    /// When it has another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{:#}", self.body);
        self.body
    }

    /// The body of a refusal that must have this status and code.
    ///
    /// # Panics
    /// When it has not.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status, self.body["code"].as_str()),
            (status, Some(code)),
            "{:#}",
            self.body
        );
        let kind = self
            .headers
            .get("content-type")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        assert_eq!(kind, "application/problem+json");
        self.body
    }

    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Api {
    pub(crate) fn new(addr: SocketAddr) -> Self {
        Self {
            client: http_client(),
            addr,
            token: None,
            key: None,
        }
    }

    /// The same with a bearer token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            key: None,
            ..self.clone()
        }
    }

    /// The same with an API key instead.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self {
            token: None,
            key: Some(key.to_owned()),
            ..self.clone()
        }
    }

    /// The bearer token, if any.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Where the server is.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// A request to be changed and sent with [`Api::send`].
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .client
            .request(method, format!("http://{}{path}", self.addr));
        match (&self.token, &self.key) {
            (Some(token), _) => request.bearer_auth(token),
            (None, Some(key)) => request.header("X-API-Key", key),
            (None, None) => request,
        }
    }

    /// Sends a request.
    ///
    /// # Panics
    /// When there is no answer at all.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response
            .bytes()
            .await
            .expect("the answer is whole")
            .to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status,
            headers,
            body,
            bytes,
        }
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// `POST` with a JSON body and an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("Idempotency-Key", key)
            .json(body);
        self.send(request).await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body))
            .await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// `POST` of one file as the form field `file`.
    pub async fn upload(&self, path: &str, name: &str, mime_type: &str, bytes: Vec<u8>) -> Answer {
        let part = reqwest::multipart::Part::bytes(bytes)
            .file_name(name.to_owned())
            .mime_str(mime_type)
            .expect("a media type");
        let form = reqwest::multipart::Form::new().part("file", part);
        self.send(self.request(Method::POST, path).multipart(form))
            .await
    }
}

/// A plain HTTP client of our own servers: no proxies, no redirects.
#[expect(clippy::disallowed_methods, reason = "a test calls its own server")]
pub fn http_client() -> reqwest::Client {
    // The client wants to know who would do TLS, although nothing here speaks it. Somebody may have told it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(30))
        .build()
        .expect("nothing in it can fail")
}
