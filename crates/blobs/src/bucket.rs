//! A bucket of a server that speaks S3.

use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, Checksum};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may pause.
const PAUSE: Duration = Duration::from_secs(20);
/// Tries again of one request, and how long they may take: whoever sends a file waits for it.
const RETRIES: usize = 3;
const RETRY_FOR: Duration = Duration::from_secs(15);

/// Where files lie on a server that speaks S3, and who we are there.
#[derive(Clone)]
pub struct Bucket {
    /// Of a server other than Amazon's, such as `http://127.0.0.1:9000`; the bucket's name follows as the first part
    /// of the path.
    pub endpoint: Option<String>,
    pub region: String,
    pub name: String,
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl Bucket {
    /// The client. Nothing is asked of the server yet.
    pub(crate) fn open(self) -> Result<AmazonS3, object_store::Error> {
        // Somebody else may have been first with the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plain = self
            .endpoint
            .as_ref()
            .is_some_and(|endpoint| endpoint.starts_with("http://"));
        let client = ClientOptions::new()
            .with_allow_http(plain)
            .with_connect_timeout(CONNECT)
            // A large file may take long, as long as it moves.
            .with_timeout_disabled()
            .with_read_timeout(PAUSE);
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: RETRIES,
            retry_timeout: RETRY_FOR,
        };
        let mut builder = AmazonS3Builder::new()
            .with_region(self.region)
            .with_bucket_name(self.name)
            .with_access_key_id(self.access_key_id)
            .with_secret_access_key(self.secret_access_key)
            .with_checksum_algorithm(Checksum::SHA256)
            .with_client_options(client)
            .with_retry(retry);
        if let Some(endpoint) = self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        builder.build()
    }
}
