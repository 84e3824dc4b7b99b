//! Invitations: told once, used once (S49, S57).

use futures_util::future::join_all;
use omni_testkit::{Answer, Api, TestApp, TestDatabase, both_engines, expect_stored};
use serde_json::{Value, json};

use super::id;

const USE: &str = "/api/v1/auth/invitation";
const NEW: &str = "a new password";

/// What stands behind `#` in a link.
fn token(invitation: &Value) -> String {
    let url = invitation["url"].as_str().expect("a link");
    let (page, token) = url.split_once('#').expect("a token");
    assert!(page.ends_with("/invitation"), "{page}");
    assert!(token.len() >= 22, "128 bits at least");
    token.to_owned()
}

async fn uses(api: &Api, token: &str) -> Answer {
    let body = json!({"token": token, "password": NEW});
    api.post(USE, &body).await
}

both_engines!(
    somebody_invited_sets_his_password_once,
    |database: TestDatabase| async move {
        let app = TestApp::start_with(database, &[("RATE_LIMIT_LOGIN_PER_MINUTE", "0")]).await;
        let salon = app.salon().await;
        let body = json!({"email": "vera@example.com", "name": "Вера", "role": "operator"});
        let added = salon
            .owner
            .post_once("/api/v1/operators", "once", &body)
            .await
            .expect(201);
        assert_eq!(added["joined"], false);
        assert_eq!(added["invited_until"], added["invitation"]["expires_at"]);
        let first = token(&added["invitation"]);
        // A repeat names the same person and tells no secret.
        let again = salon
            .owner
            .post_once("/api/v1/operators", "once", &body)
            .await
            .expect(201);
        assert_eq!(again["id"], added["id"]);
        assert_eq!(again["invitation"], Value::Null);
        expect_stored(app.database(), &first, false).await;

        let path = format!("/api/v1/operators/{}/invitation", id(&added));
        let second = salon.owner.post(&path, &json!({})).await;
        assert_eq!(second.header("cache-control"), Some("no-store"));
        let second = token(&second.expect(201));
        let nobody = app.stranger();
        let void = uses(&nobody, &first).await.refused(401, "bad_invitation");
        let short = json!({"token": second, "password": "short"});
        nobody.post(USE, &short).await.refused(422, "invalid");
        for wrong in [
            "",
            "x",
            &format!("{second} "),
            &format!("\n{second}"),
            "0\u{0}",
        ] {
            let mut told = uses(&nobody, wrong).await.refused(401, "bad_invitation");
            told["request_id"] = void["request_id"].clone();
            assert_eq!(told, void);
        }
        // Twenty at once: one comes in.
        let all = join_all((0..20).map(|_| uses(&nobody, &second))).await;
        let (came, refused): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(came.len(), 1);
        for answer in refused {
            answer.refused(401, "bad_invitation");
        }
        let pair = came.into_iter().next().unwrap();
        assert_eq!(pair.header("cache-control"), Some("no-store"));
        let pair = pair.expect(200);
        assert_eq!(pair["user"]["id"], added["id"]);
        let vera = nobody.with_token(pair["access_token"].as_str().unwrap());
        let me = vera
            .get(&format!("/api/v1/operators/{}", id(&added)))
            .await
            .expect(200);
        assert_eq!(
            (&me["joined"], &me["invited_until"]),
            (&json!(true), &json!(null))
        );
        uses(&nobody, &second).await.refused(401, "bad_invitation");
        let login = json!({"email": "vera@example.com", "password": NEW});
        nobody.post("/api/v1/auth/login", &login).await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    a_link_that_is_old_or_of_somebody_gone_opens_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let path = format!("/api/v1/operators/{anna_id}/invitation");
        let link = token(&salon.owner.post(&path, &json!({})).await.expect(201));
        let old = "UPDATE invitations SET expires_at = 1";
        app.database().execute(old).await;
        let nobody = app.stranger();
        uses(&nobody, &link).await.refused(401, "bad_invitation");

        // Nobody gets around his own password by it.
        let own = format!("/api/v1/operators/{}/invitation", salon.owner_id);
        salon
            .owner
            .post(&own, &json!({}))
            .await
            .refused(403, "forbidden");

        // A new one replaces the password she had, and ends the sessions she had.
        let link = token(&salon.owner.post(&path, &json!({})).await.expect(201));
        anna.get("/api/v1/auth/me").await.expect(200);
        uses(&nobody, &link).await.expect(200);
        anna.get("/api/v1/auth/me")
            .await
            .refused(401, "unauthenticated");

        let link = token(&salon.owner.post(&path, &json!({})).await.expect(201));
        let off = json!({"disabled": true});
        let path = format!("/api/v1/operators/{anna_id}");
        salon.owner.patch(&path, &off).await.expect(200);
        uses(&nobody, &link).await.refused(401, "bad_invitation");
        app.stop().await;
    }
);

both_engines!(
    links_are_tried_as_seldom_as_passwords,
    |database: TestDatabase| async move {
        let app = TestApp::start_with(database, &[("RATE_LIMIT_LOGIN_PER_MINUTE", "2")]).await;
        let nobody = app.stranger();
        // Each try names another link, so it is the address that is limited: five times as many.
        for n in 0..10 {
            let wrong = uses(&nobody, &format!("token {n}")).await;
            wrong.refused(401, "bad_invitation");
        }
        uses(&nobody, "one more").await.refused(429, "rate_limited");
        app.stop().await;
    }
);
