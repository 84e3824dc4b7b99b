//! A network or a single address, as settings write it.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// Parses `10.0.0.0/8` as well as `10.0.0.7`.
pub(crate) struct Network(pub(crate) IpNet);

impl FromStr for Network {
    type Err = ipnet::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<IpAddr>() {
            Ok(address) => Ok(Self(IpNet::from(address))),
            Err(_) => text.parse().map(Self),
        }
    }
}
