//! How large anything from outside may be. One place, so that limits can be told in documents and errors.

/// Bytes of a JSON request body.
pub const JSON_BODY: usize = 1024 * 1024;
/// Bytes of a webhook body: Telegram's own updates stay far below.
pub const WEBHOOK_BODY: usize = 1024 * 1024;
/// Characters of a message's text. Longer inbound text is cut and marked, longer outbound refused.
pub const MESSAGE_TEXT: usize = 32_000;
/// Characters of a caption.
pub const CAPTION: usize = 1_024;
/// Characters of a person's or channel's name.
pub const NAME: usize = 200;
/// Characters of an e-mail address.
pub const EMAIL: usize = 254;
/// Bytes of a password; checked before hashing.
pub const PASSWORD_MAX: usize = 256;
/// Characters of a new password at least.
pub const PASSWORD_MIN: usize = 8;
/// Characters of the reason for an act on a company.
pub const REASON: usize = 500;
/// Keys of one company that are not revoked.
pub const API_KEYS: u64 = 100;
/// Permissions named for one key.
pub const KEY_PERMISSIONS: usize = 50;
/// Characters of an idempotency key.
pub const IDEMPOTENCY_KEY: usize = 128;
/// Characters of a file name.
pub const FILE_NAME: usize = 200;
/// Bytes of a file that Telegram hands out through `getFile`.
pub const TELEGRAM_FILE: u64 = 20 * 1024 * 1024;
/// Tags on one conversation, and characters of each.
pub const TAGS: usize = 50;
/// Characters of one tag.
pub const TAG: usize = 64;
/// Skills of one person, or asked for by one channel.
pub const SKILLS: usize = 50;
/// Teams of one company.
pub const TEAMS: usize = 200;
/// Members of one team.
pub const TEAM_MEMBERS: usize = 500;
/// Intervals of one day of a schedule.
pub const INTERVALS: usize = 10;
/// Holidays of one schedule.
pub const HOLIDAYS: usize = 100;
/// Days of one holiday.
pub const HOLIDAY_DAYS: i64 = 366;
/// Characters of a holiday's name.
pub const HOLIDAY_NAME: usize = 80;
/// Languages of the message that is sent outside business hours, and characters of each.
pub const AWAY_MESSAGES: usize = 20;
/// See [`AWAY_MESSAGES`].
pub const AWAY_MESSAGE: usize = 1_000;
/// Different tags that are told with their counts.
pub const TAG_COUNTS: u64 = 500;
/// Characters of a canned response's short code.
pub const SHORT_CODE: usize = 32;
/// Canned responses of a tenant.
pub const CANNED_RESPONSES: u64 = 2_000;
/// Fields that a company adds to its customers' cards.
pub const CUSTOMER_FIELDS: u64 = 100;
/// Characters of the key of such a field.
pub const FIELD_KEY: usize = 64;
/// Options of one such field.
pub const FIELD_OPTIONS: usize = 100;
/// Characters of a value of such a field.
pub const FIELD_VALUE: usize = 2_000;
/// Notes about one customer.
pub const CUSTOMER_NOTES: u64 = 1_000;
/// Characters of a note about a customer.
pub const CUSTOMER_NOTE: usize = 10_000;
/// Saved views of a person, and of everybody.
pub const SAVED_VIEWS: u64 = 50;
/// Conversations of one bulk action.
pub const BULK: usize = 100;
/// Bytes of a metadata object.
pub const METADATA: usize = 16 * 1024;
/// Files that are sent together as one album at most; two at least.
pub const ALBUM: usize = 10;
/// Depth of any JSON document from outside.
pub const JSON_DEPTH: usize = 64;
/// Bytes of a WebSocket frame from a client.
pub const WS_FRAME: usize = 16 * 1024;
/// Webhooks of a company.
pub const WEBHOOKS: u64 = 10;
/// Characters of a webhook's address.
pub const WEBHOOK_URL: usize = 2_000;
/// Characters of a webhook's description.
pub const WEBHOOK_DESCRIPTION: usize = 500;
/// Deliveries sent anew by one request.
pub const WEBHOOK_REPLAY: u64 = 1_000;
/// Characters of what somebody looks for.
pub const SEARCH: usize = 200;
/// Rows of a list at most.
pub const PAGE_MAX: u64 = 200;
/// Rows of a list unless asked otherwise.
pub const PAGE_DEFAULT: u64 = 50;
/// Counting stops here where a total is not exact.
pub const COUNT_CAP: u64 = 1_000;
