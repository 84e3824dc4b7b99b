//! A whole installation in this process.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use omni_config::{Settings, Sources};
use omni_core::Core;
use omni_simulators::telegram::{Options as TelegramOptions, TelegramSimulator};
use omni_store::testing::TestDatabase;
use omnisupport::{App, StartOptions};
use serde_json::json;

use crate::{Api, PASSWORD, Salon};

/// A running installation over a database of its own.
pub struct TestApp {
    app: App,
    addr: SocketAddr,
    settings: Vec<(String, String)>,
    asked: StartOptions,
    database: TestDatabase,
    /// Telegram, played by us; the installation talks to it.
    pub telegram: TelegramSimulator,
}

impl TestApp {
    /// An installation without limits.
    pub async fn start(database: TestDatabase) -> Self {
        Self::start_with(database, &[]).await
    }

    /// An installation with these settings, by their names in the environment, on top of the usual ones of
    /// a test.
    pub async fn start_with(database: TestDatabase, extra: &[(&str, &str)]) -> Self {
        Self::start_as(database, extra, StartOptions::default()).await
    }

    /// An installation with these settings that is asked for more or less than usual: shorter times, say.
    pub async fn start_as(
        database: TestDatabase,
        extra: &[(&str, &str)],
        asked: StartOptions,
    ) -> Self {
        let options = TelegramOptions {
            any_token: true,
            ..TelegramOptions::default()
        };
        let telegram = TelegramSimulator::start_with(options)
            .await
            .expect("a free port");
        let mut settings: Vec<(String, String)> = [
            ("HTTP_ADDR", "127.0.0.1:0".to_owned()),
            ("DATABASE_URL", database.url.clone()),
            (
                "DATA_DIR",
                database.folder().join("data").display().to_string(),
            ),
            ("TELEGRAM_API_URL", telegram.base_url().to_string()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        for limit in [
            "RATE_LIMIT_SESSION_PER_MINUTE",
            "RATE_LIMIT_API_PER_MINUTE",
            "RATE_LIMIT_TENANT_PER_MINUTE",
            "RATE_LIMIT_UPLOAD_PER_MINUTE",
            "RATE_LIMIT_LOGIN_PER_MINUTE",
            "RATE_LIMIT_WIDGET_PER_MINUTE",
            "RATE_LIMIT_ADDRESS_PER_MINUTE",
            "RATE_LIMIT_TELEGRAM_PER_SECOND",
        ] {
            settings.push((limit.to_owned(), "0".to_owned()));
        }
        for (name, value) in extra {
            settings.retain(|(known, _)| known != name);
            settings.push(((*name).to_owned(), (*value).to_owned()));
        }
        let app = open(&settings, &asked).await;
        let addr = app.running().addr;
        Self {
            app,
            addr,
            settings,
            asked,
            database,
            telegram,
        }
    }

    /// Stops gracefully and starts again on the same port and database.
    pub async fn restart(mut self) -> Self {
        self.app.stop().await.expect("it stops");
        self.settings.retain(|(name, _)| name != "HTTP_ADDR");
        self.settings
            .push(("HTTP_ADDR".to_owned(), self.addr.to_string()));
        self.app = open(&self.settings, &self.asked).await;
        self
    }

    /// Stops gracefully.
    pub async fn stop(self) {
        self.app.stop().await.expect("it stops");
    }

    /// The use cases, for what a user cannot do.
    pub fn core(&self) -> &Core {
        self.app.core()
    }

    /// The database it runs on.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// A client that has not signed in.
    pub fn stranger(&self) -> Api {
        Api::new(self.addr)
    }

    /// A new superadmin with this e-mail address, signed in.
    pub async fn superadmin(&self, email: &str) -> Api {
        let password = Some(PASSWORD.to_owned());
        let made = self.core().create_superadmin(email, password).await;
        made.expect("a superadmin is created");
        let body = json!({"email": email, "password": PASSWORD});
        let stranger = self.stranger();
        let pair = stranger.post("/api/v1/superadmin/login", &body).await;
        let pair = pair.expect(200);
        stranger.with_token(pair["access_token"].as_str().expect("a token"))
    }

    /// A new company with its owner signed in.
    pub async fn salon(&self) -> Salon {
        Salon::open(self).await
    }
}

async fn open(settings: &[(String, String)], asked: &StartOptions) -> App {
    let loaded = Settings::load(&Sources::fixed(settings.iter().cloned())).expect("good settings");
    App::start(&loaded.settings, asked.clone())
        .await
        .expect("it starts")
}

/// How long things may take that should be there at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits until `look` finds something that should be there at once.
///
/// # Panics
/// When it does not; `what` says what was waited for.
pub async fn eventually<T, F, Fut>(what: &str, look: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    within(PATIENCE, what, look).await
}

/// Waits until `look` finds something that may take a while, such as a lease that must run out.
///
/// # Panics
/// When it does not; `what` says what was waited for.
pub async fn within<T, F, Fut>(patience: Duration, what: &str, mut look: F) -> T
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Option<T>>,
{
    let deadline = tokio::time::Instant::now() + patience;
    while tokio::time::Instant::now() < deadline {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain for {what}");
}
