//! How sockets begin and end: who may open one, what closes it (S47, S58, S65, S66).

use std::time::Instant;

use super::*;
use crate::access::tokens::signed_anew;
use omni_model::{SessionId, TenantScope};
use omni_store::sessions;
use omni_testkit::both_engines;
use reqwest::Method;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

const SOCKETS: [&str; 2] = ["/api/v1/ws", "/api/v1/widget/ws"];

both_engines!(
    the_first_frame_says_who_it_is_and_in_time,
    |database: TestDatabase| async move {
        let live = LiveOptions {
            first_frame: millis(400),
            ..LiveOptions::default()
        };
        let app = app_with(database, live).await;
        let salon = app.salon().await;
        let (anna_id, _) = salon.hires("anna", "operator").await;
        let stranger_id = app.salon().await.owner_id;
        for path in SOCKETS {
            let mut late = Socket::open(app.addr(), path).await;
            assert_eq!(late.closed().await, 4401, "silence");
        }
        let token = salon.owner.token();
        let not_his = json!({"type": "operator.connect", "operator_id": anna_id, "token": token});
        let foreign =
            json!({"type": "operator.connect", "operator_id": stranger_id, "token": token});
        let bad_token =
            json!({"type": "operator.connect", "operator_id": anna_id, "token": "x.y.z"});
        let firsts = [
            Message::text(not_his.to_string()),
            Message::text(foreign.to_string()),
            Message::text(bad_token.to_string()),
            Message::text(r#"{"type":"widget.connect","session_token":"guessed"}"#),
            Message::text(r#"{"type":"ping"}"#),
            Message::text(r#"{"event":"base"}"#),
            Message::text("hello"),
            Message::text(format!("{}{}", "[".repeat(7_000), "]".repeat(7_000))),
            Message::binary(vec![0_u8, 159, 146, 150]),
            Message::text("x".repeat(20_000)),
            Message::binary(vec![7_u8; 3_000_000]),
        ];
        for first in firsts {
            for path in SOCKETS {
                let mut socket = Socket::open(app.addr(), path).await;
                socket.send(first.clone()).await;
                assert_eq!(socket.closed().await, 4401);
            }
        }
        salon.owner.get("/api/v1/auth/me").await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    later_frames_are_known_ones,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let wrong = [
            Message::text(r#"{"type":"operator.become","role":"owner"}"#),
            Message::text("{"),
            Message::binary(b"{\"type\":\"ping\"}".to_vec()),
            Message::text(format!(r#"{{"type":"ping","x":"{}"}}"#, "x".repeat(17_000))),
        ];
        for frame in wrong {
            let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
            socket.expect("operator.connected").await;
            socket.send(frame).await;
            assert_eq!(socket.closed().await, 4400);
        }
        let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
        socket.expect("operator.connected").await;
        socket.say(&json!({"type": "ping"})).await;
        assert_eq!(socket.next().await.unwrap(), json!({"type": "pong"}));
        for _ in 0..500 {
            socket.send(Message::text(r#"{"type":"ping"}"#)).await;
        }
        assert_eq!(socket.closed().await, 1008, "a flood ends");
        app.stop().await;
    }
);

both_engines!(
    pages_of_other_sites_and_tokens_in_addresses_are_refused,
    |database: TestDatabase| async move {
        let app =
            TestApp::start_with(database, &[("CORS_ORIGINS", "https://desk.example.com")]).await;
        let salon = app.salon().await;
        let token = salon.owner.token();
        let knock = |path: String, origin: Option<&'static str>| {
            let request = app.stranger().request(Method::GET, &path);
            let request = request
                .header("Connection", "Upgrade")
                .header("Upgrade", "websocket")
                .header("Sec-WebSocket-Version", "13")
                .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
            let request = match origin {
                Some(origin) => request.header("Origin", origin),
                None => request,
            };
            let stranger = app.stranger();
            async move { stranger.send(request).await }
        };
        let ws = || "/api/v1/ws".to_owned();
        knock(ws(), Some("https://evil.example"))
            .await
            .refused(403, "forbidden");
        knock(ws(), Some("null")).await.refused(403, "forbidden");
        knock(format!("/api/v1/ws?token={token}"), None)
            .await
            .refused(401, "unauthenticated");
        let widget = format!("/api/v1/widget/ws?session_token={token}");
        knock(widget, None).await.refused(401, "unauthenticated");
        app.stranger()
            .get("/api/v1/ws")
            .await
            .refused(400, "bad_request");
        app.stop().await;
    }
);

both_engines!(
    a_session_that_ends_takes_its_sockets_along,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (boris_id, boris) = salon.hires("boris", "operator").await;
        let mut annas = salon.socket(anna_id, &anna, None).await;
        annas.expect("operator.connected").await;
        let mut boriss = salon.socket(boris_id, &boris, None).await;
        boriss.expect("operator.connected").await;

        let since = Instant::now();
        anna.post("/api/v1/auth/logout", &json!({})).await;
        assert_eq!(annas.closed().await, 4401);
        assert!(since.elapsed() < millis(2_000), "at once, by the signal");

        // Another process revokes: no signal comes.
        let since = Instant::now();
        boris.get("/api/v1/auth/me").await.expect(200);
        revoke_sessions(&app, &salon, boris_id).await;
        assert_eq!(boriss.closed().await, 4401);
        assert!(since.elapsed() < millis(5_000));
        app.stop().await;
    }
);

/// Revokes a person's sessions as another process would: behind the back of this one.
async fn revoke_sessions(app: &TestApp, salon: &Salon, person: Uuid) {
    let scope = TenantScope::of(salon.tenant_id.into());
    let revoked = app
        .core()
        .store()
        .write(&scope, move |unit| async move {
            let none = SessionId(Uuid::nil());
            sessions::revoke_others(&unit, &scope, person.into(), none, "test").await
        })
        .await;
    assert_eq!(revoked.unwrap().len(), 1);
}

both_engines!(silence_is_noticed, |database: TestDatabase| async move {
    let live = LiveOptions {
        heartbeat: millis(200),
        ..LiveOptions::default()
    };
    let app = app_with(database, live).await;
    let salon = app.salon().await;
    // One that answers pings stays, although it says nothing itself.
    let mut quiet = salon.socket(salon.owner_id, &salon.owner, None).await;
    quiet.expect("operator.connected").await;
    assert!(quiet.is_silent_for(millis(1_500)).await);
    // One that does not even read is dead, however open its connection looks.
    let mut dead = salon.socket(salon.owner_id, &salon.owner, None).await;
    dead.expect("operator.connected").await;
    let open = || {
        app.core()
            .open_sockets()
            .iter()
            .map(|(_, n)| n)
            .sum::<usize>()
    };
    for _ in 0..200 {
        assert!(quiet.is_silent_for(millis(20)).await);
        if open() == 1 {
            break;
        }
    }
    assert_eq!(open(), 1);
    assert_eq!(dead.closed().await, 1006);
    app.stop().await;
});

both_engines!(
    a_token_that_ends_closes_its_socket,
    |database: TestDatabase| async move {
        const SECRET: &str = "0123456789abcdef0123456789abcdef";
        let app = TestApp::start_with(database, &[("JWT_SECRET_KEY", SECRET)]).await;
        let salon = app.salon().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let ends = app.core().clock().now().seconds() + 3;
        let brief = signed_anew(anna.token(), SECRET, |claims| claims["exp"] = json!(ends));

        let mut left_alone = Socket::operator(app.addr(), anna_id, &brief, None).await;
        left_alone.expect("operator.connected").await;
        let mut refreshed = Socket::operator(app.addr(), anna_id, &brief, None).await;
        refreshed.expect("operator.connected").await;
        refreshed
            .say(&json!({"type": "operator.refresh", "token": anna.token()}))
            .await;
        let mut another = Socket::operator(app.addr(), anna_id, &brief, None).await;
        another.expect("operator.connected").await;
        another
            .say(&json!({"type": "operator.refresh", "token": salon.owner.token()}))
            .await;

        assert_eq!(another.closed().await, 4401, "a token of somebody else");
        let since = Instant::now();
        assert_eq!(left_alone.closed().await, 4401);
        assert!(since.elapsed() < millis(5_000));
        assert!(refreshed.is_silent_for(millis(1_500)).await);
        refreshed.say(&json!({"type": "ping"})).await;
        refreshed.expect("pong").await;
        app.stop().await;
    }
);

both_engines!(
    one_person_does_not_take_all_sockets,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let mut open = Vec::new();
        for _ in 0..64 {
            let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
            socket.expect("operator.connected").await;
            open.push(socket);
        }
        let mut one_more = salon.socket(salon.owner_id, &salon.owner, None).await;
        assert_eq!(one_more.closed().await, 1013);
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        salon
            .socket(anna_id, &anna, None)
            .await
            .expect("operator.connected")
            .await;
        app.stop().await;
    }
);
