//! Visitors who wait are told their place in the queue.

use omni_testkit::{Api, Socket, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{HOURS, at, id, opens, says};

/// The session of somebody who goes on with it.
async fn goes_on(app: &TestApp, widget: &Value, guest: &Api) -> Value {
    let body = json!({"widget_key": widget["widget_key"], "session_token": guest.token()});
    let opened = app.stranger().post("/api/v1/widget/sessions", &body).await;
    opened.expect(200)
}

/// His socket, and the place that he is greeted with.
async fn connects(guest: &Api) -> (Socket, Value) {
    let mut socket = Socket::open(guest.addr(), "/api/v1/widget/ws").await;
    let hello = json!({"type": "widget.connect", "session_token": guest.token()});
    socket.say(&hello).await;
    let greeting = socket.expect("widget.connected").await;
    (socket, greeting["position"].clone())
}

/// The place that he is told next.
async fn told(socket: &mut Socket) -> Value {
    let frame = socket.expect("queue.position").await;
    frame["position"].clone()
}

both_engines!(
    visitors_are_told_their_place_until_somebody_takes_them,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let (anna_id, _) = salon.hires("anna", "operator").await;
        salon.routes(json!({"strategy": "manual"})).await;
        let mut guests = Vec::new();
        for name in ["Мария", "Олег", "Иван"] {
            let (opened, guest) = opens(&app, &widget, json!({"name": name})).await;
            assert_eq!(opened["position"], Value::Null);
            says(&guest, "Есть кто?").await;
            guests.push((guest, salon.conversation_with(name).await));
        }
        let [(maria, marias), (oleg, olegs), (ivan, _)] = &guests[..] else {
            unreachable!("three of them")
        };
        for (place, (guest, _)) in (1..).zip(&guests) {
            let opened = goes_on(&app, &widget, guest).await;
            assert_eq!(opened["position"], json!(place));
        }
        let (mut of_oleg, greeted) = connects(oleg).await;
        assert_eq!(greeted, json!(2));
        let (mut of_ivan, greeted) = connects(ivan).await;
        assert_eq!(greeted, json!(3));
        let to_anna = json!({"operator_id": anna_id});
        let assign = at(marias, "/assign");
        salon.owner.post(&assign, &to_anna).await.expect(200);
        assert_eq!(told(&mut of_oleg).await, json!(1));
        assert_eq!(told(&mut of_ivan).await, json!(2));
        assert_eq!(goes_on(&app, &widget, maria).await["position"], Value::Null);
        let (_, greeted) = connects(maria).await;
        assert_eq!(greeted, Value::Null);

        // Who waits for a team stands among those who do.
        let team = json!({"name": "Night", "members": []});
        let team = salon.owner.post("/api/v1/teams", &team).await.expect(201);
        let to_team = json!({"team_id": id(&team)});
        let assign = at(olegs, "/assign");
        salon.owner.post(&assign, &to_team).await.expect(200);
        assert_eq!(told(&mut of_ivan).await, json!(1));
        assert_eq!(goes_on(&app, &widget, oleg).await["position"], json!(1));

        // A company may keep it to itself.
        let quiet = json!({"show_position": false});
        salon.owner.put(HOURS, &quiet).await.expect(200);
        assert_eq!(told(&mut of_ivan).await, Value::Null);
        assert_eq!(goes_on(&app, &widget, ivan).await["position"], Value::Null);
        salon.owner.put(HOURS, &json!({})).await.expect(200);
        assert_eq!(told(&mut of_ivan).await, json!(1));
        let closed = json!({"status": "closed"});
        let status = at(olegs, "/status");
        salon.owner.post(&status, &closed).await.expect(200);
        assert_eq!(told(&mut of_oleg).await, Value::Null);
        app.stop().await;
    }
);
