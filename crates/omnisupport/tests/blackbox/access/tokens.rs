//! Tokens: what is signed is held against what is stored, each opens its own door, and what is stored of them opens
//! none (S44, S59, S64).

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use omni_testkit::{Api, PASSWORD, Socket, TestApp, TestDatabase, both_engines, expect_stored};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::World;
use super::{owner_email, refresh, sign_in};

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64.decode(claims).unwrap()).unwrap()
}

/// The same access token with its claims changed, signed anew with this key.
pub(crate) fn signed_anew(token: &str, key: &str, change: impl FnOnce(&mut Value)) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut claims = claims(token);
    change(&mut claims);
    let (header, _) = token.split_once('.').unwrap();
    let signed = format!("{header}.{}", BASE64.encode(claims.to_string()));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", BASE64.encode(mac.finalize().into_bytes()))
}

/// A token that opens nothing: neither the API nor, for the person it names, a socket.
async fn opens_nothing(stranger: &Api, token: &str) {
    let answer = stranger.with_token(token).get("/api/v1/auth/me").await;
    answer.refused(401, "unauthenticated");
    let who = claims(token)["user_id"].as_str().unwrap().parse().unwrap();
    let mut socket = Socket::operator(stranger.addr(), who, token, None).await;
    assert_eq!(socket.closed().await, 4401);
}

both_engines!(
    a_right_signature_is_not_enough,
    |database: TestDatabase| async move {
        let app = TestApp::start_with(database, &[("JWT_SECRET_KEY", KEY)]).await;
        let (salon, other) = (app.salon().await, app.salon().await);
        let (_, anna) = salon.hires("anna", "operator").await;
        let (boris_id, boris) = salon.hires("boris", "operator").await;
        let stranger = app.stranger();
        let version = claims(anna.token())["ver"].as_i64().unwrap();
        for (claim, value) in [
            ("sid", claims(boris.token())["sid"].clone()),
            ("sid", json!(Uuid::nil())),
            ("user_id", json!(boris_id)),
            ("tenant_id", json!(other.tenant_id)),
            ("ver", json!(version + 1)),
            ("ver", json!(version - 1)),
        ] {
            let forged = signed_anew(anna.token(), KEY, |claims| claims[claim] = value);
            opens_nothing(&stranger, &forged).await;
            // The same claims under the signature that Anna's own had.
            let (message, _) = forged.rsplit_once('.').unwrap();
            let (_, signature) = anna.token().rsplit_once('.').unwrap();
            opens_nothing(&stranger, &format!("{message}.{signature}")).await;
        }
        // What it says of her rights is for her screen: those that count are stored.
        let crowned = signed_anew(anna.token(), KEY, |claims| {
            claims["role"] = json!("owner");
            claims["permissions"] = json!(["*"]);
        });
        let crowned = stranger.with_token(&crowned);
        let me = crowned.get("/api/v1/auth/me").await.expect(200);
        assert_eq!(me["role"], "operator");
        let answer = crowned.get("/api/v1/settings/routing").await;
        answer.refused(403, "forbidden");
        app.stop().await;
    }
);

both_engines!(
    each_token_opens_its_own_door,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let world = World::open(&app).await;
        let (stranger, salon) = (app.stranger(), &world.salon);
        let pair = sign_in(&stranger, &owner_email(salon)).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (access, next) = (text(&pair["access_token"]), text(&pair["refresh_token"]));
        let session = world.visitor.token().to_owned();
        let path = format!("/api/v1/files/{}", world.file);
        let url = text(&salon.owner.get(&path).await.expect(200)["file"]["url"]);
        let (_, signature) = url.rsplit_once("signature=").unwrap();
        let signature = signature.to_owned();
        let path = format!("/api/v1/channels/{}", world.channel);
        let key = text(&salon.owner.get(&path).await.expect(200)["widget_key"]);

        for token in [&next, &session, &signature, &key] {
            let answer = stranger.with_token(token).get("/api/v1/auth/me").await;
            answer.refused(401, "unauthenticated");
            let mut socket = Socket::operator(app.addr(), salon.owner_id, token, None).await;
            assert_eq!(socket.closed().await, 4401);
            // Nor does it keep a socket open that another opened.
            let mut socket = Socket::operator(app.addr(), salon.owner_id, &access, None).await;
            socket.expect("operator.connected").await;
            let follows = json!({"type": "operator.refresh", "token": token});
            socket.say(&follows).await;
            assert_eq!(socket.closed().await, 4401);
        }
        for token in [&access, &next, &signature, &key] {
            let widget = stranger.with_token(token);
            let answer = widget.get("/api/v1/widget/messages").await;
            answer.refused(401, "unauthenticated");
            let mut socket = Socket::open(app.addr(), "/api/v1/widget/ws").await;
            let hello = json!({"type": "widget.connect", "session_token": token});
            socket.say(&hello).await;
            assert_eq!(socket.closed().await, 4401);
        }
        for token in [&access, &session, &signature, &key] {
            let answer = refresh(&stranger, &json!({"refresh_token": token})).await;
            answer.refused(401, "unauthenticated");
        }
        refresh(&stranger, &pair).await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    what_opens_a_door_is_too_long_to_be_guessed,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let telegram = salon.connects_telegram().await;
        let mut words = BTreeSet::new();
        for _ in 0..8 {
            let widget = salon.connects_widget().await;
            let body = json!({"widget_key": widget["widget_key"]});
            let sessions = "/api/v1/widget/sessions";
            let opened = app.stranger().post(sessions, &body).await.expect(200);
            let pair = salon.signs_in("owner").await;
            // 256 bits, in base64; of what stands in every page, 128.
            for (word, length) in [
                (&opened["session_token"], 43),
                (&widget["identity_secret"], 43),
                (&widget["widget_key"], 25),
                (&pair["refresh_token"], 43),
            ] {
                let word = word.as_str().unwrap();
                assert!(word.len() >= length, "{word}");
                assert!(words.insert(word.to_owned()), "{word} is there twice");
            }
        }
        assert!(telegram["webhook_token"].as_str().unwrap().len() >= 43);
        assert!(app.telegram.webhook_secret().unwrap().len() >= 43);
        app.stop().await;
    }
);

both_engines!(
    the_database_alone_opens_no_door,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let pair = salon.signs_in("owner").await;
        let second = refresh(&app.stranger(), &pair).await.expect(200);
        let telegram = salon.connects_telegram().await;
        // Under a key, so that its answer is kept for a repeat.
        let body = json!({"type": "widget", "name": "Site"});
        let widget = salon.owner.post_once("/api/v1/channels", "k", &body).await;
        let widget = widget.expect(201);
        let body = json!({"widget_key": widget["widget_key"]});
        let sessions = "/api/v1/widget/sessions";
        let opened = app.stranger().post(sessions, &body).await.expect(200);

        let body = json!({"name": "Shop", "permissions": ["*"]});
        let key = salon
            .owner
            .post_once("/api/v1/api-keys", "key", &body)
            .await;
        let key = key.expect(201)["key"].clone();

        for secret in [
            &json!(PASSWORD),
            &key,
            &pair["access_token"],
            &pair["refresh_token"],
            &second["access_token"],
            &second["refresh_token"],
            &opened["session_token"],
            &widget["identity_secret"],
            &json!(salon.bot_token()),
            &json!(app.telegram.webhook_secret()),
        ] {
            let secret = secret.as_str().unwrap();
            expect_stored(app.database(), secret, false).await;
        }
        // These two say who is meant, and prove nothing: a header does, and the list of sites. They also show that
        // whoever looks finds.
        for name in [&telegram["webhook_token"], &widget["widget_key"]] {
            expect_stored(app.database(), name.as_str().unwrap(), true).await;
        }
        app.stop().await;
    }
);
