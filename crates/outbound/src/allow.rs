//! Exceptions from the guard: targets that whoever runs the installation vouches for.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

/// One destination that is let through although its address is not public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowRule {
    /// This host name, whatever it resolves to.
    Host(String),
    /// Every address of this network.
    Net(IpNet),
}

/// A text that is neither a host name nor a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither a host name, an address nor a network like 10.0.0.0/8")]
pub struct BadAllowRule;

impl FromStr for AllowRule {
    type Err = BadAllowRule;

    fn from_str(text: &str) -> Result<Self, BadAllowRule> {
        let text = text.trim();
        if let Ok(net) = text.parse::<IpNet>() {
            return Ok(Self::Net(net));
        }
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self::Net(address.into()));
        }
        // The parser that reads every address decides how a host name is written, too.
        match url::Host::parse(text) {
            Ok(url::Host::Domain(name)) => Ok(Self::Host(without_root_dot(&name))),
            _ => Err(BadAllowRule),
        }
    }
}

/// Host names compare without the dot that may mark the root of the name tree.
pub(crate) fn without_root_dot(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_hosts_addresses_or_networks() {
        let net = |text: &str| AllowRule::Net(text.parse().unwrap());
        assert_eq!("10.0.0.0/8".parse(), Ok(net("10.0.0.0/8")));
        assert_eq!("127.0.0.1".parse(), Ok(net("127.0.0.1/32")));
        assert_eq!("[::1]".parse(), Ok(net("::1/128")));
        assert_eq!(
            "Telegram.Local.".parse(),
            Ok(AllowRule::Host("telegram.local".to_owned()))
        );
        for bad in ["", "a b", "10.0.0.0/99", "http://x", "host:80"] {
            assert_eq!(bad.parse::<AllowRule>(), Err(BadAllowRule), "{bad}");
        }
    }
}
