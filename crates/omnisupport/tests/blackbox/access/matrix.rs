//! Every operation against everybody: S1 to S5, S7, S8, S11, S14, S60, S61.

use std::collections::BTreeSet;

use omni_model::Role;
use omni_testkit::{Answer, Api, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::routes::{ALL, Body, For, ROWS, Row};
use super::world::World;

fn people() -> impl Iterator<Item = (&'static Row, &'static [&'static str])> {
    ROWS.iter().filter_map(|row| match row.is_for {
        For::People(roles) | For::Persons(roles) => Some((row, roles)),
        _ => None,
    })
}

fn name(row: &Row) -> String {
    format!("{} {}", row.method, row.path)
}

both_engines!(
    every_operation_is_in_the_table,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let document = app.stranger().get("/api/v1/openapi.json").await.expect(200);
        assert_eq!(document["openapi"], "3.1.0");
        let mut mounted = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                mounted.insert(format!("{} {path}", method.to_uppercase()));
                let id = operation["operationId"].as_str().unwrap();
                assert!(ids.insert(id.to_owned()), "two operations are called {id}");
                assert!(operation["responses"]["default"].is_object(), "{id}");
                assert!(operation["summary"].is_string(), "{id} has no summary");
            }
        }
        let known: BTreeSet<String> = ROWS.iter().map(name).collect();
        assert_eq!(mounted, known);
        for row in ROWS {
            let method = row.method.to_lowercase();
            let security = &document["paths"][row.path][method]["security"];
            match row.is_for {
                For::Everybody(why) => assert_eq!(security, &json!([{}]), "{}: {why}", name(row)),
                For::Visitors => {
                    assert_eq!(security, &json!([{"widget_session": []}]), "{}", name(row))
                }
                For::People(_) | For::Persons(_) => {
                    assert_eq!(security, &Value::Null, "{}", name(row))
                }
                For::Superadmins => {
                    assert_eq!(security, &json!([{"superadmin": []}]), "{}", name(row))
                }
            }
        }
        app.stop().await;
    }
);

both_engines!(
    nobody_gets_in_without_a_token,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let world = World::open(&app).await;
        let nobody = app.stranger();
        let forged = nobody.with_token("eyJhbGciOiJub25lIn0.e30.");
        let visitor = world.visitor.clone();
        let owner = world.salon.owner.clone();
        let (key, superadmin) = (world.program.clone(), world.superadmin.clone());
        for row in ROWS {
            let others: &[&Api] = match row.is_for {
                For::Everybody(_) => continue,
                // The token of one door does not open the other.
                For::Visitors => &[&nobody, &forged, &owner, &key, &superadmin],
                For::People(_) | For::Persons(_) => &[&nobody, &forged, &visitor, &superadmin],
                For::Superadmins => &[&nobody, &forged, &visitor, &owner, &key],
            };
            for who in others {
                let answer = world.call(row, &world.path(row), who).await;
                assert_eq!(answer.status, 401, "{}: {}", name(row), answer.body);
            }
        }
        app.stop().await;
    }
);

both_engines!(
    roles_may_what_the_table_says,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let world = World::open(&app).await;
        let mut staff = Vec::new();
        for role in ALL {
            staff.push((
                *role,
                world.salon.hires(&format!("some-{role}"), role).await.1,
            ));
        }
        for (row, allowed) in people() {
            for (role, who) in &staff {
                let answer = call_as(&world, row, role, who).await;
                let what = format!("{} as {role}: {} {}", name(row), answer.status, answer.body);
                if allowed.contains(role) {
                    // A conflict is an answer to somebody who may: nothing here can be sent again.
                    assert!(answer.status < 300 || answer.status == 409, "{what}");
                } else {
                    assert_eq!(answer.status, 403, "{what}");
                    assert_eq!(answer.body["code"], "forbidden", "{what}");
                }
            }
        }
        app.stop().await;
    }
);

both_engines!(
    programs_may_what_their_keys_say,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let world = World::open(&app).await;
        for role in Role::ALL {
            let program = world.salon.makes_key(role.permissions()).await.1;
            for (row, allowed) in people() {
                let answer = call_as(&world, row, role.as_str(), &program).await;
                let what = format!(
                    "{} with a key of {role}: {} {}",
                    name(row),
                    answer.status,
                    answer.body
                );
                let for_programs = matches!(row.is_for, For::People(_));
                if for_programs && allowed.contains(&role.as_str()) {
                    assert!(answer.status < 300 || answer.status == 409, "{what}");
                } else {
                    assert_eq!(answer.status, 403, "{what}");
                    assert_eq!(answer.body["code"], "forbidden", "{what}");
                }
            }
        }
        app.stop().await;
    }
);

both_engines!(
    superadmins_may_what_is_theirs,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let world = World::open(&app).await;
        // In the order of the table: what is suspended is restored, and signing out comes last.
        for row in ROWS
            .iter()
            .filter(|row| matches!(row.is_for, For::Superadmins))
        {
            let answer = world.call(row, &world.path(row), &world.superadmin).await;
            let what = format!("{}: {} {}", name(row), answer.status, answer.body);
            assert!(answer.status < 300, "{what}");
        }
        let random = "01890000-0000-7000-8000-000000000000";
        let another = app.superadmin("another@root.example").await;
        for row in ROWS
            .iter()
            .filter(|row| row.path.contains("/superadmin/tenants/{id}"))
        {
            for id in [random, "not-an-id", "%00"] {
                let path = row.path.replace("{id}", id);
                let answer = world.call(row, &path, &another).await;
                answer.refused(404, "not_found");
            }
        }
        app.stop().await;
    }
);

/// Calls a row once, such that the next role finds the world as it was.
async fn call_as(world: &World, row: &Row, role: &str, who: &Api) -> Answer {
    let ends_session = matches!(row.path, "/api/v1/auth/logout" | "/api/v1/auth/password");
    if ends_session && !who.token().is_empty() {
        let name = format!("{role}-{}", row.path.replace('/', "-"));
        let (_, somebody) = world.salon.hires(&name, role).await;
        return world.call(row, row.path, &somebody).await;
    }
    if let Some(own) = own_thing(world, row, who).await {
        return own;
    }
    if row.method == "DELETE" && !row.path.contains("{note_id}") {
        let path = row.path.replace("{id}", &world.another(row.path).await);
        return world.call(row, &path, who).await;
    }
    world.call(row, &world.path(row), who).await
}

/// Calls a row that works on what the caller himself wrote or uploaded, where he may do that.
async fn own_thing(world: &World, row: &Row, who: &Api) -> Option<Answer> {
    let own_message = row.path == "/api/v1/messages/{id}" && row.method != "GET";
    if own_message {
        let path = format!("/api/v1/conversations/{}/messages", world.conversation);
        let note = json!({"content_type": "text", "content": {"text": "x"}, "private": true});
        let written = who.post(&path, &note).await;
        let id = written.body["message"]["id"].as_str()?;
        return Some(world.call(row, &row.path.replace("{id}", id), who).await);
    }
    if row.path.contains("{note_id}") {
        let notes = format!("/api/v1/customers/{}/notes", world.customer);
        let written = who.post(&notes, &json!({"text": "x"})).await;
        let id = written.body["id"].as_str()?;
        return Some(world.call(row, &format!("{notes}/{id}"), who).await);
    }
    if row.path.ends_with("/albums") {
        let mut items = Vec::new();
        for _ in 0..2 {
            let file = who.upload("/api/v1/files", "b.txt", "text/plain", b"b".to_vec());
            let file = file.await.body["file"]["id"].as_str()?.to_owned();
            items.push(json!({"content_type": "file", "content": {"file_id": file}}));
        }
        let body = json!({"items": items});
        return Some(who.post(&world.path(row), &body).await);
    }
    None
}

both_engines!(
    another_company_finds_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (ours, theirs) = (World::open(&app).await, World::open(&app).await);
        let before = snapshot(&theirs).await;
        let random = "01890000-0000-7000-8000-000000000000";
        for (row, _) in people() {
            if !row.path.contains("{id}") {
                if row.method == "GET" {
                    let answer = ours
                        .call(row, row.path, &ours.salon.owner)
                        .await
                        .expect(200);
                    let told = answer.to_string();
                    for id in theirs.ids() {
                        assert!(!told.contains(&id), "{}: {told}", name(row));
                    }
                }
                continue;
            }
            for id in [
                theirs.id_for(row.path),
                random,
                "not-an-id",
                "%00",
                "..%2f..",
            ] {
                let path = row.path.replace("{id}", id);
                let path = path
                    .replace("{delivery_id}", &theirs.delivery)
                    .replace("{event_id}", &theirs.event)
                    .replace("{note_id}", &theirs.note)
                    .replace("{other_id}", &theirs.twin);
                // With a body that would succeed for its owner.
                let answer = ours.call(row, &path, &ours.salon.owner).await;
                let what = format!("{} {path}: {} {}", row.method, answer.status, answer.body);
                assert_eq!(answer.status, 404, "{what}");
            }
        }
        assert_eq!(snapshot(&theirs).await, before, "nothing was touched");
        app.stop().await;
    }
);

/// What a company sees of its own things.
async fn snapshot(world: &World) -> Vec<Value> {
    let owner = &world.salon.owner;
    let mut seen = Vec::new();
    for path in [
        "/api/v1/operators".to_owned(),
        "/api/v1/channels".to_owned(),
        "/api/v1/audit".to_owned(),
        "/api/v1/api-keys".to_owned(),
        "/api/v1/canned-responses".to_owned(),
        "/api/v1/views".to_owned(),
        format!("/api/v1/conversations/{}", world.conversation),
        "/api/v1/customer-fields".to_owned(),
        format!("/api/v1/customers/{}", world.customer),
        format!("/api/v1/customers/{}/notes", world.customer),
    ] {
        seen.push(owner.get(&path).await.expect(200));
    }
    let thread = format!("/api/v1/conversations/{}/messages", world.conversation);
    let thread = owner.get(&thread).await.expect(200);
    // Addresses of files are signed anew each time.
    let ids = thread["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|m| m["id"].clone())
        .collect();
    seen.push(ids);
    seen
}

both_engines!(
    nothing_points_into_another_company,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (ours, theirs) = (World::open(&app).await, World::open(&app).await);
        let owner = &ours.salon.owner;
        let at = |below: &str| format!("/api/v1/conversations/{}/{below}", ours.conversation);
        let file = json!({"content_type": "file", "content": {"file_id": theirs.file}});
        let reply = json!({
            "content_type": "text", "content": {"text": "x"}, "reply_to": theirs.message,
        });
        let operator = json!({"operator_id": theirs.operator});
        for (path, body) in [
            (at("messages"), file),
            (at("messages"), reply),
            (at("assign"), operator),
        ] {
            owner.post(&path, &body).await.refused(404, "not_found");
        }
        let file = json!({"content_type": "file", "content": {"file_id": theirs.file}});
        let answer = ours.visitor.post("/api/v1/widget/messages", &file).await;
        answer.refused(404, "not_found");
        let filter = format!("/api/v1/conversations?channel_id={}", theirs.channel);
        let list = owner.get(&filter).await.expect(200);
        assert_eq!(
            (list["total"].clone(), list["items"].clone()),
            (json!(0), json!([]))
        );
        app.stop().await;
    }
);

both_engines!(
    the_server_s_own_fields_are_not_the_caller_s,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (ours, theirs) = (World::open(&app).await, World::open(&app).await);
        let before = snapshot(&ours).await;
        for row in ROWS {
            let who = match row.is_for {
                For::Everybody(_) => continue,
                For::Visitors => &ours.visitor,
                For::People(_) | For::Persons(_) => &ours.salon.owner,
                For::Superadmins => &ours.superadmin,
            };
            let Body::Json(good) = row.body else { continue };
            for (field, value) in [
                ("tenant_id", json!(theirs.salon.tenant_id)),
                ("tenant_id", json!(null)),
                ("tenant_id", json!([theirs.salon.tenant_id])),
                ("tenant_id", json!({})),
                ("workspace_id", json!("")),
                ("id", json!(theirs.operator)),
                ("sender_id", json!(theirs.operator)),
                ("assigned_to", json!(theirs.operator)),
                ("created_at", json!("2020-01-01T00:00:00Z")),
                ("role", json!("owner")),
                ("status", json!("active")),
                ("version", json!(7)),
                ("verified", json!(true)),
                ("email_verified", json!(true)),
                ("password_hash", json!("x")),
                ("secrets", json!({"identity_secret": "x"})),
                ("public_key", json!("x")),
                ("webhook_token", json!("x")),
                ("credential", json!("x")),
            ] {
                let mut body = good(&ours);
                // Here and there it is the caller's: what he says then has tests of its own.
                let is_a_channel_s = field == "secrets" && row.path.contains("/channels");
                let is_an_operator_s = field == "role" && row.path == "/api/v1/operators/{id}";
                if !body[field].is_null() || is_a_channel_s || is_an_operator_s {
                    continue;
                }
                body[field] = value;
                let method = reqwest::Method::from_bytes(row.method.as_bytes()).unwrap();
                let request = who.request(method, &ours.path(row)).json(&body);
                let problem = who.send(request).await;
                let what = format!("{} with {field}: {}", name(row), problem.body);
                assert_eq!(problem.status, 422, "{what}");
                assert_eq!(
                    problem.body["errors"][0]["pointer"],
                    format!("/{field}"),
                    "{what}"
                );
                assert_eq!(problem.body["errors"][0]["code"], "unknown", "{what}");
            }
        }
        assert_eq!(snapshot(&ours).await, before, "nothing was changed");
        app.stop().await;
    }
);

both_engines!(
    reading_changes_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let world = World::open(&app).await;
        let before = snapshot(&world).await;
        // A link or a picture on another page makes a browser read, and no more than that.
        let stranger = app.stranger();
        for row in ROWS.iter().filter(|row| row.method == "GET") {
            for who in [&stranger, &world.visitor, &world.salon.owner] {
                world.call(row, &world.path(row), who).await;
            }
        }
        assert_eq!(snapshot(&world).await, before);
        app.stop().await;
    }
);
