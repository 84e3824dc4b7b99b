//! A server that speaks S3, for files.

use url::Url;

use crate::reader::Reader;
use crate::secret::Secret;

/// Where files lie on a server that speaks S3.
#[derive(Debug, Clone)]
pub struct S3 {
    /// Of a server other than Amazon's.
    pub endpoint: Option<Url>,
    pub region: String,
    pub bucket: String,
    pub access_key_id: String,
    pub secret_access_key: Secret<String>,
}

impl S3 {
    /// `None` where no bucket is named: files then lie in the data folder.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let endpoint = reader.parsed("s3_endpoint_url", "an http or https URL");
        let region = reader.text("s3_region").unwrap_or_default();
        let bucket = reader.text("s3_bucket_name");
        let access_key_id = reader.text("s3_access_key_id");
        let secret_access_key = reader.secret("s3_secret_access_key");
        let bucket = bucket?;
        let is_http = |url: &Url| matches!(url.scheme(), "http" | "https");
        if endpoint.as_ref().is_some_and(|url| !is_http(url)) {
            reader.problem("s3_endpoint_url", "must start with http:// or https://");
        }
        if access_key_id.is_none() {
            reader.problem("s3_access_key_id", "is required with S3_BUCKET_NAME");
        }
        if secret_access_key.is_none() {
            reader.problem("s3_secret_access_key", "is required with S3_BUCKET_NAME");
        }
        Some(Self {
            endpoint,
            region,
            bucket,
            access_key_id: access_key_id.unwrap_or_default(),
            secret_access_key: secret_access_key.unwrap_or_else(|| Secret::new(String::new())),
        })
    }
}
