//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::AppState;

/// The other end of the connection; the accept loop puts it into each request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PeerAddr(pub(crate) SocketAddr);

/// The client's address: the other end of the connection, or what a trusted proxy says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientAddr(pub(crate) IpAddr);

impl FromRequestParts<AppState> for ClientAddr {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<PeerAddr>()
            .map_or(UNKNOWN, |peer| peer.0.ip());
        Ok(Self(client(
            peer,
            &parts.headers,
            &state.options.trusted_proxies,
        )))
    }
}

/// Somebody behind a trusted proxy of whom it tells nothing that can be read. No private address: whatever is for those
/// only is not for him.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// The last address of `X-Forwarded-For` that is not a trusted proxy's; each proxy appends the one it saw.
/// Whoever is not a trusted proxy is believed nothing.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.to_canonical();
    // Bytes, not text: the client wrote the first part of the line, and must not spoil the proxy's.
    let hops: Vec<&[u8]> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .collect();
    for hop in hops.into_iter().rev() {
        if !trusted.iter().any(|net| net.contains(&client)) {
            break;
        }
        client = address(hop).map_or(UNKNOWN, |address| address.to_canonical());
    }
    client
}

/// An address, which some proxies write with the port.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop).ok()?.trim();
    let with_port = || hop.parse().map(|address: SocketAddr| address.ip());
    hop.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(told("1.2.3.4", &["9.9.9.9"], &proxies), "1.2.3.4");
        assert_eq!(told("10.0.0.1", &["9.9.9.9"], &[]), "10.0.0.1");
        assert_eq!(told("10.0.0.1", &["9.9.9.9"], &proxies), "9.9.9.9");
        assert_eq!(told("::ffff:10.0.0.1", &["9.9.9.9"], &proxies), "9.9.9.9");
        // The client wrote the first entry himself; the proxy appended what it saw.
        assert_eq!(told("10.0.0.1", &["6.6.6.6, 9.9.9.9"], &proxies), "9.9.9.9");
        assert_eq!(
            told("10.0.0.1", &["6.6.6.6", "9.9.9.9, 10.0.0.2"], &proxies),
            "9.9.9.9"
        );
        assert_eq!(told("10.0.0.1", &["9.9.9.9:5123"], &proxies), "9.9.9.9");
        assert_eq!(
            told("10.0.0.1", &["[2001:db8::9]:80"], &proxies),
            "2001:db8::9"
        );
    }

    #[test]
    fn who_cannot_be_told_is_not_taken_for_the_proxy() {
        let proxies = ["10.0.0.0/8"];
        for odd in ["not an address", "unknown", "", "9.9.9.9;x"] {
            assert_eq!(told("10.0.0.1", &[odd], &proxies), "0.0.0.0", "{odd}");
        }
        let mut headers = HeaderMap::new();
        let bytes = axum::http::HeaderValue::from_bytes(b"\xff, 9.9.9.9").unwrap();
        headers.append("x-forwarded-for", bytes);
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let client = client("10.0.0.1".parse().unwrap(), &headers, &trusted);
        assert_eq!(client.to_string(), "9.9.9.9");
    }
}
