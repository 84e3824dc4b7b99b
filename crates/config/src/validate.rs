//! Rules between settings, and what production asks for.

use crate::problem::{Problem, Warning};
use crate::reserved::TENANT_CREDENTIALS;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::source::Sources;

/// Shortest key we sign or encrypt with, in bytes: the strength of HS256.
pub(crate) const MIN_KEY_BYTES: usize = 32;

const HOW_TO_MAKE: &str = "make one with: openssl rand -hex 32";

/// What makes these settings unusable.
pub(crate) fn problems(settings: &Settings, sources: &Sources) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut problem = |setting: &str, message: String| {
        problems.push(Problem {
            setting: setting.to_owned(),
            message,
        });
    };
    if settings.data_dir.as_os_str().is_empty() {
        problem("DATA_DIR", "must name a folder".to_owned());
    }
    for (name, key) in named_keys(settings) {
        if let Some(why) = key.and_then(weakness) {
            problem(name, format!("{why}; {HOW_TO_MAKE}"));
        }
    }
    let auth = &settings.auth;
    if auth.jwt_secret_key.is_some() && auth.jwt_secret_key == auth.encryption_key {
        problem(
            "ENCRYPTION_KEY",
            format!("is the same as JWT_SECRET_KEY, each needs its own; {HOW_TO_MAKE}"),
        );
    }
    if settings.environment.is_production() {
        for (name, key) in named_keys(settings) {
            if key.is_none() {
                problem(name, format!("is required in production; {HOW_TO_MAKE}"));
            }
        }
        if let Some(message) = public_url_in_production(settings) {
            problem("PUBLIC_URL", message.to_owned());
        }
        for name in TENANT_CREDENTIALS.iter().filter(|name| sources.sets(name)) {
            problem(
                name,
                "belongs to one tenant: in production give it to the tenant's channel instead"
                    .to_owned(),
            );
        }
        if settings.log.debug {
            problem("DEBUG", "must be off in production".to_owned());
        }
    }
    problems
}

/// What is unwise but works.
pub(crate) fn warnings(settings: &Settings) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if !settings.environment.is_production() && !settings.http.addr.ip().is_loopback() {
        warnings.push(Warning {
            setting: "HTTP_ADDR".to_owned(),
            message: "a development install is open to the network; set ENVIRONMENT=production"
                .to_owned(),
        });
    }
    warnings
}

fn named_keys(settings: &Settings) -> [(&'static str, Option<&Secret<String>>); 2] {
    [
        ("JWT_SECRET_KEY", settings.auth.jwt_secret_key.as_ref()),
        ("ENCRYPTION_KEY", settings.auth.encryption_key.as_ref()),
    ]
}

/// Why a key could be guessed: too short, or a placeholder copied from somewhere.
pub(crate) fn weakness(key: &Secret<String>) -> Option<String> {
    let key = key.expose();
    if key.len() < MIN_KEY_BYTES {
        return Some(format!(
            "has {} bytes, needs at least {MIN_KEY_BYTES}",
            key.len()
        ));
    }
    let small = key.to_ascii_lowercase();
    let placeholder = [
        "change",
        "secret",
        "example",
        "default",
        "password",
        "your-",
        "your_",
        "omnisupport",
    ];
    if placeholder.iter().any(|word| small.contains(word)) {
        return Some("looks like a placeholder".to_owned());
    }
    let mut different = key.as_bytes().to_vec();
    different.sort_unstable();
    different.dedup();
    (different.len() < 10).then(|| "repeats a few characters".to_owned())
}

fn public_url_in_production(settings: &Settings) -> Option<&'static str> {
    match &settings.http.public_url {
        None => Some("is required in production, e.g. https://support.example.com"),
        Some(url) if url.scheme() != "https" => Some("must start with https:// in production"),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weak(key: &str) -> bool {
        weakness(&Secret::new(key.to_owned())).is_some()
    }

    #[test]
    fn keys_that_can_be_guessed() {
        assert!(weak("short"));
        assert!(weak(&"a".repeat(64)));
        assert!(weak("change-me-in-production-please-0123456789"));
        assert!(weak("your-super-secret-jwt-key-0123456789abcdef"));
        assert!(!weak("5f8d3a1c9be7204466c1f0a2d97b3e58c4a6b1d0e2f37985"));
        assert!(!weak("Ryl0IQf0ZGh1vV9i4yq1T2m0bq8m3nJ7wW5xQeUu6kA="));
    }
}
