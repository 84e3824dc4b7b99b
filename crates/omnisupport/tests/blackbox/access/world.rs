//! A company with one of everything, to be asked for.

use std::sync::atomic::{AtomicU32, Ordering};

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
    /// Somebody who takes conversations.
    pub(super) operator: String,
    pub(super) visitor: Api,
    newcomers: AtomicU32,
}

impl World {
    pub(super) async fn open(app: &TestApp) -> Self {
        let salon = app.salon().await;
        let (operator, _) = salon.hires("somebody", "operator").await;
        let channel = salon.connects_widget().await;
        let visitor = visitor_of(app, &channel).await;
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
        let thread = format!("/api/v1/conversations/{}/messages", id(&conversation));
        let file = salon
            .owner
            .upload("/api/v1/files", "a.txt", "text/plain", b"a".to_vec())
            .await;
        let file = id(&file.expect(201)["file"]);
        let content = json!({"content_type": "file", "content": {"file_id": file}});
        let message = salon.owner.post(&thread, &content).await.expect(201);
        Self {
            channel: id(&channel),
            customer: id(&conversation["customer"]),
            conversation: id(&conversation),
            message: id(&message["message"]),
            file,
            operator: operator.to_string(),
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

    /// The path of a row, with this company's ids.
    pub(super) fn path(&self, row: &Row) -> String {
        row.path.replace("{id}", self.id_for(row.path))
    }

    /// The id that a path asks for.
    pub(super) fn id_for(&self, path: &str) -> &str {
        match path.split('/').nth(3).unwrap_or_default() {
            "channels" => &self.channel,
            "conversations" => &self.conversation,
            "customers" => &self.customer,
            "messages" => &self.message,
            "files" => &self.file,
            "operators" => &self.operator,
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

    /// A channel to be thrown away.
    pub(super) async fn another_channel(&self) -> String {
        id(&self.salon.connects_widget().await)
    }
}

async fn visitor_of(app: &TestApp, channel: &Value) -> Api {
    let body = json!({"widget_key": channel["widget_key"], "visitor": {"name": "Гость"}});
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
