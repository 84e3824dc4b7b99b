//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

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
            .map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip());
        Ok(Self(client(
            peer,
            &parts.headers,
            &state.options.trusted_proxies,
        )))
    }
}

/// The last address of `X-Forwarded-For` that is not a trusted proxy's; each proxy appends the one it saw.
/// Whoever is not a trusted proxy is believed nothing.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.to_canonical();
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in hops.into_iter().rev() {
        if !trusted.iter().any(|net| net.contains(&client)) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        client = address.to_canonical();
    }
    client
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
        assert_eq!(told("10.0.0.1", &["not an address"], &proxies), "10.0.0.1");
    }
}
