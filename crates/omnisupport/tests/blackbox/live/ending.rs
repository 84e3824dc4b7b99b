//! What ends a right ends its sockets, too: at once by a signal, within seconds where no signal came (S47, S48).

use std::time::Instant;

use super::*;
use omni_testkit::{Answer, PASSWORD, both_engines};

/// Within how long holds what another process changed.
const HOLDS_WITHIN: Duration = millis(5_000);

/// The socket of somebody who came in with this pair of tokens.
async fn socket_of(app: &TestApp, pair: &Value) -> Socket {
    let who = id(&pair["user"]).parse().unwrap();
    let token = pair["access_token"].as_str().unwrap();
    let mut socket = Socket::operator(app.addr(), who, token, None).await;
    socket.expect("operator.connected").await;
    socket
}

async fn refresh(app: &TestApp, pair: &Value) -> Answer {
    let body = json!({"refresh_token": pair["refresh_token"]});
    app.stranger().post("/api/v1/auth/refresh", &body).await
}

both_engines!(
    a_new_password_closes_the_sockets_of_other_sessions,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let mut here = salon.socket(salon.owner_id, &salon.owner, None).await;
        here.expect("operator.connected").await;
        let mut elsewhere = socket_of(&app, &salon.signs_in("owner").await).await;
        let change = json!({"current_password": PASSWORD, "new_password": "another-password"});
        let path = "/api/v1/auth/password";
        salon.owner.post(path, &change).await.expect(204);
        let since = Instant::now();
        assert_eq!(elsewhere.closed().await, 4401);
        assert!(since.elapsed() < millis(2_000), "at once, by the signal");
        here.until_pong().await;
        app.stop().await;
    }
);

both_engines!(
    a_refresh_token_used_twice_closes_the_sockets_of_its_family,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let first = salon.signs_in("owner").await;
        let mut before = socket_of(&app, &first).await;
        let second = refresh(&app, &first).await.expect(200);
        let mut after = socket_of(&app, &second).await;
        let mut another = salon.socket(salon.owner_id, &salon.owner, None).await;
        another.expect("operator.connected").await;
        refresh(&app, &first).await.refused(401, "token_reused");
        let since = Instant::now();
        assert_eq!(before.closed().await, 4401);
        assert_eq!(after.closed().await, 4401);
        assert!(since.elapsed() < millis(2_000), "at once, by the signal");
        another.until_pong().await;
        app.stop().await;
    }
);

both_engines!(
    what_another_process_did_to_people_closes_their_sockets,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        for name in ["anna", "boris"] {
            salon.hires(name, "operator").await;
        }
        let (anna, boris) = (salon.signs_in("anna").await, salon.signs_in("boris").await);
        let mut annas = socket_of(&app, &anna).await;
        let mut boriss = socket_of(&app, &boris).await;
        let since = Instant::now();
        for change in [
            "UPDATE users SET role = 'viewer', version = version + 1 WHERE name = 'anna'",
            "UPDATE users SET disabled = (1 = 1) WHERE name = 'boris'",
        ] {
            app.database().execute(change).await;
        }
        assert_eq!(annas.closed().await, 4401);
        assert_eq!(boriss.closed().await, 4401);
        assert!(since.elapsed() < HOLDS_WITHIN, "{:?}", since.elapsed());

        // Boris is out for good. Anna's session goes on, with the rights that she has now.
        let answer = refresh(&app, &boris).await;
        answer.refused(401, "unauthenticated");
        let anew = refresh(&app, &anna).await.expect(200);
        assert_eq!(anew["user"]["role"], "viewer");
        socket_of(&app, &anew).await.until_pong().await;
        app.stop().await;
    }
);

both_engines!(
    what_another_process_did_to_a_widget_closes_its_pages,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let gone = salon.connects_widget().await;
        let moved = salon.connects_widget().await;
        let stays = salon.connects_widget().await;
        let mut pages = Vec::new();
        for widget in [&gone, &moved, &stays] {
            let visitor = Visitor::arrives(&app, widget, "Мария").await;
            pages.push(visitor.connects(None).await);
        }
        let since = Instant::now();
        for (widget, change) in [
            (&gone, "deleted_at = 1"),
            (
                &moved,
                r#"settings = '{"allowed_origins":["https://other.example"]}'"#,
            ),
        ] {
            let key = widget["widget_key"].as_str().unwrap();
            let sql = format!("UPDATE channels SET {change} WHERE public_key = '{key}'");
            app.database().execute(&sql).await;
        }
        assert_eq!(pages[0].closed().await, 4401);
        assert_eq!(pages[1].closed().await, 4403);
        assert!(since.elapsed() < HOLDS_WITHIN, "{:?}", since.elapsed());
        pages[2].until_pong().await;
        app.stop().await;
    }
);
