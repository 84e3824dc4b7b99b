//! How often: token buckets by session, tenant, address, account and channel.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use governor::clock::Clock;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use omni_config::Limits;
use omni_core::superadmin::Superadmin;
use omni_model::{ChannelId, Credential, Principal, SessionId, SuperadminSessionId, TenantId};

use crate::ApiError;
use crate::key_pace::KeyPace;
use crate::waiting::{Door, Waiting, WaitingRoom};

/// How many accounts one address, or addresses one account, may stand behind at sign-in: a whole office
/// signs in at nine, but nobody tries a password on a hundred accounts.
const SIGN_IN_SPREAD: u32 = 5;
/// How many busy visitors one address, such as an office, may stand behind.
const WIDGET_SPREAD: u32 = 10;
/// Which part of the sockets that an address may open in a minute may wait for their sign-in at once: those of ten
/// seconds, since none waits for more than five.
const WAITING_PART: u32 = 6;
/// How often buckets that are full again are forgotten.
const SWEEP: Duration = Duration::from_secs(60);

/// All limits of the HTTP surface. In one process; several share nothing.
pub struct RateLimits {
    session: Bucket<SessionId>,
    superadmin: Bucket<SuperadminSessionId>,
    key: KeyPace,
    wrong_key: Bucket<IpAddr>,
    tenant: Bucket<TenantId>,
    upload: Bucket<String>,
    sign_in: Bucket<(IpAddr, String)>,
    sign_in_address: Bucket<IpAddr>,
    sign_in_account: Bucket<String>,
    refresh: Bucket<IpAddr>,
    widget: Bucket<IpAddr>,
    visitor: Bucket<String>,
    socket: Bucket<(Door, IpAddr)>,
    waiting: Arc<WaitingRoom>,
    file: Bucket<IpAddr>,
    telegram: Bucket<ChannelId>,
}

impl RateLimits {
    pub(crate) fn new(limits: &Limits) -> Self {
        let spread = limits.login_per_minute.saturating_mul(SIGN_IN_SPREAD);
        Self {
            session: Bucket::per_minute(limits.session_per_minute),
            superadmin: Bucket::per_minute(limits.session_per_minute),
            key: KeyPace::new(limits.api_per_minute),
            wrong_key: Bucket::per_minute(spread),
            tenant: Bucket::per_minute(limits.tenant_per_minute),
            upload: Bucket::per_minute(limits.upload_per_minute),
            sign_in: Bucket::per_minute(limits.login_per_minute),
            sign_in_address: Bucket::per_minute(spread),
            sign_in_account: Bucket::per_minute(spread),
            refresh: Bucket::per_minute(spread),
            widget: Bucket::per_minute(limits.widget_per_minute),
            visitor: Bucket::per_minute(limits.widget_per_minute.div_ceil(WIDGET_SPREAD)),
            socket: Bucket::per_minute(limits.address_per_minute),
            waiting: WaitingRoom::new(limits.address_per_minute.div_ceil(WAITING_PART)),
            file: Bucket::per_minute(limits.address_per_minute),
            telegram: Bucket::per_second(limits.telegram_per_second),
        }
    }

    /// A request of somebody signed in, or of a program; `own` is the limit of its key, if it has one.
    pub fn request(&self, principal: &Principal, own: Option<u32>) -> Result<(), ApiError> {
        match principal.credential {
            Credential::Session { session_id, .. } => self.session.take(session_id)?,
            Credential::Key { key_id, .. } => self
                .key
                .take(key_id, own, Instant::now())
                .map_err(ApiError::rate_limited)?,
        }
        self.tenant.take(principal.tenant_id)
    }

    /// A request of a superadmin.
    pub fn superadmin(&self, who: &Superadmin) -> Result<(), ApiError> {
        self.superadmin.take(who.session_id)
    }

    /// Somebody came with a key that does not hold.
    pub fn wrong_key(&self, address: IpAddr) -> Result<(), ApiError> {
        self.wrong_key.take(network(address))
    }

    /// An upload; `by` names the person or visitor.
    pub fn upload(&self, by: impl Into<String>) -> Result<(), ApiError> {
        self.upload.take(by.into())
    }

    /// Somebody tries a password of `account`, which is as he wrote it.
    pub fn sign_in(&self, address: IpAddr, account: &str) -> Result<(), ApiError> {
        let address = network(address);
        // As long as an address can be, so that long ones cost no memory.
        let account: String = account
            .trim()
            .to_lowercase()
            .chars()
            .take(omni_model::limits::EMAIL)
            .collect();
        self.sign_in.take((address, account.clone()))?;
        self.sign_in_address.take(address)?;
        self.sign_in_account.take(account)
    }

    /// Somebody tries a refresh token.
    pub fn refresh(&self, address: IpAddr) -> Result<(), ApiError> {
        self.refresh.take(network(address))
    }

    /// A request of a visitor's widget.
    pub fn widget(&self, address: IpAddr) -> Result<(), ApiError> {
        self.widget.take(network(address))
    }

    /// A request of one visitor's session: he alone does not use up what his office has.
    pub fn visitor(&self, session: &str) -> Result<(), ApiError> {
        self.visitor.take(session.to_owned())
    }

    /// Somebody opens a socket; it waits, as far as the limit goes, until what is answered is dropped.
    pub(crate) fn socket(&self, door: Door, address: IpAddr) -> Result<Waiting, ApiError> {
        let who = (door, network(address));
        self.socket.take(who)?;
        self.waiting.enter(who)
    }

    /// Somebody fetches a file by its signed address.
    pub fn file(&self, address: IpAddr) -> Result<(), ApiError> {
        self.file.take(network(address))
    }

    /// A call of Telegram for a channel.
    pub fn telegram(&self, channel: ChannelId) -> Result<(), ApiError> {
        self.telegram.take(channel)
    }

    /// Forgets, from time to time, whoever has not been here for a while: memory must not grow with every
    /// address that ever called.
    pub(crate) async fn sweep(&self) {
        loop {
            tokio::time::sleep(SWEEP).await;
            self.session.sweep();
            self.superadmin.sweep();
            self.key.sweep(Instant::now());
            self.wrong_key.sweep();
            self.tenant.sweep();
            self.upload.sweep();
            self.sign_in.sweep();
            self.sign_in_address.sweep();
            self.sign_in_account.sweep();
            self.refresh.sweep();
            self.widget.sweep();
            self.visitor.sweep();
            self.socket.sweep();
            self.file.sweep();
            self.telegram.sweep();
        }
    }
}

/// Buckets by key; none at all where the limit is 0.
struct Bucket<K: Hash + Eq + Clone>(Option<DefaultKeyedRateLimiter<K>>);

impl<K: Hash + Eq + Clone> Bucket<K> {
    fn per_minute(limit: u32) -> Self {
        Self(NonZeroU32::new(limit).map(|n| RateLimiter::keyed(Quota::per_minute(n))))
    }

    fn per_second(limit: u32) -> Self {
        Self(NonZeroU32::new(limit).map(|n| RateLimiter::keyed(Quota::per_second(n))))
    }

    fn take(&self, key: K) -> Result<(), ApiError> {
        let Some(limiter) = &self.0 else {
            return Ok(());
        };
        limiter.check_key(&key).map_err(|refused| {
            ApiError::rate_limited(refused.wait_time_from(limiter.clock().now()))
        })
    }

    fn sweep(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// What one customer of a provider gets: an IPv4 address, or a /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(login: u32) -> RateLimits {
        RateLimits::new(&Limits {
            login_per_minute: login,
            ..Limits::OFF
        })
    }

    #[test]
    fn zero_is_no_limit() {
        let limits = limits(0);
        for _ in 0..1_000 {
            limits
                .sign_in([127, 0, 0, 1].into(), "a@b.example")
                .unwrap();
        }
    }

    #[test]
    fn sign_in_is_limited_by_account_and_by_address() {
        let limits = limits(2);
        let address = IpAddr::from([10, 0, 0, 1]);
        limits.sign_in(address, "a@b.example").unwrap();
        limits.sign_in(address, " A@b.example").unwrap();
        assert!(limits.sign_in(address, "a@b.example").is_err());
        // Others of the same office still get in, up to a bound.
        let others = (0..20).filter(|n| limits.sign_in(address, &format!("{n}@b.example")).is_ok());
        assert_eq!(others.count(), 8);
        // Somebody who comes from many addresses is bounded, too.
        let tries = (0..50_u8).filter(|n| {
            let address = IpAddr::from([10, 1, 0, *n]);
            limits.sign_in(address, "a@b.example").is_ok()
        });
        assert_eq!(tries.count(), 8);
    }

    #[test]
    fn a_provider_s_customer_is_one_network() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:1.2.3.4"), "1.2.3.4");
    }
}
