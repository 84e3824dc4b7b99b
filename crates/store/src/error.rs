//! What can go wrong with the store, by what the caller can do about it.

use sea_orm::{DbErr, RuntimeErr, SqlErr};

use crate::Reached;

/// A failure of the store. Absence is not one: look-ups answer `Ok(None)`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this key is there already.
    #[error("a unique key is taken: {0}")]
    Unique(String),
    /// A row points to one that is not there, or is pointed to.
    #[error("a reference does not hold")]
    Reference,
    /// Somebody else holds what is needed; the same call may succeed in a moment.
    #[error("the database is busy")]
    Busy(#[source] DbErr),
    /// The disk is full: reads go on, writes do not.
    #[error("the disk is full")]
    Full(#[source] DbErr),
    /// The database cannot be reached, or went away in the middle: whether a commit took effect is not known.
    #[error("the database is out of reach")]
    Unavailable(#[source] DbErr),
    /// The disk did not keep what it was told to keep. Nothing it says later about the same data can be believed,
    /// so the process has to end and begin again with what is in the file.
    #[error("the disk failed to keep what was written")]
    DiskFailed(#[source] DbErr),
    /// The database ends before the mark beside it: a damaged log, or a copy without it.
    #[error(
        "the database has lost what it had stored: it ends at event {} and received {}, and had reached {} and {}",
        found.events, found.raw_events, reached.events, reached.raw_events
    )]
    Lost { found: Reached, reached: Reached },
    /// The mark beside the database cannot be written.
    #[error("the mark beside the database cannot be written")]
    Mark(#[source] std::io::Error),
    /// The lease was lost to another worker: nothing was written.
    #[error("the lease is not ours any more")]
    Stale,
    /// A stored value that our own code cannot have written.
    #[error("unexpected value in {table}.{column}")]
    Inconsistent {
        table: &'static str,
        column: &'static str,
    },
    /// Anything else.
    #[error("database error")]
    Database(#[source] DbErr),
    /// The failure of a commit that several callers shared.
    #[error(transparent)]
    Shared(std::sync::Arc<StoreError>),
    /// The transaction's code panicked; it was rolled back.
    #[error("a transaction panicked")]
    Panicked,
}

/// A unique key, by its name in PostgreSQL and its columns in SQLite: each engine tells the one it knows.
#[derive(Clone, Copy, Debug)]
pub struct UniqueKey {
    pub index: &'static str,
    pub columns: &'static str,
}

impl UniqueKey {
    pub const USER_EMAIL: Self = Self {
        index: "ux_users_email",
        columns: "users.tenant_id, users.email",
    };
    pub const SUPERADMIN_EMAIL: Self = Self {
        index: "ux_superadmins_email",
        columns: "superadmins.email",
    };
    pub const TEAM_NAME: Self = Self {
        index: "ux_teams_name",
        columns: "teams.tenant_id, teams.name",
    };
    pub const TENANT_SLUG: Self = Self {
        index: "ux_tenants_slug",
        columns: "tenants.slug",
    };
    pub const CANNED_CODE: Self = Self {
        index: "ux_canned_responses_code",
        columns: "canned_responses.tenant_id, canned_responses.short_code",
    };
    pub const CHANNEL_ACCOUNT: Self = Self {
        index: "ux_channels_account",
        columns: "channels.kind, channels.account",
    };
    pub const CONVERSATION_OPEN: Self = Self {
        index: "ux_conversations_open",
        columns: "conversations.identity_id",
    };
    pub const MESSAGE_KEY: Self = Self {
        index: "ux_messages_key",
        columns: "messages.tenant_id, messages.sender_id, messages.idempotency_key",
    };
    pub const IDEMPOTENCY: Self = Self {
        index: "idempotency_keys_pkey",
        columns: "idempotency_keys.tenant_id, idempotency_keys.principal, idempotency_keys.key",
    };
}

impl StoreError {
    /// Whether this is a collision on `key`.
    pub fn violates(&self, key: UniqueKey) -> bool {
        matches!(self, Self::Unique(text) if text.contains(key.index) || text.ends_with(key.columns))
    }

    /// Whether trying the same again soon may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Busy(_)
            | Self::Full(_)
            | Self::Unavailable(_)
            | Self::DiskFailed(_)
            | Self::Stale => true,
            Self::Shared(error) => error.is_transient(),
            _ => false,
        }
    }

    /// Whether the disk is full.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Full(_) => true,
            Self::Shared(error) => error.is_full(),
            _ => false,
        }
    }
}

// PostgreSQL: serialization failure, deadlock, lock not available, statement cancelled by time-out.
const BUSY: &[&str] = &["40001", "40P01", "55P03", "57014"];
// PostgreSQL: out of disk or memory, too many connections stands with the unavailable.
const FULL: &[&str] = &["53100", "53200"];
// PostgreSQL: shutting down, crash, starting up, ended for being idle (in a transaction), too many connections,
// a standby.
const AWAY: &[&str] = &[
    "57P01", "57P02", "57P03", "25P03", "57P05", "53300", "25006",
];

// SQLite: IOERR_WRITE, IOERR_FSYNC, IOERR_DIR_FSYNC.
const NOT_KEPT: &[u32] = &[778, 1034, 1290];

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(text)) => return Self::Unique(text),
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => return Self::Reference,
            _ => {}
        }
        match &error {
            DbErr::ConnectionAcquire(_) => Self::Busy(error),
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => match classify(inner) {
                Class::Busy => Self::Busy(error),
                Class::Full => Self::Full(error),
                Class::Away => Self::Unavailable(error),
                Class::DiskFailed => Self::DiskFailed(error),
                Class::Other => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}

enum Class {
    Busy,
    Full,
    Away,
    DiskFailed,
    Other,
}

fn classify(error: &sqlx::Error) -> Class {
    match error {
        sqlx::Error::PoolTimedOut => Class::Busy,
        sqlx::Error::Io(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Protocol(_)
        | sqlx::Error::Tls(_) => Class::Away,
        sqlx::Error::Database(inner) => {
            let code = inner.code().unwrap_or_default();
            if BUSY.contains(&code.as_ref()) {
                return Class::Busy;
            }
            if FULL.contains(&code.as_ref()) {
                return Class::Full;
            }
            if AWAY.contains(&code.as_ref()) || code.starts_with("08") {
                return Class::Away;
            }
            let code = code.parse::<u32>();
            if code.as_ref().is_ok_and(|code| NOT_KEPT.contains(code)) {
                return Class::DiskFailed;
            }
            // SQLite's extended codes carry the primary one in the low byte.
            match code.map(|extended| extended & 0xff) {
                Ok(5 | 6) => Class::Busy,
                Ok(13) => Class::Full,
                Ok(10 | 14 | 11 | 26) => Class::Away,
                _ => Class::Other,
            }
        }
        _ => Class::Other,
    }
}
