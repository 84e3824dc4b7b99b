//! Signing in, refreshing, signing out: S44 to S49, S53, S55, S58.

use std::time::{Duration, Instant};

use omni_testkit::{Api, PASSWORD, TestApp, TestDatabase, both_engines, eventually};
use serde_json::json;

use super::{owner_email, refresh, refresh_body, sign_in, try_sign_in, with};

/// Within how many seconds a change holds everywhere.
const HOLDS_WITHIN: Duration = Duration::from_secs(5);

/// Waits until a client's token lets in no more.
async fn shut_out(api: &Api) {
    let started = Instant::now();
    eventually("the token to end", || async {
        let answer = api.get("/api/v1/auth/me").await;
        (answer.status == 401).then_some(())
    })
    .await;
    assert!(started.elapsed() < HOLDS_WITHIN, "{:?}", started.elapsed());
}

both_engines!(
    a_session_from_sign_in_to_sign_out,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let stranger = app.stranger();

        let pair = sign_in(&stranger, &owner_email(&salon).to_uppercase()).await;
        assert_eq!(pair["token_type"], "bearer");
        assert_eq!(pair["expires_in"], 900);
        assert_eq!(pair["user"]["role"], "owner");
        assert_eq!(pair["user"]["permissions"], json!(["*"]));
        let me = with(&stranger, &pair)
            .get("/api/v1/auth/me")
            .await
            .expect(200);
        assert_eq!(me, pair["user"]);
        assert_eq!(me["tenant_id"], salon.tenant_id.to_string());

        let second = refresh(&stranger, &pair).await.expect(200);
        assert_ne!(second["refresh_token"], pair["refresh_token"]);
        let owner = with(&stranger, &second);
        owner.get("/api/v1/auth/me").await.expect(200);

        owner
            .post("/api/v1/auth/logout", &json!({}))
            .await
            .expect(204);
        owner
            .get("/api/v1/auth/me")
            .await
            .refused(401, "unauthenticated");
        with(&stranger, &pair)
            .get("/api/v1/auth/me")
            .await
            .refused(401, "unauthenticated");
        refresh(&stranger, &second)
            .await
            .refused(401, "unauthenticated");
        // Another session of the same person is another matter.
        salon.owner.get("/api/v1/auth/me").await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    a_refresh_token_used_twice_ends_its_family,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let stranger = app.stranger();
        let first = sign_in(&stranger, &owner_email(&salon)).await;
        let second = refresh(&stranger, &first).await.expect(200);
        let owner = with(&stranger, &second);
        owner.get("/api/v1/auth/me").await.expect(200);

        refresh(&stranger, &first)
            .await
            .refused(401, "token_reused");
        shut_out(&owner).await;
        refresh(&stranger, &second)
            .await
            .refused(401, "unauthenticated");

        let audit = salon.owner.get("/api/v1/audit").await.expect(200);
        let line = &audit["items"][0];
        assert_eq!(line["action"], "session.refresh_reused");
        assert_eq!(line["actor_id"], json!(null));
        assert_eq!(line["changes"]["user_id"], salon.owner_id.to_string());
        app.stop().await;
    }
);

both_engines!(
    of_two_who_refresh_at_once_none_keeps_the_session,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let stranger = app.stranger();
        let pair = sign_in(&stranger, &owner_email(&salon)).await;
        let body = refresh_body(&pair);
        let (one, two) = tokio::join!(
            stranger.post("/api/v1/auth/refresh", &body),
            stranger.post("/api/v1/auth/refresh", &body),
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401]);
        let winner = if one.status == 200 {
            one.body
        } else {
            two.body
        };
        shut_out(&with(&stranger, &winner)).await;
        refresh(&stranger, &winner)
            .await
            .refused(401, "unauthenticated");
        app.stop().await;
    }
);

both_engines!(
    what_another_process_changed_holds_within_seconds,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (boris_id, boris) = salon.hires("boris", "operator").await;
        anna.get("/api/v1/auth/me").await.expect(200);
        boris.get("/api/v1/auth/me").await.expect(200);

        let change = "UPDATE users SET role = 'viewer', version = version + 1 WHERE name = 'anna'";
        app.database().execute(change).await;
        let close = "UPDATE users SET disabled = (1 = 1) WHERE name = 'boris'";
        app.database().execute(close).await;
        shut_out(&anna).await;
        shut_out(&boris).await;

        // Anna comes in again as what she is now, Boris not at all.
        let email = format!("anna@{}.example", salon.slug);
        let pair = sign_in(&app.stranger(), &email).await;
        assert_eq!(pair["user"]["role"], "viewer");
        let path = format!("/api/v1/operators/{boris_id}/status");
        let body = json!({"status": "away"});
        with(&app.stranger(), &pair)
            .put(&path, &body)
            .await
            .refused(404, "not_found");
        let email = format!("boris@{}.example", salon.slug);
        try_sign_in(&app.stranger(), &email, PASSWORD)
            .await
            .refused(401, "bad_credentials");
        assert_ne!(anna_id, boris_id);
        app.stop().await;
    }
);

both_engines!(
    a_new_password_ends_the_other_sessions,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let stranger = app.stranger();
        let email = owner_email(&salon);
        let here = sign_in(&stranger, &email).await;
        let elsewhere = sign_in(&stranger, &email).await;
        let owner = with(&stranger, &here);
        let path = "/api/v1/auth/password";

        let wrong = json!({"current_password": "not it", "new_password": "another-password"});
        let problem = owner.post(path, &wrong).await.refused(403, "forbidden");
        assert_eq!(problem["errors"][0]["pointer"], "/current_password");
        let short = json!({"current_password": PASSWORD, "new_password": "short"});
        owner.post(path, &short).await.refused(422, "invalid");
        owner
            .post(path, &json!({"new_password": "another-password"}))
            .await
            .refused(422, "invalid");
        with(&stranger, &elsewhere)
            .get("/api/v1/auth/me")
            .await
            .expect(200);

        let right = json!({"current_password": PASSWORD, "new_password": "another-password"});
        owner.post(path, &right).await.expect(204);
        owner.get("/api/v1/auth/me").await.expect(200);
        refresh(&stranger, &here).await.expect(200);
        shut_out(&with(&stranger, &elsewhere)).await;
        refresh(&stranger, &elsewhere)
            .await
            .refused(401, "unauthenticated");
        try_sign_in(&stranger, &email, PASSWORD)
            .await
            .refused(401, "bad_credentials");
        try_sign_in(&stranger, &email, "another-password")
            .await
            .expect(200);
        app.stop().await;
    }
);

both_engines!(
    nobody_learns_who_has_an_account,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.hires("anna", "operator").await;
        app.database()
            .execute("UPDATE users SET disabled = (1 = 1) WHERE name = 'anna'")
            .await;
        let nameless = json!({"email": "later@example.com", "name": "Later", "role": "viewer"});
        let hired = salon.owner.post("/api/v1/operators", &nameless).await;
        hired.expect(201);
        let stranger = app.stranger();
        let (owner, anna) = (owner_email(&salon), format!("anna@{}.example", salon.slug));
        let mut told = Vec::new();
        for body in [
            json!({"email": "nobody@example.com", "password": PASSWORD}),
            json!({"email": "not an address", "password": PASSWORD}),
            json!({"email": owner, "password": "wrong-password"}),
            json!({"email": owner, "password": ""}),
            json!({"email": owner, "password": PASSWORD, "tenant": "no-such-company"}),
            json!({"email": anna, "password": PASSWORD}),
            json!({"email": "later@example.com", "password": PASSWORD}),
        ] {
            let answer = stranger.post("/api/v1/auth/login", &body).await;
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            let mut problem = answer.refused(401, "bad_credentials");
            problem.as_object_mut().unwrap().remove("request_id");
            told.push(problem);
        }
        assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:#?}");
        // So long that it cannot be a password: not even hashed.
        let long = "x".repeat(300);
        try_sign_in(&stranger, &owner_email(&salon), &long)
            .await
            .refused(422, "invalid");
        app.stop().await;
    }
);

both_engines!(
    somebody_whom_two_companies_know_names_one,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (one, two) = (app.salon().await, app.salon().await);
        for (salon, password) in [(&one, "the-same-password"), (&two, "the-same-password")] {
            let body = json!({
                "email": "eva@example.com", "name": "Eva", "role": "operator", "password": password,
            });
            salon
                .owner
                .post("/api/v1/operators", &body)
                .await
                .expect(201);
        }
        let stranger = app.stranger();
        try_sign_in(&stranger, "eva@example.com", "wrong")
            .await
            .refused(401, "bad_credentials");
        let answer = try_sign_in(&stranger, "eva@example.com", "the-same-password").await;
        answer.refused(409, "tenant_required");
        let body = json!({
            "email": "eva@example.com", "password": "the-same-password", "tenant": two.slug,
        });
        let pair = stranger.post("/api/v1/auth/login", &body).await.expect(200);
        assert_eq!(pair["user"]["tenant_id"], two.tenant_id.to_string());
        let body = json!({
            "email": "eva@example.com", "password": "the-same-password", "tenant": "no-such-company",
        });
        stranger
            .post("/api/v1/auth/login", &body)
            .await
            .refused(401, "bad_credentials");
        app.stop().await;
    }
);

both_engines!(
    a_token_counts_in_its_header_only,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let stranger = app.stranger();
        let token = salon.owner.token();
        for path in [
            format!("/api/v1/auth/me?access_token={token}"),
            format!("/api/v1/auth/me?token={token}"),
        ] {
            stranger.get(&path).await.refused(401, "unauthenticated");
        }
        for value in [
            "",
            "Bearer",
            "Bearer ",
            "Basic b3duZXI6eA==",
            "Bearer a.b.c",
            token,
        ] {
            let request = stranger
                .request(reqwest::Method::GET, "/api/v1/auth/me")
                .header("Authorization", value);
            let answer = stranger.send(request).await;
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            answer.refused(401, "unauthenticated");
        }
        app.stop().await;
    }
);
