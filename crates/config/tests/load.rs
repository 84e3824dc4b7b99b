//! Loading as a user sees it: order, all problems at once, warnings, production rules.

use std::path::Path;
use std::time::Duration;

use omni_config::{
    AllowedHost, ConfigError, DatabaseUrl, Environment, LogFormat, Settings, Sources,
};

const GOOD_KEY: &str = "5f8d3a1c9be7204466c1f0a2d97b3e58c4a6b1d0e2f37985";
const OTHER_KEY: &str = "a70c2be96d1f4835b8e0d31c5f7a924603be8d1f9ac54e72";

fn load<const N: usize>(values: [(&str, &str); N]) -> Result<omni_config::Loaded, ConfigError> {
    Settings::load(&Sources::fixed(values))
}

/// The names of the settings with problems.
fn refused<const N: usize>(values: [(&str, &str); N]) -> Vec<String> {
    match load(values) {
        Err(ConfigError::Invalid(problems)) => problems
            .into_iter()
            .map(|problem| problem.setting)
            .collect(),
        other => panic!("expected problems, got {other:?}"),
    }
}

#[test]
fn the_defaults_stand_alone() {
    let loaded = load::<0>([]).unwrap();
    let settings = loaded.settings;
    assert!(loaded.warnings.is_empty());
    assert_eq!(settings.environment, Environment::Development);
    assert_eq!(settings.http.addr.to_string(), "127.0.0.1:8000");
    assert_eq!(
        settings.http.public_url_at(settings.http.addr).as_str(),
        "http://127.0.0.1:8000/"
    );
    assert_eq!(
        settings.database.url,
        DatabaseUrl::Sqlite("data/omnisupport.db".into())
    );
    assert!(settings.database.auto_migrate);
    assert_eq!(settings.auth.access_token_ttl, Duration::from_secs(15 * 60));
    assert_eq!(
        settings.auth.refresh_token_ttl,
        Duration::from_secs(7 * 24 * 60 * 60)
    );
    assert_eq!(settings.files.url_ttl, Duration::from_secs(300));
    assert_eq!(settings.files.max_upload_bytes, 20 * 1024 * 1024);
    assert_eq!(settings.limits.session_per_minute, 600);
    assert_eq!(
        settings.telegram.api_url.as_str(),
        "https://api.telegram.org/"
    );
}

#[test]
fn environment_wins_over_file_wins_over_default() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("omni.toml");
    std::fs::write(
        &file,
        "http_addr = \"127.0.0.1:1\"\nlog_format = \"json\"\nmax_upload_mb = 5\n",
    )
    .unwrap();
    let sources =
        Sources::fixed([("HTTP_ADDR", "127.0.0.1:2"), ("MAX_UPLOAD_MB", "")]).with_file(&file);
    let settings = Settings::load(&sources).unwrap().settings;
    assert_eq!(settings.http.addr.port(), 2);
    assert_eq!(settings.log.format, LogFormat::Json);
    assert_eq!(
        settings.files.max_upload_bytes,
        5 * 1024 * 1024,
        "an empty variable is not set"
    );
}

#[test]
fn the_data_folder_carries_the_database() {
    let settings = load([("DATA_DIR", "/srv/omni")]).unwrap().settings;
    assert_eq!(
        settings.database.url,
        DatabaseUrl::Sqlite(Path::new("/srv/omni/omnisupport.db").into())
    );
}

#[test]
fn lists_in_both_forms() {
    for text in [
        "http://localhost:3000,https://a.example",
        r#"["http://localhost:3000", "https://a.example"]"#,
    ] {
        let settings = load([("CORS_ORIGINS", text)]).unwrap().settings;
        assert_eq!(
            settings.http.cors_origins,
            ["http://localhost:3000", "https://a.example"]
        );
    }
    let settings = load([("OUTBOUND_ALLOW_HOSTS", "bot.local, 10.0.0.0/8")])
        .unwrap()
        .settings;
    assert_eq!(
        settings.outbound.allow_hosts[0],
        AllowedHost::Name("bot.local".to_owned())
    );
    assert_eq!(settings.outbound.allow_hosts.len(), 2);
}

#[test]
fn every_problem_is_told_at_once() {
    let names = refused([
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "0"),
        ("API_V1_PREFIX", "/v2"),
        ("AUTO_MIGRATE", "maybe"),
        ("CORS_ORIGINS", "*"),
        ("DATABASE_URL", "mysql://db/omni"),
        ("HTTP_ADDR", "8000"),
        ("JWT_ALGORITHM", "RS256"),
        ("LOG_FORMAT", "xml"),
        ("OUTBOUND_ALLOW_HOSTS", "http://host"),
        ("PUBLIC_URL", "https://user@host/?a=b"),
        ("TELEGRAM_API_URL", "ftp://host"),
        ("TRUSTED_PROXIES", "proxy"),
    ]);
    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), 12, "{names:?}");
}

#[test]
fn a_message_says_what_and_never_a_secret() {
    let error = load([
        ("JWT_SECRET_KEY", "hunter2"),
        ("ENCRYPTION_KEY", "hunter2"),
        ("DATABASE_URL", "oracle://u:hunter2@db/x"),
    ])
    .unwrap_err()
    .to_string();
    assert!(error.starts_with("4 settings cannot be used:"), "{error}");
    assert!(
        error.contains("JWT_SECRET_KEY: has 7 bytes, needs at least 32"),
        "{error}"
    );
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn production_guesses_nothing() {
    assert_eq!(
        refused([
            ("ENVIRONMENT", "production"),
            ("TELEGRAM_BOT_TOKEN", "1:a"),
            ("DEBUG", "true")
        ]),
        [
            "JWT_SECRET_KEY",
            "ENCRYPTION_KEY",
            "PUBLIC_URL",
            "TELEGRAM_BOT_TOKEN",
            "DEBUG"
        ]
    );
    assert_eq!(
        refused([
            ("ENVIRONMENT", "production"),
            ("JWT_SECRET_KEY", GOOD_KEY),
            ("ENCRYPTION_KEY", GOOD_KEY),
            ("PUBLIC_URL", "http://support.example.com"),
        ]),
        ["ENCRYPTION_KEY", "PUBLIC_URL"],
        "one key a purpose, and https"
    );
    let settings = load([
        ("ENVIRONMENT", "production"),
        ("JWT_SECRET_KEY", GOOD_KEY),
        ("ENCRYPTION_KEY", OTHER_KEY),
        ("PUBLIC_URL", "https://support.example.com/"),
    ])
    .unwrap()
    .settings;
    assert!(settings.environment.is_production());
}

#[test]
fn what_nobody_reads_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("omni.toml");
    std::fs::write(&file, "htp_addr = \"127.0.0.1:1\"\n").unwrap();
    let sources = Sources::fixed([
        ("REDIS_URL", "redis://localhost"),
        ("QDRANT_URL", ""),
        ("PATH", "/bin"),
    ]);
    let warnings = Settings::load(&sources.with_file(&file)).unwrap().warnings;
    let names: Vec<_> = warnings
        .iter()
        .map(|warning| warning.setting.as_str())
        .collect();
    assert_eq!(names, ["htp_addr", "REDIS_URL"]);
}

#[test]
fn a_file_that_is_missing_or_broken_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("omni.toml");
    let sources = Sources::default().with_file(&file);
    assert!(matches!(
        Settings::load(&sources),
        Err(ConfigError::Unreadable { .. })
    ));
    std::fs::write(&file, "debug = true\njwt_secret_key = hunter2\n").unwrap();
    let message = Settings::load(&sources).unwrap_err().to_string();
    assert!(
        message.contains("line 2") && !message.contains("hunter2"),
        "{message}"
    );
}

#[test]
fn the_schema_knows_every_setting() {
    let schema = omni_config::json_schema();
    let properties = schema["properties"].as_object().unwrap();
    assert_eq!(
        properties["environment"]["enum"],
        serde_json::json!(["development", "production"])
    );
    assert_eq!(properties["jwt_secret_key"]["writeOnly"], true);
    assert_eq!(properties["http_addr"]["x-environment"], "HTTP_ADDR");
}
