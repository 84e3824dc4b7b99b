//! What a request says of itself in headers: who asks, from where, and by which name we are known (S51, S54).

use omni_testkit::{TestApp, TestDatabase, both_engines};
use reqwest::header::HeaderValue;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::owner_email;

both_engines!(
    behind_a_proxy_nobody_is_taken_for_the_proxy,
    |database: TestDatabase| async move {
        let app = TestApp::start_with(database, &[("TRUSTED_PROXIES", "127.0.0.1")]).await;
        let stranger = app.stranger();
        // Whatever the client wrote into the line before the proxy added to it, or instead of an address.
        for forwarded in [
            &b"203.0.113.9"[..],
            b"203.0.113.9:5123",
            b"[2001:db8::9]:5123",
            b"unknown",
            b"",
            b"\xff, 203.0.113.9",
            b"203.0.113.9, \xff",
            b"10.0.0.1, 203.0.113.9",
        ] {
            let value = HeaderValue::from_bytes(forwarded).unwrap();
            let request = stranger.request(Method::GET, "/metrics");
            let answer = stranger.send(request.header("X-Forwarded-For", value));
            answer.await.refused(404, "not_found");
        }
        // Who collects them asks from inside, past the proxy.
        stranger.get("/metrics").await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    no_header_says_who_is_asking,
    |database: TestDatabase| async move {
        let app = TestApp::start_with(database, &[("TRUSTED_PROXIES", "127.0.0.1")]).await;
        let salon = app.salon().await;
        let (stranger, email) = (app.stranger(), owner_email(&salon));
        for (name, value) in [
            ("X-Remote-User", email.as_str()),
            ("X-Forwarded-User", &email),
            ("X-Request-From", "internal"),
            ("X-Forwarded-For", "127.0.0.1"),
            ("X-Original-URL", "/metrics"),
            ("X-Rewrite-URL", "/health"),
            ("X-HTTP-Method-Override", "OPTIONS"),
        ] {
            let request = stranger.request(Method::GET, "/api/v1/auth/me");
            let answer = stranger.send(request.header(name, value)).await;
            answer.refused(401, "unauthenticated");
        }
        app.stop().await;
    }
);

both_engines!(
    the_addresses_we_give_are_our_own,
    |database: TestDatabase| async move {
        let settings = [
            ("PUBLIC_URL", "https://support.example"),
            ("TRUSTED_PROXIES", "127.0.0.1"),
        ];
        let app = TestApp::start_with(database, &settings).await;
        let owner = app.salon().await.owner;
        // Asked by another name, as whoever wants our addresses to lead to him would ask.
        let asked = async |request: RequestBuilder| {
            let request = request
                .header("Host", "evil.example")
                .header("X-Forwarded-Host", "evil.example")
                .header("X-Forwarded-Proto", "http");
            owner.send(request).await.body
        };
        let part = Part::bytes(b"x".to_vec()).file_name("a.txt");
        let form = Form::new().part("file", part);
        let upload = owner.request(Method::POST, "/api/v1/files");
        let file = asked(upload.multipart(form)).await;
        let path = format!("/api/v1/files/{}", file["file"]["id"].as_str().unwrap());
        let again = asked(owner.request(Method::GET, &path)).await;
        let bot = json!({
            "type": "telegram", "name": "Bot", "settings": {"mode": "webhook"},
            "secrets": {"bot_token": "7020:A"},
        });
        let make = owner.request(Method::POST, "/api/v1/channels");
        let made = asked(make.json(&bot)).await;
        let list = asked(owner.request(Method::GET, "/api/v1/channels")).await;
        let hook = json!(app.telegram.webhook_url());
        for address in [
            &file["file"]["url"],
            &again["file"]["url"],
            &made["webhook_url"],
            &list["items"][0]["webhook_url"],
            &hook,
        ] {
            let is_ours = |url: &str| url.starts_with("https://support.example/api/v1/");
            assert!(address.as_str().is_some_and(is_ours), "{address}");
        }
        for told in [file, again, made, list] {
            assert!(!told.to_string().contains("evil"), "{told}");
        }
        app.stop().await;
    }
);
