//! A company with one of everything, to be asked for.

use std::sync::atomic::{AtomicU32, Ordering};

use omni_model::{TenantScope, Timestamp};
use omni_store::raw_events::{self, NewRawEvent};
use omni_testkit::{Answer, Api, PASSWORD, Salon, TestApp, eventually};
use reqwest::Method;
use serde_json::{Value, json};

use super::routes::{Body, Row};

/// A company with one of everything.
pub(super) struct World {
    pub(super) salon: Salon,
    pub(super) channel: String,
    pub(super) conversation: String,
    pub(super) customer: String,
    pub(super) message: String,
    pub(super) file: String,
    /// A canned response of everybody.
    pub(super) response: String,
    /// A field of customers' cards, and a note of the owner about a customer.
    pub(super) field: String,
    pub(super) note: String,
    /// Another customer.
    pub(super) twin: String,
    /// A view of everybody.
    pub(super) view: String,
    /// Switched off, and one thing that was not sent to it.
    pub(super) webhook: String,
    pub(super) delivery: String,
    /// Something that the channel was handed, and could not read.
    pub(super) event: String,
    /// Somebody who takes conversations.
    pub(super) operator: String,
    pub(super) team: String,
    pub(super) visitor: Api,
    pub(super) tenant: String,
    /// A key that may do everything, and a program that comes with it.
    pub(super) key: String,
    pub(super) program: Api,
    pub(super) superadmin: Api,
    newcomers: AtomicU32,
}

impl World {
    pub(super) async fn open(app: &TestApp) -> Self {
        let salon = app.salon().await;
        let (operator, _) = salon.hires("somebody", "operator").await;
        let team = json!({"name": "Everybody", "members": [operator]});
        let team = salon.owner.post("/api/v1/teams", &team).await.expect(201);
        let channel = salon.connects_widget().await;
        let visitor = visitor_of(app, &channel).await;
        let webhook = new_webhook(&salon).await;
        let words = json!({"content_type": "text", "content": {"text": "Добрый день"}});
        visitor
            .post("/api/v1/widget/messages", &words)
            .await
            .expect(201);
        let conversation = eventually("the conversation", || async {
            let list = salon.owner.get("/api/v1/conversations").await.expect(200);
            list["items"].get(0).cloned()
        })
        .await;
        let sent = format!("/api/v1/webhooks/{webhook}/deliveries");
        let delivery = eventually("something for the webhook", || async {
            let list = salon.owner.get(&sent).await.expect(200);
            list["items"].get(0).map(id)
        })
        .await;
        let thread = format!("/api/v1/conversations/{}/messages", id(&conversation));
        let file = salon
            .owner
            .upload("/api/v1/files", "a.txt", "text/plain", b"a".to_vec())
            .await;
        let file = id(&file.expect(201)["file"]);
        let content = json!({"content_type": "file", "content": {"file_id": file}});
        let message = salon.owner.post(&thread, &content).await.expect(201);
        let response = salon
            .owner
            .post("/api/v1/canned-responses", &shared_response("hello"))
            .await;
        let view = salon.owner.post("/api/v1/views", &shared_view()).await;
        let twin = customer_of(app, &salon, &channel).await;
        let field = field("city");
        let field = salon.owner.post("/api/v1/customer-fields", &field);
        let field = field.await.expect(201);
        let notes = format!("/api/v1/customers/{}/notes", id(&conversation["customer"]));
        let note = json!({"text": "pays late"});
        let note = salon.owner.post(&notes, &note).await.expect(201);
        let event = handed_over(app, &salon, &id(&channel)).await;
        let (key, program) = salon.makes_key(&["*"]).await;
        let root = format!("root@{}.example", salon.slug);
        Self {
            tenant: salon.tenant_id.to_string(),
            key: id(&key),
            program,
            superadmin: app.superadmin(&root).await,
            response: id(&response.expect(201)),
            view: id(&view.expect(201)),
            twin: id(&twin),
            field: id(&field),
            note: id(&note),
            channel: id(&channel),
            customer: id(&conversation["customer"]),
            conversation: id(&conversation),
            message: id(&message["message"]),
            file,
            webhook,
            delivery,
            event,
            operator: operator.to_string(),
            team: id(&team),
            visitor,
            salon,
            newcomers: AtomicU32::new(0),
        }
    }

    /// A body for somebody who is not there yet.
    pub(super) fn newcomer(&self) -> Value {
        let n = self.newcomers.fetch_add(1, Ordering::SeqCst);
        let email = format!("newcomer{n}@{}.example", self.salon.slug);
        json!({"email": email, "name": "Newcomer", "role": "viewer", "password": PASSWORD})
    }

    /// A body for a company that is not there yet.
    pub(super) fn new_company(&self) -> Value {
        let n = self.newcomers.fetch_add(1, Ordering::SeqCst);
        let slug = format!("new-{n}-{}", self.salon.tenant_id.simple());
        json!({"name": "New", "slug": slug, "owner_email": "owner@new.example"})
    }

    /// A body for a team that is not there yet.
    pub(super) fn new_team(&self) -> Value {
        let n = self.newcomers.fetch_add(1, Ordering::SeqCst);
        json!({"name": format!("Team {n}"), "members": [self.operator]})
    }

    /// A body for a canned response that is not there yet.
    pub(super) fn new_response(&self) -> Value {
        let n = self.newcomers.fetch_add(1, Ordering::SeqCst);
        json!({"short_code": format!("own{n}"), "title": "Own", "text": "Hello", "scope": "own"})
    }

    /// A body for a field of customers' cards that is not there yet.
    pub(super) fn new_field(&self) -> Value {
        let n = self.newcomers.fetch_add(1, Ordering::SeqCst);
        field(&format!("field_{n}"))
    }

    /// A body for an album.
    pub(super) fn album(&self) -> Value {
        let item = json!({"content_type": "file", "content": {"file_id": self.file}});
        json!({"items": [item, item]})
    }

    /// The path of a row, with this company's ids.
    pub(super) fn path(&self, row: &Row) -> String {
        row.path
            .replace("{id}", self.id_for(row.path))
            .replace("{delivery_id}", &self.delivery)
            .replace("{event_id}", &self.event)
            .replace("{note_id}", &self.note)
            .replace("{other_id}", &self.twin)
            .replace(
                "/merge-preview",
                &format!("/merge-preview?into={}", self.twin),
            )
    }

    /// The id that a path asks for.
    pub(super) fn id_for(&self, path: &str) -> &str {
        match path.split('/').nth(3).unwrap_or_default() {
            "channels" => &self.channel,
            "conversations" => &self.conversation,
            "customers" => &self.customer,
            "customer-fields" => &self.field,
            "messages" => &self.message,
            "files" => &self.file,
            "operators" => &self.operator,
            "api-keys" => &self.key,
            "superadmin" => &self.tenant,
            "teams" => &self.team,
            "canned-responses" => &self.response,
            "views" => &self.view,
            "webhooks" => &self.webhook,
            _ => "",
        }
    }

    /// Every id that another company must never see.
    pub(super) fn ids(&self) -> Vec<String> {
        let own = [
            &self.channel,
            &self.conversation,
            &self.customer,
            &self.message,
            &self.file,
            &self.operator,
            &self.key,
            &self.team,
            &self.response,
            &self.view,
            &self.field,
            &self.note,
            &self.twin,
            &self.webhook,
            &self.delivery,
        ];
        let tenant = [
            self.salon.tenant_id.to_string(),
            self.salon.owner_id.to_string(),
        ];
        own.into_iter().cloned().chain(tenant).collect()
    }

    /// Calls `path` as `who` with the body of `row`.
    pub(super) async fn call(&self, row: &Row, path: &str, who: &Api) -> Answer {
        let method = Method::from_bytes(row.method.as_bytes()).expect("a method");
        // Without words there is nothing to search for.
        let searching = format!("{path}?q=vip");
        let path = match row.path {
            "/api/v1/search" => &searching,
            _ => path,
        };
        match row.body {
            Body::Nothing => who.send(who.request(method, path)).await,
            Body::Json(body) => who.send(who.request(method, path).json(&body(self))).await,
            Body::File => who.upload(path, "b.txt", "text/plain", b"b".to_vec()).await,
        }
    }

    /// Something to be thrown away, of the kind that a path is about.
    pub(super) async fn another(&self, path: &str) -> String {
        match path.split('/').nth(3) {
            Some("teams") => self.another_team().await,
            Some("api-keys") => id(&self.salon.makes_key(&["settings:read"]).await.0),
            Some("canned-responses") => {
                let n = self.newcomers.fetch_add(1, Ordering::SeqCst);
                let body = shared_response(&format!("spare{n}"));
                let made = self.salon.owner.post("/api/v1/canned-responses", &body);
                id(&made.await.expect(201))
            }
            Some("customer-fields") => {
                let body = self.new_field();
                let made = self.salon.owner.post("/api/v1/customer-fields", &body);
                id(&made.await.expect(201))
            }
            Some("views") => {
                let body = shared_view();
                let made = self.salon.owner.post("/api/v1/views", &body);
                id(&made.await.expect(201))
            }
            Some("webhooks") => new_webhook(&self.salon).await,
            Some("conversations" | "messages") => self.id_for(path).to_owned(),
            _ => id(&self.salon.connects_widget().await),
        }
    }

    /// A team to be thrown away.
    async fn another_team(&self) -> String {
        let body = self.new_team();
        id(&self
            .salon
            .owner
            .post("/api/v1/teams", &body)
            .await
            .expect(201))
    }
}

fn shared_response(code: &str) -> Value {
    json!({"short_code": code, "title": "Hello", "text": "Hello, {{customer.name}}!", "scope": "all"})
}

fn field(key: &str) -> Value {
    json!({"key": key, "label": "Field", "kind": "text"})
}

fn shared_view() -> Value {
    json!({"name": "Everybody's", "filter": {"tag": "vip"}, "scope": "all"})
}

/// A webhook that is switched off, so that it is never called by itself.
async fn new_webhook(salon: &Salon) -> String {
    let body = json!({"url": "http://localhost/hook", "enabled": false});
    id(&salon
        .owner
        .post("/api/v1/webhooks", &body)
        .await
        .expect(201))
}

/// Something that a provider handed to a channel.
async fn handed_over(app: &TestApp, salon: &Salon, channel: &str) -> String {
    let scope = TenantScope::of(salon.tenant_id.into());
    let raw = NewRawEvent {
        scope,
        channel_id: channel.parse().expect("an id"),
        provider_event_id: "1".to_owned(),
        order_key: "1".to_owned(),
        kind: "message".to_owned(),
        payload: "{}".to_owned(),
        received_at: Timestamp::default(),
    };
    let store = app.core().store();
    let stored = store.write(&scope, move |unit| async move {
        raw_events::accept(&unit, std::slice::from_ref(&raw)).await
    });
    stored.await.expect("it is stored");
    let path = format!("/api/v1/channels/{channel}/events");
    id(&salon.owner.get(&path).await.expect(200)["items"][0])
}

/// Somebody else who has written.
async fn customer_of(app: &TestApp, salon: &Salon, channel: &Value) -> Value {
    let words = json!({"content_type": "text", "content": {"text": "Я тоже здесь"}});
    let visitor = visitor_named(app, channel, "Двойник").await;
    let written = visitor.post("/api/v1/widget/messages", &words).await;
    written.expect(201);
    salon.conversation_with("Двойник").await["customer"].clone()
}

async fn visitor_of(app: &TestApp, channel: &Value) -> Api {
    visitor_named(app, channel, "Гость").await
}

async fn visitor_named(app: &TestApp, channel: &Value, name: &str) -> Api {
    let body = json!({"widget_key": channel["widget_key"], "visitor": {"name": name}});
    let session = app
        .stranger()
        .post("/api/v1/widget/sessions", &body)
        .await
        .expect(200);
    app.stranger()
        .with_token(session["session_token"].as_str().expect("a token"))
}

fn id(thing: &Value) -> String {
    thing["id"].as_str().expect("an id").to_owned()
}
