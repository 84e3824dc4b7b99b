//! Those who look after the whole installation: how they come in, and what companies they see.

use std::path::Path;

use omni_testkit::{Answer, Api, PASSWORD, Process, TestApp, TestDatabase, both_engines, site};
use serde_json::{Value, json};

use super::{owner_email, refresh_body, sign_in, try_sign_in, with};

const ROOT: &str = "root@omni.example";
const LOGIN: &str = "/api/v1/superadmin/login";
const REFRESH: &str = "/api/v1/superadmin/refresh";
const TENANTS: &str = "/api/v1/superadmin/tenants";
const AUDIT: &str = "/api/v1/superadmin/audit";

async fn log_in(api: &Api, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    api.post(LOGIN, &body).await
}

both_engines!(
    nobody_is_a_superadmin_until_one_is_made,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let nobody = app.stranger();
        for email in ["owner@demo.local", "admin", &owner_email(&salon)] {
            let answer = log_in(&nobody, email, PASSWORD).await;
            answer.refused(401, "bad_credentials");
        }
        app.superadmin(ROOT).await;
        log_in(&nobody, ROOT, "wrong-password")
            .await
            .refused(401, "bad_credentials");
        log_in(&nobody, &format!(" {}", ROOT.to_uppercase()), PASSWORD)
            .await
            .expect(200);
        let long = log_in(&nobody, ROOT, &"x".repeat(257)).await;
        long.refused(422, "invalid");
        // He is nobody in a company, and there is one of each address.
        try_sign_in(&nobody, ROOT, PASSWORD)
            .await
            .refused(401, "bad_credentials");
        let again = app.core().create_superadmin(ROOT, None).await.unwrap_err();
        assert!(again.to_string().starts_with("email_taken"), "{again}");
        for (email, password) in [("nobody", None), ("a@b.example", Some("short".to_owned()))] {
            let refused = app.core().create_superadmin(email, password).await;
            assert!(refused.unwrap_err().to_string().starts_with("invalid"));
        }
        app.stop().await;
    }
);

both_engines!(
    tokens_of_one_kind_open_nothing_of_the_other,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        app.superadmin(ROOT).await;
        let nobody = app.stranger();
        let root = log_in(&nobody, ROOT, PASSWORD).await.expect(200);
        let owner = sign_in(&nobody, &owner_email(&salon)).await;
        assert_eq!(root["superadmin"]["email"], ROOT);
        let (as_root, as_owner) = (with(&nobody, &root), with(&nobody, &owner));
        as_root.get(TENANTS).await.expect(200);
        as_owner.get(TENANTS).await.refused(401, "unauthenticated");
        as_root
            .get("/api/v1/conversations")
            .await
            .refused(401, "unauthenticated");
        let crossed = nobody
            .post("/api/v1/auth/refresh", &refresh_body(&root))
            .await;
        crossed.refused(401, "unauthenticated");
        let crossed = nobody.post(REFRESH, &refresh_body(&owner)).await;
        crossed.refused(401, "unauthenticated");
        app.stop().await;
    }
);

both_engines!(
    a_superadmin_s_refresh_token_works_once,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        app.superadmin(ROOT).await;
        let nobody = app.stranger();
        let first = log_in(&nobody, ROOT, PASSWORD).await.expect(200);
        let elsewhere = log_in(&nobody, ROOT, PASSWORD).await.expect(200);
        let second = nobody
            .post(REFRESH, &refresh_body(&first))
            .await
            .expect(200);
        with(&nobody, &second).get(TENANTS).await.expect(200);
        let stolen = nobody.post(REFRESH, &refresh_body(&first)).await;
        stolen.refused(401, "token_reused");
        // All that descends from it is over; another sign-in is not.
        with(&nobody, &second)
            .get(TENANTS)
            .await
            .refused(401, "unauthenticated");
        let over = nobody.post(REFRESH, &refresh_body(&second)).await;
        over.refused(401, "unauthenticated");
        with(&nobody, &elsewhere).get(TENANTS).await.expect(200);
        let out = with(&nobody, &elsewhere)
            .post("/api/v1/superadmin/logout", &json!({}))
            .await;
        out.expect(204);
        with(&nobody, &elsewhere)
            .get(TENANTS)
            .await
            .refused(401, "unauthenticated");
        let audit = app
            .superadmin("other@omni.example")
            .await
            .get(AUDIT)
            .await
            .expect(200);
        let actions: Vec<&str> = audit["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["action"].as_str().unwrap())
            .collect();
        assert!(
            actions.contains(&"superadmin.refresh_reused"),
            "{actions:?}"
        );
        app.stop().await;
    }
);

both_engines!(
    superadmins_are_not_guessed_without_end,
    |database: TestDatabase| async move {
        let settings = [("RATE_LIMIT_LOGIN_PER_MINUTE", "2")];
        let app = TestApp::start_with(database, &settings).await;
        let nobody = app.stranger();
        for _ in 0..2 {
            let wrong = log_in(&nobody, ROOT, "wrong-password").await;
            wrong.refused(401, "bad_credentials");
        }
        let answer = log_in(&nobody, &ROOT.to_uppercase(), "wrong-password").await;
        assert!(answer.header("retry-after").is_some());
        answer.refused(429, "rate_limited");
        app.stop().await;
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_superadmin_is_made_beside_a_running_server() {
    let (telegram, folder) = (site::telegram().await, tempfile::tempdir().unwrap());
    let url = format!("sqlite://{}/omnisupport.db", folder.path().display());
    let binary = Path::new(env!("CARGO_BIN_EXE_omnisupport"));
    let settings = site::settings(&url, folder.path(), &telegram);
    let mut process = Process::start(binary, &settings).await;
    let create = ["superadmin", "create", "--email", "Root@Omni.example"];
    let told = process.command(&create).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["email"], ROOT);
    let nobody = process.stranger();
    let password = told["password"].as_str().unwrap();
    let pair = log_in(&nobody, ROOT, password).await.expect(200);
    assert_eq!(pair["superadmin"]["id"], told["superadmin_id"]);
    let given = [
        "superadmin",
        "create",
        "--email",
        "two@omni.example",
        "--password",
        PASSWORD,
    ];
    let told: Value = serde_json::from_str(&process.command(&given).await).unwrap();
    assert_eq!(told["password"], Value::Null, "only what was made is told");
    log_in(&nobody, "two@omni.example", PASSWORD)
        .await
        .expect(200);
    process
        .creates_tenant("salon", "owner@salon.example", PASSWORD)
        .await;
    let seen = with(&nobody, &pair).get(TENANTS).await.expect(200);
    assert_eq!(seen["items"][0]["slug"], "salon");
    assert!(process.terminate().await);
}

async fn slugs(root: &Api, query: &str) -> Vec<String> {
    let page = root.get(&format!("{TENANTS}?{query}")).await.expect(200);
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|it| it["slug"].as_str().unwrap().to_owned())
        .collect()
}

both_engines!(
    companies_are_made_found_and_counted,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let root = app.superadmin(ROOT).await;
        let made = |name: &str, slug: &str| json!({"name": name, "slug": slug, "owner_email": format!("owner@{slug}.example")});
        let mut first = Value::Null;
        for (name, slug) in [
            ("Салон Анна", "anna"),
            ("100%_sure", "sure"),
            ("Bakery", "bread-2"),
        ] {
            let created = root.post(TENANTS, &made(name, slug)).await.expect(201);
            if first.is_null() {
                first = created;
            }
        }
        // The owner gets in with the password that was made.
        let password = first["owner_password"].as_str().unwrap();
        let pair = try_sign_in(&app.stranger(), "owner@anna.example", password)
            .await
            .expect(200);
        let owner = with(&app.stranger(), &pair);
        let widget = json!({"type": "widget", "name": "Site", "settings": {}});
        owner.post("/api/v1/channels", &widget).await.expect(201);
        let path = format!("{TENANTS}/{}", first["tenant_id"].as_str().unwrap());
        let seen = root.get(&path).await.expect(200);
        assert_eq!(seen["name"], "Салон Анна");
        assert_eq!(
            (&seen["people"], &seen["channels"], &seen["conversations"]),
            (&json!(1), &json!(1), &json!(0))
        );
        assert_eq!(seen["suspended_at"], Value::Null);

        root.post(TENANTS, &made("Again", "anna"))
            .await
            .refused(409, "slug_taken");
        root.post(TENANTS, &made("Bad", "Bad Slug"))
            .await
            .refused(422, "invalid");
        root.post(TENANTS, &json!({"name": "x"}))
            .await
            .refused(422, "invalid");
        let nobody =
            json!({"name": "x", "slug": "x", "owner_email": "nobody", "owner_password": "short"});
        let problem = root.post(TENANTS, &nobody).await.refused(422, "invalid");
        let told = problem["errors"].as_array().unwrap().iter();
        let told: Vec<_> = told
            .map(|field| field["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(told, ["/owner_email", "/owner_password"]);
        assert_eq!(slugs(&root, "").await, ["bread-2", "sure", "anna"]);
        assert_eq!(
            slugs(&root, "q=%D1%81%D0%B0%D0%BB%D0%BE%D0%BD").await,
            ["anna"],
            "салон"
        );
        assert_eq!(slugs(&root, "q=BREAD").await, ["bread-2"]);
        assert_eq!(
            slugs(&root, "q=%25").await,
            ["sure"],
            "a percent sign is one"
        );
        assert_eq!(slugs(&root, "q=nothing").await, Vec::<String>::new());
        let (mut all, mut query) = (Vec::new(), "limit=2".to_owned());
        loop {
            let page = root.get(&format!("{TENANTS}?{query}")).await.expect(200);
            assert_eq!(page["total"], 3);
            all.extend(slugs(&root, &query).await);
            match page["next_cursor"].as_str() {
                Some(cursor) => query = format!("limit=2&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(all, ["bread-2", "sure", "anna"]);
        let long = format!("q={}", "x".repeat(201));
        for bad in ["limit=0", "cursor=x", "unknown=1", &long] {
            root.get(&format!("{TENANTS}?{bad}"))
                .await
                .refused(422, "invalid");
        }
        let audit = root.get(AUDIT).await.expect(200);
        let line = &audit["items"][0];
        assert_eq!(
            (&line["action"], &line["changes"]["slug"]),
            (&json!("tenant.created"), &json!("bread-2"))
        );
        assert!(line["actor_id"].is_string());
        app.stop().await;
    }
);
