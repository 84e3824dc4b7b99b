//! Names the public surface promises and this version does not read yet.
//!
//! Setting one of them is a warning at start rather than silence. A name leaves this list when a part that reads it comes.

/// Promised, not read yet.
pub(crate) const RESERVED: &[&str] = &[
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "DEEPSEEK_API_KEY",
    "DEEPSEEK_BASE_URL",
    "ELASTICSEARCH_URL",
    "EMBEDDING_MODEL_DIR",
    "GEMINI_API_KEY",
    "GEMINI_BASE_URL",
    "GIGACHAT_BASE_URL",
    "GIGACHAT_CLIENT_ID",
    "GIGACHAT_CLIENT_SECRET",
    "JINA_API_KEY",
    "JINA_BASE_URL",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENROUTER_API_KEY",
    "OPENROUTER_BASE_URL",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "QDRANT_HOST",
    "QDRANT_PORT",
    "QDRANT_URL",
    "RATE_LIMIT_AI_PER_MINUTE",
    "RATE_LIMIT_WHATSAPP_PER_SECOND",
    "REDIS_URL",
    "SMTP_FROM",
    "SMTP_HOST",
    "SMTP_PASSWORD",
    "SMTP_PORT",
    "SMTP_TLS",
    "SMTP_USER",
    "TELEGRAM_BOT_TOKEN",
    "WHATSAPP_API_TOKEN",
    "WHATSAPP_API_URL",
    "YANDEX_GPT_API_KEY",
    "YANDEX_GPT_BASE_URL",
    "YANDEX_GPT_FOLDER_ID",
];

/// Credentials that belong to one tenant: they may stand in for a tenant's own on a laptop, and are refused in
/// production, where every tenant would otherwise speak through them.
pub(crate) const TENANT_CREDENTIALS: &[&str] = &["TELEGRAM_BOT_TOKEN", "WHATSAPP_API_TOKEN"];
