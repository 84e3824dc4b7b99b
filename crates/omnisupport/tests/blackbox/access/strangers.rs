//! Another company's sessions, places and names where one's own belong: S1, S2, S3.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use reqwest::Method;
use serde_json::{Value, json};

use super::world::World;
use super::{owner_email, sign_in, try_sign_in};
use crate::inbox::path_of;

both_engines!(
    a_session_is_good_in_its_own_widget_only,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (ours, theirs) = (World::open(&app).await, World::open(&app).await);
        let inbox = "/api/v1/conversations";
        let before = theirs.salon.owner.get(inbox).await.expect(200);
        let path = format!("/api/v1/channels/{}", theirs.channel);
        let foreign = theirs.salon.owner.get(&path).await.expect(200);
        let second = ours.salon.connects_widget().await;
        for widget in [&foreign, &second] {
            let body = json!({
                "widget_key": widget["widget_key"], "session_token": ours.visitor.token(),
            });
            let sessions = "/api/v1/widget/sessions";
            let opened = app.stranger().post(sessions, &body).await.expect(200);
            assert_ne!(opened["session_token"], ours.visitor.token());
            assert_eq!(
                (&opened["conversation_id"], &opened["messages"]),
                (&Value::Null, &json!([]))
            );
        }
        // It is what it was, and nothing has grown over there.
        let thread = ours.visitor.get("/api/v1/widget/messages?after=0").await;
        assert_eq!(
            thread.expect(200)["items"][0]["content"]["text"],
            "Добрый день"
        );
        assert_eq!(
            theirs.salon.owner.get(inbox).await.expect(200),
            before,
            "nobody came"
        );
        app.stop().await;
    }
);

both_engines!(
    a_place_of_another_company_leads_nowhere,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (ours, theirs) = (World::open(&app).await, World::open(&app).await);
        let place = &theirs.message;
        for bound in ["before", "after"] {
            let thread = format!("/api/v1/conversations/{}/messages", ours.conversation);
            let own = format!("{thread}?{bound}={}", ours.message);
            ours.salon.owner.get(&own).await.expect(200);
            let foreign = format!("{thread}?{bound}={place}");
            let answer = ours.salon.owner.get(&foreign).await;
            answer.refused(404, "not_found");
            let foreign = format!("/api/v1/widget/messages?{bound}={place}");
            let answer = ours.visitor.get(&foreign).await;
            answer.refused(404, "not_found");
        }
        // A signature is good for its own file.
        let address = async |world: &World| {
            let path = format!("/api/v1/files/{}", world.file);
            let file = world.salon.owner.get(&path).await.expect(200);
            path_of(&file["file"]["url"])
        };
        let (mine, other) = (address(&ours).await, address(&theirs).await);
        let (path, _) = mine.split_once('?').unwrap();
        let (_, signature) = other.split_once('?').unwrap();
        let mixed = format!("{path}?{signature}");
        app.stranger().get(&mixed).await.refused(404, "not_found");
        app.stranger().get(&mine).await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    whose_it_is_follows_from_the_token_alone,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (ours, theirs) = (World::open(&app).await, World::open(&app).await);
        let (stranger, email) = (app.stranger(), owner_email(&ours.salon));
        let pair = sign_in(&stranger, &email).await;
        let login = json!({"email": email, "password": omni_testkit::PASSWORD});
        for (path, good) in [
            ("/api/v1/auth/login", &login),
            (
                "/api/v1/auth/refresh",
                &json!({"refresh_token": pair["refresh_token"]}),
            ),
            ("/api/v1/widget/sessions", &json!({"widget_key": "wk_any"})),
        ] {
            for (field, value) in [
                ("tenant_id", json!(theirs.salon.tenant_id)),
                ("tenant_id", json!(null)),
                ("tenant_id", json!("")),
                ("tenant_id", json!([])),
                ("tenant_id", json!({})),
                ("workspace_id", json!("")),
            ] {
                let mut body = good.clone();
                body[field] = value;
                let told = stranger.post(path, &body).await.refused(422, "invalid");
                let error = &told["errors"][0];
                assert_eq!(error["pointer"], format!("/{field}"), "{path}");
                assert_eq!(error["code"], "unknown", "{path}");
            }
        }
        // At sign-in a company is named by a word, and by one that is there.
        for (tenant, status) in [
            (json!([]), 422),
            (json!({}), 422),
            (json!(7), 422),
            (json!(""), 401),
            (json!(theirs.salon.slug), 401),
        ] {
            let mut body = login.clone();
            body["tenant"] = tenant;
            stranger
                .post("/api/v1/auth/login", &body)
                .await
                .expect(status);
        }
        try_sign_in(&stranger, &email, omni_testkit::PASSWORD)
            .await
            .expect(200);

        let (owner, path) = (&ours.salon.owner, "/api/v1/conversations");
        let own = owner.get(path).await.expect(200);
        let request = owner
            .request(Method::GET, path)
            .header("X-Tenant-Id", theirs.salon.tenant_id.to_string());
        assert_eq!(owner.send(request).await.expect(200), own);
        for list in ["conversations", "operators", "audit"] {
            let path = format!("/api/v1/{list}?tenant_id={}", theirs.salon.tenant_id);
            owner.get(&path).await.refused(422, "invalid");
        }
        app.stop().await;
    }
);
