//! The guard against requests to inside: checked where a name becomes an address, so that no second
//! look-up can answer differently from the first.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::address::is_public;
use crate::allow::{AllowRule, without_root_dot};

/// An address that may not be called. Carries nothing of it, so nothing can leak into a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this address may not be called")]
pub(crate) struct Blocked;

/// Decides which URLs and addresses may be called.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    allow: Arc<[AllowRule]>,
}

impl Guard {
    pub(crate) fn new(allow: Vec<AllowRule>) -> Self {
        Self {
            allow: allow.into(),
        }
    }

    /// Checks all of a URL that is known before a name is resolved.
    pub(crate) fn check_url(&self, url: &Url) -> Result<(), Blocked> {
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none();
        // A literal address never reaches the resolver, so it is judged here.
        let reachable = match url.host() {
            Some(Host::Domain(name)) => !name.is_empty(),
            Some(Host::Ipv4(address)) => self.admits(address.into()),
            Some(Host::Ipv6(address)) => self.admits(address.into()),
            None => false,
        };
        (plain && reachable).then_some(()).ok_or(Blocked)
    }

    fn admits(&self, address: IpAddr) -> bool {
        is_public(address)
            || self.allow.iter().any(|rule| match rule {
                AllowRule::Host(_) => false,
                AllowRule::Net(net) => net.contains(&address),
            })
    }

    fn trusts(&self, name: &str) -> bool {
        let name = without_root_dot(name);
        self.allow
            .iter()
            .any(|rule| matches!(rule, AllowRule::Host(host) if *host == name))
    }

    /// Of what a name resolved to, that which may be dialled.
    fn dialable(&self, name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Blocked> {
        if self.trusts(name) {
            return Ok(found);
        }
        let open: Vec<_> = found
            .into_iter()
            .filter(|address| self.admits(address.ip()))
            .collect();
        if open.is_empty() {
            return Err(Blocked);
        }
        Ok(open)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let name = name.as_str();
            let found: Vec<_> = tokio::net::lookup_host((name, 0)).await?.collect();
            let open = guard.dialable(name, found)?;
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(rules: &[&str]) -> Guard {
        Guard::new(rules.iter().map(|rule| rule.parse().unwrap()).collect())
    }

    fn check(guard: &Guard, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| guard.check_url(&url).is_ok())
    }

    #[test]
    fn disguised_addresses_are_seen_through() {
        let guard = guard(&[]);
        let refused = [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0/",
            "http://0.0.0.0/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0x7f000001/",
            "http://017700000001/",
            "http://127.0.0.1./",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://169.254.169.254/latest/meta-data",
            "http://100.100.100.200/",
            "http://192.0.0.192/",
            "http://100.64.0.1/",
            "http://[fd00:ec2::254]/",
            "http://[64:ff9b::a9fe:a9fe]/",
            "http://[2002:7f00:1::]/",
            "http://[fe80::1]/",
            "http://a@127.0.0.1\\@b/",
            "http://user@example.com/",
            "http://:pass@example.com/",
            "http://127.0.0.\t1/",
            "http://１２７.０.０.１/",
            "http://127。0。0。1/",
            "http://⑫7.0.0.1/",
            "file:///etc/passwd",
            "gopher://example.com/",
            "ftp://example.com/",
            "unix:/run/docker.sock",
            "data:text/plain,x",
            "javascript:alert(1)",
        ];
        for url in refused {
            assert!(!check(&guard, url), "{url} must be refused");
        }
        for url in [
            "https://api.telegram.org/bot1:a/getMe",
            "http://8.8.8.8:8080/",
            "https://[2606:4700::1111]/",
        ] {
            assert!(check(&guard, url), "{url} must pass");
        }
    }

    #[test]
    fn a_name_is_dialled_only_where_it_is_public() {
        let addresses = |list: &[&str]| -> Vec<SocketAddr> {
            list.iter()
                .map(|ip| SocketAddr::new(ip.parse().unwrap(), 0))
                .collect()
        };
        let mixed = || addresses(&["8.8.8.8", "127.0.0.1", "::1", "2606:4700::1111"]);
        let public = addresses(&["8.8.8.8", "2606:4700::1111"]);

        assert_eq!(guard(&[]).dialable("evil.example", mixed()), Ok(public));
        let inside = addresses(&["10.0.0.5"]);
        assert_eq!(
            guard(&[]).dialable("evil.example", inside.clone()),
            Err(Blocked)
        );
        assert_eq!(
            guard(&[]).dialable("evil.example", Vec::new()),
            Err(Blocked)
        );
        assert_eq!(
            guard(&["crm.local"]).dialable("CRM.local.", inside.clone()),
            Ok(inside.clone())
        );
        assert_eq!(
            guard(&["crm.local"]).dialable("xcrm.local", inside.clone()),
            Err(Blocked)
        );
        assert_eq!(
            guard(&["10.0.0.0/24"]).dialable("any.example", inside.clone()),
            Ok(inside)
        );
    }

    #[test]
    fn an_allowed_network_opens_its_own_addresses_only() {
        let guard = guard(&["127.0.0.0/8"]);
        assert!(check(&guard, "http://127.1:8080/"));
        assert!(!check(&guard, "http://10.0.0.1/"));
        assert!(!check(&guard, "http://[::1]/"));
        assert!(!check(&guard, "http://[::ffff:127.0.0.1]/"));
    }
}
