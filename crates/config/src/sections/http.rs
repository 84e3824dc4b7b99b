//! Where the server listens and how the outside reaches it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use url::Url;

use super::network::Network;
use crate::reader::Reader;

const API_V1_PREFIX: &str = "/api/v1";

/// Where the server listens and how the outside reaches it.
#[derive(Debug, Clone)]
pub struct Http {
    /// Address and port to listen on.
    pub addr: SocketAddr,
    /// How the outside reaches the server, without a slash at the end of its path; see [`Http::public_url_at`].
    pub public_url: Option<Url>,
    /// Origins whose pages may call the API.
    pub cors_origins: Vec<String>,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl Http {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let http = Self {
            addr: reader
                .parsed("http_addr", "an address and port such as 127.0.0.1:8000")
                .unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            public_url: public_url(reader),
            cors_origins: reader.list("cors_origins"),
            trusted_proxies: reader
                .parsed_list::<Network>(
                    "trusted_proxies",
                    "an address or a network such as 10.0.0.0/8",
                )
                .into_iter()
                .map(|network| network.0)
                .collect(),
        };
        for origin in &http.cors_origins {
            if !is_origin(origin) {
                reader.problem(
                    "cors_origins",
                    format!("{origin:?} is not an origin such as https://shop.example"),
                );
            }
        }
        if reader
            .text("api_v1_prefix")
            .is_some_and(|prefix| prefix != API_V1_PREFIX)
        {
            reader.problem(
                "api_v1_prefix",
                "only /api/v1 is served; give another prefix in the reverse proxy",
            );
        }
        http
    }

    /// The public address of a server that listens on `bound`: what is set, else the listening address itself.
    pub fn public_url_at(&self, bound: SocketAddr) -> Url {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let host = match bound.ip() {
            any if any.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        let address = SocketAddr::new(host, bound.port());
        Url::parse(&format!("http://{address}")).expect("an address and port make a URL")
    }
}

fn public_url(reader: &mut Reader<'_>) -> Option<Url> {
    let mut url: Url = reader.parsed("public_url", "a URL such as https://support.example.com")?;
    let plain = url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || !plain || !anonymous {
        reader.problem(
            "public_url",
            "must be http(s)://host[:port][/path], nothing more",
        );
        return None;
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Some(url)
}

fn is_origin(text: &str) -> bool {
    // `Url::origin` prints exactly scheme, host and port: anything more, or a `*`, does not come back the same.
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_exact() {
        for good in ["https://shop.example", "http://localhost:3000"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "*",
            "null",
            "shop.example",
            "https://shop.example/",
            "https://a@shop.example",
            "https://*.example/x",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
