//! How often. Zero is no limit.

use crate::reader::Reader;

/// How often. Zero is no limit.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests of one signed-in person.
    pub session_per_minute: u32,
    /// Requests with one API key that has no limit of its own.
    pub api_per_minute: u32,
    /// Requests of one tenant.
    pub tenant_per_minute: u32,
    /// Uploads of one person or visitor.
    pub upload_per_minute: u32,
    /// Sign-in attempts for one account, and from one address.
    pub login_per_minute: u32,
    /// Widget requests from one address.
    pub widget_per_minute: u32,
    /// Sockets opened, and files fetched by their signed addresses, from one address.
    pub address_per_minute: u32,
    /// Webhook calls for one Telegram channel.
    pub telegram_per_second: u32,
}

impl Limits {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let mut limit = |name| reader.number(name, 0..=1_000_000);
        Self {
            session_per_minute: limit("rate_limit_session_per_minute"),
            api_per_minute: limit("rate_limit_api_per_minute"),
            tenant_per_minute: limit("rate_limit_tenant_per_minute"),
            upload_per_minute: limit("rate_limit_upload_per_minute"),
            login_per_minute: limit("rate_limit_login_per_minute"),
            widget_per_minute: limit("rate_limit_widget_per_minute"),
            address_per_minute: limit("rate_limit_address_per_minute"),
            telegram_per_second: limit("rate_limit_telegram_per_second"),
        }
    }

    /// No limit at all: for measuring.
    pub const OFF: Self = Self {
        session_per_minute: 0,
        api_per_minute: 0,
        tenant_per_minute: 0,
        upload_per_minute: 0,
        login_per_minute: 0,
        widget_per_minute: 0,
        address_per_minute: 0,
        telegram_per_second: 0,
    };
}
