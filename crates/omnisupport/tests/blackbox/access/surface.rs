//! Health, metrics, pages, headers, other origins: S30, S54, S58, S60.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use reqwest::Method;
use serde_json::json;

use super::world::World;

both_engines!(
    health_and_numbers_are_told,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let stranger = app.stranger();
        for path in ["/health", "/api/v1/health"] {
            let health = stranger.get(path).await.expect(200);
            assert_eq!(health["status"], "ok");
            assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
            for part in ["database", "bus", "blobs", "jobs"] {
                assert_eq!(health["checks"][part], "ok", "{part}");
            }
        }
        stranger.get("/ready").await.expect(200);

        let world = World::open(&app).await;
        let tenant = world.salon.tenant_id;
        stranger.get("/api/v1/auth/me").await.expect(401);
        let answer = stranger.get("/metrics").await;
        assert!(
            answer
                .header("content-type")
                .unwrap()
                .starts_with("application/openmetrics-text")
        );
        let text = String::from_utf8(answer.bytes).unwrap();
        for name in [
            &format!(
                "messages_total{{tenant=\"{tenant}\",channel=\"widget\",direction=\"inbound\"}} 2"
            ),
            &format!(
                "conversations_total{{tenant=\"{tenant}\",channel=\"widget\",status=\"open\"}} 2"
            ),
            "request_duration_seconds_count{service=\"api\",endpoint=\"GET /api/v1/auth/me\"} 1",
            "queue_size{queue_name=\"inbound\"} 0",
            "# TYPE oldest_due_job_age_seconds gauge",
        ] {
            assert!(text.contains(name), "{name} is missing in\n{text}");
        }
        // Not to those who come through a proxy that nobody told us of.
        let request = stranger
            .request(Method::GET, "/metrics")
            .header("X-Forwarded-For", "203.0.113.9");
        stranger.send(request).await.refused(404, "not_found");
        app.stop().await;
    }
);

both_engines!(
    answers_carry_the_headers_that_keep_browsers_honest,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let stranger = app.stranger();
        for path in [
            "/",
            "/api/v1/auth/me",
            "/health",
            "/api/docs",
            "/no/such/page",
            "/api/v1/none",
        ] {
            let answer = stranger.get(path).await;
            assert_eq!(
                answer.header("x-content-type-options"),
                Some("nosniff"),
                "{path}"
            );
            assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
            assert_eq!(
                answer.header("referrer-policy"),
                Some("no-referrer"),
                "{path}"
            );
            let policy = answer.header("content-security-policy").unwrap();
            assert!(
                policy.contains("frame-ancestors 'none'"),
                "{path}: {policy}"
            );
            assert!(
                !policy.contains("unsafe-eval") && !policy.contains("script-src *"),
                "{policy}"
            );
        }
        let page = stranger.get("/api/docs").await;
        assert!(
            page.header("content-type")
                .unwrap()
                .starts_with("text/html")
        );
        assert!(
            page.header("content-security-policy")
                .unwrap()
                .contains("default-src 'self'")
        );
        app.stop().await;
    }
);

both_engines!(
    other_origins_read_nothing_unless_listed,
    |database: TestDatabase| async move {
        let settings = [("CORS_ORIGINS", "https://desk.example")];
        let app = TestApp::start_with(database, &settings).await;
        let stranger = app.stranger();
        let asked = |method: Method, path: &'static str, origin: &'static str| {
            let request = stranger
                .request(method, path)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST");
            stranger.send(request)
        };
        let allowed = |answer: &omni_testkit::Answer| {
            answer
                .header("access-control-allow-origin")
                .map(ToOwned::to_owned)
        };
        for method in [Method::GET, Method::OPTIONS] {
            let path = "/api/v1/auth/me";
            let listed = asked(method.clone(), path, "https://desk.example").await;
            assert_eq!(allowed(&listed).as_deref(), Some("https://desk.example"));
            // Nothing is known by cookies, so none are asked for.
            assert_eq!(listed.header("access-control-allow-credentials"), None);
            let foreign = asked(method.clone(), path, "https://evil.example").await;
            assert_eq!(allowed(&foreign), None);
            let null = asked(method, path, "null").await;
            assert_eq!(allowed(&null), None);
        }
        let widget = asked(
            Method::OPTIONS,
            "/api/v1/widget/sessions",
            "https://shop.example",
        )
        .await;
        assert_eq!(allowed(&widget).as_deref(), Some("https://shop.example"));
        assert_eq!(widget.header("access-control-allow-credentials"), None);
        app.stop().await;
    }
);

both_engines!(
    the_public_config_tells_nothing_but_what_pages_need,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let config = app
            .stranger()
            .get("/api/v1/public/config")
            .await
            .expect(200);
        assert_eq!(
            config,
            json!({
                "version": env!("CARGO_PKG_VERSION"), "demo": false, "default_locale": "en",
                "max_file_size": 20 * 1024 * 1024,
            })
        );
        app.stranger().get("/demo").await.refused(404, "not_found");
        app.stop().await;
    }
);
