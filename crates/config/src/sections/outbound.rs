//! What outgoing requests may reach beyond the public internet.

use std::str::FromStr;

use ipnet::IpNet;

use super::network::Network;
use crate::reader::Reader;

/// What outgoing requests may reach beyond the public internet.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// Hosts and networks the guard lets through.
    pub allow_hosts: Vec<AllowedHost>,
}

/// One exception of the guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedHost {
    /// A host name, in small letters, whatever it resolves to.
    Name(String),
    /// Addresses.
    Network(IpNet),
}

impl Outbound {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            allow_hosts: reader.parsed_list(
                "outbound_allow_hosts",
                "a host name, an address or a network",
            ),
        }
    }
}

impl FromStr for AllowedHost {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(network) = text.parse::<Network>() {
            return Ok(Self::Network(network.0));
        }
        let label = |label: &str| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        // A name that ends in a number would be an address to a URL parser, so a mistyped network is not taken for a name.
        let number = |label: &str| label.chars().all(|c| c.is_ascii_digit());
        if text.split('.').all(label) && !text.rsplit('.').next().is_some_and(number) {
            return Ok(Self::Name(text.to_ascii_lowercase()));
        }
        Err("neither a host name nor a network")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_addresses_and_networks() {
        assert_eq!(
            "Bot.Local".parse(),
            Ok(AllowedHost::Name("bot.local".to_owned()))
        );
        assert!(matches!("127.0.0.1".parse(), Ok(AllowedHost::Network(_))));
        assert!(matches!("fd00::/8".parse(), Ok(AllowedHost::Network(_))));
        for bad in [
            "http://host",
            "host:80",
            "*",
            "10.0.0.300",
            "10.0.0.0/40",
            "a..b",
        ] {
            assert!(bad.parse::<AllowedHost>().is_err(), "{bad}");
        }
    }
}
