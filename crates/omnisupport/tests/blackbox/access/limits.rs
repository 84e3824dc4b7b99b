//! How often: S54, S55, S64.

use std::time::Duration;

use omni_testkit::{PASSWORD, TestApp, TestDatabase, both_engines};
use reqwest::Method;
use serde_json::json;

use super::{owner_email, try_sign_in};
use crate::inbox::path_of;

both_engines!(
    sign_in_is_limited_by_account_and_address,
    |database: TestDatabase| async move {
        let app = TestApp::start_with(database, &[("RATE_LIMIT_LOGIN_PER_MINUTE", "3")]).await;
        let salon = app.salon().await;
        let stranger = app.stranger();
        let email = owner_email(&salon);
        // The company's own sign-in was one of the three.
        for _ in 0..2 {
            try_sign_in(&stranger, &email, "wrong-password")
                .await
                .refused(401, "bad_credentials");
        }
        let answer = try_sign_in(&stranger, &email, PASSWORD).await;
        let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=20).contains(&after), "{after}");
        answer.refused(429, "rate_limited");
        // A header that anybody can write changes nothing.
        let body = json!({"email": email, "password": PASSWORD});
        let request = stranger
            .request(Method::POST, "/api/v1/auth/login")
            .header("X-Forwarded-For", "203.0.113.9")
            .json(&body);
        stranger.send(request).await.refused(429, "rate_limited");
        // Others behind the same address get in.
        try_sign_in(&stranger, "other@example.com", PASSWORD)
            .await
            .refused(401, "bad_credentials");
        app.stop().await;
    }
);

both_engines!(
    a_trusted_proxy_names_the_client,
    |database: TestDatabase| async move {
        let settings = [
            ("RATE_LIMIT_LOGIN_PER_MINUTE", "2"),
            ("TRUSTED_PROXIES", "127.0.0.1"),
        ];
        let app = TestApp::start_with(database, &settings).await;
        let stranger = app.stranger();
        let from = |address: &'static str| {
            let body = json!({"email": "nobody@example.com", "password": PASSWORD});
            let request = stranger
                .request(Method::POST, "/api/v1/auth/login")
                .header("X-Forwarded-For", address)
                .json(&body);
            stranger.send(request)
        };
        for _ in 0..2 {
            from("203.0.113.9").await.refused(401, "bad_credentials");
        }
        from("203.0.113.9").await.refused(429, "rate_limited");
        // Some proxies write the port, too, which is another one each time.
        from("203.0.113.9:5123").await.refused(429, "rate_limited");
        from("203.0.113.9, 203.0.113.10")
            .await
            .refused(401, "bad_credentials");
        app.stop().await;
    }
);

both_engines!(
    tokens_are_not_guessed_in_numbers,
    |database: TestDatabase| async move {
        let settings = [
            ("RATE_LIMIT_LOGIN_PER_MINUTE", "1"),
            ("RATE_LIMIT_WIDGET_PER_MINUTE", "5"),
        ];
        let app = TestApp::start_with(database, &settings).await;
        let stranger = app.stranger();
        let visitor = |n: usize| {
            let guess = stranger.with_token(&format!("guessed-{n}"));
            async move { guess.get("/api/v1/widget/messages").await }
        };
        let person = |n: usize| {
            let (stranger, guess) = (&stranger, json!({"refresh_token": format!("guessed-{n}")}));
            async move { stranger.post("/api/v1/auth/refresh", &guess).await }
        };
        // Five a minute for an address; who signs in at an office shares its address with some others.
        for n in 0..5 {
            visitor(n).await.refused(401, "unauthenticated");
            person(n).await.refused(401, "unauthenticated");
        }
        for answer in [visitor(5).await, person(5).await] {
            let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=60).contains(&wait), "{wait}");
            answer.refused(429, "rate_limited");
        }
        app.stop().await;
    }
);

both_engines!(
    a_session_has_its_own_bucket,
    |database: TestDatabase| async move {
        let app = TestApp::start_with(database, &[("RATE_LIMIT_SESSION_PER_MINUTE", "5")]).await;
        let salon = app.salon().await;
        for _ in 0..5 {
            salon.owner.get("/api/v1/auth/me").await.expect(200);
        }
        let answer = salon.owner.get("/api/v1/auth/me").await;
        assert!(answer.header("retry-after").is_some());
        answer.refused(429, "rate_limited");
        app.salon()
            .await
            .owner
            .get("/api/v1/auth/me")
            .await
            .expect(200);
        app.stop().await;
    }
);

both_engines!(uploads_are_limited, |database: TestDatabase| async move {
    let app = TestApp::start_with(database, &[("RATE_LIMIT_UPLOAD_PER_MINUTE", "2")]).await;
    let salon = app.salon().await;
    for _ in 0..2 {
        let sent = salon
            .owner
            .upload("/api/v1/files", "a.txt", "text/plain", b"a".to_vec())
            .await;
        sent.expect(201);
    }
    let sent = salon
        .owner
        .upload("/api/v1/files", "a.txt", "text/plain", b"a".to_vec())
        .await;
    sent.refused(429, "rate_limited");
    app.stop().await;
});

both_engines!(
    files_are_not_fetched_without_end,
    |database: TestDatabase| async move {
        let settings = [
            ("RATE_LIMIT_ADDRESS_PER_MINUTE", "3"),
            ("TRUSTED_PROXIES", "127.0.0.1"),
        ];
        let app = TestApp::start_with(database, &settings).await;
        let salon = app.salon().await;
        let sent = salon
            .owner
            .upload("/api/v1/files", "a.txt", "text/plain", b"a".to_vec())
            .await;
        let right = path_of(&sent.expect(201)["file"]["url"]);
        let guessed = right[..right.len() - 2].to_owned();
        let stranger = app.stranger();
        let fetch = |path: &str, client: &'static str| {
            let request = stranger
                .request(Method::GET, path)
                .header("X-Forwarded-For", client);
            stranger.send(request)
        };
        // A guess counts as much as a hit.
        fetch(&guessed, "203.0.113.9")
            .await
            .refused(404, "not_found");
        for _ in 0..2 {
            fetch(&right, "203.0.113.9").await.expect(200);
        }
        let answer = fetch(&right, "203.0.113.9").await;
        let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=20).contains(&after), "{after}");
        answer.refused(429, "rate_limited");
        let answer = fetch(&guessed, "203.0.113.9").await;
        answer.refused(429, "rate_limited");
        // Another client of the same proxy is not kept out.
        fetch(&right, "203.0.113.10").await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    many_who_sign_in_at_once_all_get_in,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let email = owner_email(&salon);
        let stranger = app.stranger();
        let all = (0..40).map(|_| try_sign_in(&stranger, &email, PASSWORD));
        let all = futures_util::future::join_all(all);
        let answers = tokio::time::timeout(Duration::from_secs(60), all)
            .await
            .unwrap();
        for answer in answers {
            // Whoever waits too long for his turn is asked to come again, never lost.
            assert!(matches!(answer.status, 200 | 503), "{}", answer.status);
        }
        app.stop().await;
    }
);
