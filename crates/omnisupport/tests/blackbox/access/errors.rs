//! What the surface answers to what it cannot take: S29, S55, S83.

use omni_testkit::{PASSWORD, TestApp, TestDatabase, both_engines};
use reqwest::Method;
use serde_json::{Value, json};

use super::owner_email;

const MEGABYTE: usize = 1024 * 1024;

both_engines!(problems_look_alike, |database: TestDatabase| async move {
    let app = TestApp::start(database).await;
    let salon = app.salon().await;
    let answer = app.stranger().get("/api/v1/auth/me").await;
    let id = answer.header("x-request-id").unwrap().to_owned();
    let problem = answer.refused(401, "unauthenticated");
    assert_eq!(problem["type"], "urn:omnisupport:problem:unauthenticated");
    assert_eq!(problem["status"], 401);
    assert_eq!(problem["request_id"], id);
    assert!(problem["title"].is_string() && problem["detail"].is_string());

    let stranger = app.stranger();
    let named = stranger
        .request(Method::GET, "/api/v1/auth/me")
        .header("X-Request-Id", "trace-0123456789");
    let answer = stranger.send(named).await;
    assert_eq!(
        answer.refused(401, "unauthenticated")["request_id"],
        "trace-0123456789"
    );

    salon
        .owner
        .get("/api/v1/no-such-thing")
        .await
        .refused(404, "not_found");
    salon
        .owner
        .get("/api/v2/conversations")
        .await
        .refused(404, "not_found");
    let answer = salon.owner.delete("/api/v1/auth/me").await;
    assert!(answer.header("allow").unwrap().contains("GET"));
    answer.refused(405, "method_not_allowed");
    app.stop().await;
});

both_engines!(
    bodies_are_read_within_bounds,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let path = "/api/v1/settings/routing";
        let put = |body: Vec<u8>| {
            let request = salon
                .owner
                .request(Method::PUT, path)
                .header("Content-Type", "application/json")
                .body(body);
            salon.owner.send(request)
        };
        for broken in [
            "",
            "{",
            "{\"capacity\": }",
            "\u{0}",
            "{\"capacity\":1}x",
            "<script>",
        ] {
            let problem = put(broken.as_bytes().to_vec())
                .await
                .refused(400, "malformed_json");
            assert!(!problem.to_string().contains("script"), "{problem}");
        }
        put(vec![0xff, 0xfe, b'{', b'}'])
            .await
            .refused(400, "malformed_json");
        let deep = "[".repeat(100_000).into_bytes();
        put(deep).await.refused(400, "malformed_json");
        let deep = format!("{}{}", "{\"a\":".repeat(70), "1").into_bytes();
        put(deep).await.refused(400, "malformed_json");
        for size in [MEGABYTE + 1, 10 * MEGABYTE] {
            put(vec![b' '; size]).await.refused(413, "too_large");
        }
        // 413 comes before what the body says, 401 before everything.
        let request = app
            .stranger()
            .request(Method::PUT, path)
            .header("Content-Type", "application/json")
            .body(vec![b' '; 10 * MEGABYTE]);
        app.stranger()
            .send(request)
            .await
            .refused(401, "unauthenticated");

        let request = salon.owner.request(Method::PUT, path).body("{}");
        salon
            .owner
            .send(request)
            .await
            .refused(415, "unsupported_media_type");
        let request = salon
            .owner
            .request(Method::PUT, path)
            .header("Content-Type", "application/json; charset=utf-8")
            .body("{}");
        salon.owner.send(request).await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    a_password_is_no_place_for_a_flood,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (owner, stranger) = (&salon.owner, app.stranger());
        let email = owner_email(&salon);
        for (who, path, field, good) in [
            (
                &stranger,
                "/api/v1/auth/login",
                "password",
                json!({"email": email, "password": PASSWORD}),
            ),
            (
                owner,
                "/api/v1/auth/password",
                "current_password",
                json!({"current_password": PASSWORD, "new_password": "another-password"}),
            ),
            (
                owner,
                "/api/v1/auth/password",
                "new_password",
                json!({"current_password": PASSWORD, "new_password": "another-password"}),
            ),
            (
                owner,
                "/api/v1/operators",
                "password",
                json!({"email": "new@example.com", "name": "New", "role": "viewer"}),
            ),
        ] {
            let with = |bytes: usize| {
                let mut body = good.clone();
                body[field] = Value::String("x".repeat(bytes));
                body
            };
            let answer = who.post(path, &with(10 * MEGABYTE)).await;
            answer.refused(413, "too_large");
            let answer = who.post(path, &with(900 * 1024)).await;
            let problem = answer.refused(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{field}"));
            assert_eq!(problem["errors"][0]["code"], "too_long");
        }
        // Nothing came of all that, and the door is as it was.
        let pair = salon.signs_in("owner").await;
        assert_eq!(pair["user"]["email"], email);
        let people = owner.get("/api/v1/operators").await.expect(200);
        assert_eq!(people["total"], 1);
        app.stop().await;
    }
);

both_engines!(
    what_came_in_is_never_told_back,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let canary = "canary79161234567";
        for body in [
            json!({"capacity": canary}),
            json!({"strategy": canary}),
            json!({canary: 1}),
            json!({"strategy": {"a": canary}}),
        ] {
            let answer = salon.owner.put("/api/v1/settings/routing", &body).await;
            let problem = answer.refused(422, "invalid");
            assert!(!problem.to_string().contains(canary), "{problem}");
        }
        for path in [
            format!("/api/v1/operators?limit={canary}"),
            format!("/api/v1/operators?{canary}=1"),
            format!("/api/v1/operators?cursor={canary}"),
            format!("/api/v1/conversations/{canary}"),
            format!("/api/v1/{canary}"),
        ] {
            let answer = salon.owner.get(&path).await;
            assert!(
                matches!(answer.status, 404 | 422),
                "{path}: {}",
                answer.status
            );
            assert!(!answer.body.to_string().contains(canary), "{}", answer.body);
        }
        app.stop().await;
    }
);
