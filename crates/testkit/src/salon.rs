//! A company with its people, as most stories need one.

use omni_core::tenants::NewTenant;
use omni_simulators::telegram::Customer;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Api, Socket, TestApp, eventually};

/// Everybody's password.
pub const PASSWORD: &str = "correct-horse-battery";

/// A company, its owner signed in.
pub struct Salon {
    pub tenant_id: Uuid,
    pub slug: String,
    pub owner_id: Uuid,
    pub owner: Api,
}

impl Salon {
    pub(crate) async fn open(app: &TestApp) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "tests need names that nobody else has"
        )]
        let slug = format!("salon-{}", Uuid::now_v7().simple());
        let owner_email = format!("owner@{slug}.example");
        let created = app
            .core()
            .create_tenant(NewTenant {
                name: "Salon".to_owned(),
                slug: slug.clone(),
                owner_email: owner_email.clone(),
                owner_name: None,
                owner_password: Some(PASSWORD.to_owned()),
            })
            .await
            .expect("a tenant is created");
        let owner = sign_in(&app.stranger(), &owner_email).await;
        Self {
            tenant_id: created.tenant_id.into(),
            slug,
            owner_id: created.owner_id.into(),
            owner,
        }
    }

    /// A new person of this role, signed in. Answers his id, too.
    pub async fn hires(&self, name: &str, role: &str) -> (Uuid, Api) {
        let email = format!("{name}@{}.example", self.slug);
        let body = json!({"email": email, "name": name, "role": role, "password": PASSWORD});
        let created = self
            .owner
            .post("/api/v1/operators", &body)
            .await
            .expect(201);
        let api = sign_in(&self.owner, &email).await;
        (id_of(&created["id"]), api)
    }

    /// Signs somebody of this company in once more; the pair of tokens.
    pub async fn signs_in(&self, name: &str) -> Value {
        pair_of(&self.owner, &format!("{name}@{}.example", self.slug)).await
    }

    /// A new operator who is online.
    pub async fn hires_online(&self, name: &str) -> (Uuid, Api) {
        let (id, api) = self.hires(name, "operator").await;
        let path = format!("/api/v1/operators/{id}/status");
        api.put(&path, &json!({"status": "online"}))
            .await
            .expect(200);
        (id, api)
    }

    /// Sets how conversations find operators.
    pub async fn routes(&self, settings: Value) {
        self.owner
            .put("/api/v1/settings/routing", &settings)
            .await
            .expect(200);
    }

    /// Connects a Telegram bot; updates come by webhook.
    pub async fn connects_telegram(&self) -> Value {
        self.connects_bot("webhook").await
    }

    /// Connects a Telegram bot whose updates are polled.
    pub async fn polls_telegram(&self) -> Value {
        self.connects_bot("polling").await
    }

    async fn connects_bot(&self, mode: &str) -> Value {
        let body = json!({
            "type": "telegram", "name": "Bot",
            "secrets": {"bot_token": self.bot_token()}, "settings": {"mode": mode},
        });
        self.owner.post("/api/v1/channels", &body).await.expect(201)
    }

    /// The token of its bot.
    pub fn bot_token(&self) -> String {
        format!("{}:simulated-{}", self.bot_id(), self.slug)
    }

    /// Makes an API key; it, and a program that comes with it.
    pub async fn makes_key(&self, permissions: &[&str]) -> (Value, Api) {
        let body = json!({"name": "Program", "permissions": permissions});
        let made = self.owner.post("/api/v1/api-keys", &body).await.expect(201);
        let program = self.owner.with_key(made["key"].as_str().expect("a key"));
        (made, program)
    }

    /// Puts a widget on a site.
    pub async fn connects_widget(&self) -> Value {
        let body = json!({"type": "widget", "name": "Site", "settings": {}});
        self.owner.post("/api/v1/channels", &body).await.expect(201)
    }

    /// A number for its bot that no other company of the test has.
    pub fn bot_id(&self) -> i64 {
        let bytes = self.tenant_id.as_bytes();
        let tail = u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
        i64::from(tail) + 1_000
    }

    /// A person with Telegram on the phone who knows this company's bot.
    pub fn customer(&self, app: &TestApp, id: i64, name: &str) -> Customer {
        app.telegram.customer_of(self.bot_id(), id, name)
    }

    /// Waits for the one conversation whose customer has this name.
    pub async fn conversation_with(&self, name: &str) -> Value {
        eventually("a conversation", || async {
            let list = self.owner.get("/api/v1/conversations").await.expect(200);
            list["items"]
                .as_array()?
                .iter()
                .find(|conversation| conversation["customer"]["name"] == name)
                .cloned()
        })
        .await
    }

    /// An operator's socket.
    pub async fn socket(&self, id: Uuid, api: &Api, last_seq: Option<i64>) -> Socket {
        Socket::operator(api.addr(), id, api.token(), last_seq).await
    }
}

pub(crate) async fn sign_in(api: &Api, email: &str) -> Api {
    let pair = pair_of(api, email).await;
    api.with_token(pair["access_token"].as_str().expect("a token"))
}

async fn pair_of(api: &Api, email: &str) -> Value {
    let body = json!({"email": email, "password": PASSWORD});
    api.post("/api/v1/auth/login", &body).await.expect(200)
}

pub(crate) fn id_of(value: &Value) -> Uuid {
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("an id")
}
