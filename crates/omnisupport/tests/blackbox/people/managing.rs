//! Changing people: who may, what it ends, and that an owner stays.

use omni_testkit::{TestApp, TestDatabase, both_engines, eventually};
use serde_json::json;

use super::{at, id, make_team, now, operator, writes};

both_engines!(
    nobody_changes_somebody_above_himself,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (admin_id, admin) = salon.hires("admin", "admin").await;
        let (other_id, _) = salon.hires("other", "admin").await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let rename = json!({"name": "Renamed"});
        for above in [salon.owner_id, other_id] {
            admin
                .patch(&operator(above), &rename)
                .await
                .refused(403, "forbidden");
            let path = format!("{}/invitation", operator(above));
            admin
                .post(&path, &json!({}))
                .await
                .refused(403, "forbidden");
        }
        for role in ["owner", "admin"] {
            let raise = json!({"role": role});
            admin
                .patch(&operator(anna_id), &raise)
                .await
                .refused(403, "forbidden");
        }
        // 403 before 422; and who manages nobody does not even manage himself.
        anna.patch(&operator(anna_id), &json!({"x": 1}))
            .await
            .refused(403, "forbidden");
        admin.patch(&operator(admin_id), &rename).await.expect(200);
        let body = json!({"name": "Анна", "skills": [" Окраска", "Окраска"], "capacity": 3});
        let changed = admin.patch(&operator(anna_id), &body).await.expect(200);
        assert_eq!(
            (&changed["name"], &changed["skills"], &changed["capacity"]),
            (&json!("Анна"), &json!(["Окраска"]), &json!(3))
        );
        let body = json!({"capacity": null});
        let changed = admin.patch(&operator(anna_id), &body).await.expect(200);
        assert_eq!(
            (&changed["capacity"], &changed["skills"]),
            (&json!(null), &json!(["Окраска"]))
        );
        let skills = anna.get("/api/v1/skills").await.expect(200);
        assert_eq!(skills["items"], json!(["Окраска"]));
        for (field, value) in [
            ("name", json!("")),
            ("skills", json!(["x".repeat(65)])),
            ("skills", json!(vec!["x"; 51])),
            ("capacity", json!(-1)),
            ("role", json!("superadmin")),
            ("email", json!("new@example.com")),
            ("password", json!("long enough")),
        ] {
            let mut body = json!({});
            body[field] = value;
            let problem = admin.patch(&operator(anna_id), &body).await;
            problem.refused(422, "invalid");
        }
        admin
            .patch(&operator(admin_id), &json!({"disabled": true}))
            .await
            .refused(422, "invalid");
        let stranger = app.salon().await;
        let foreign = stranger.owner.patch(&operator(anna_id), &rename).await;
        foreign.refused(404, "not_found");

        let audit = salon.owner.get("/api/v1/audit").await.expect(200);
        let actions: Vec<_> = audit["items"].as_array().unwrap().iter().collect();
        let told = actions
            .iter()
            .find(|line| {
                line["action"] == "operator.changed" && line["target_id"] == anna_id.to_string()
            })
            .unwrap();
        assert!(!told["changes"].to_string().contains("Анна"), "{told}");
        app.stop().await;
    }
);

both_engines!(an_owner_stays, |database: TestDatabase| async move {
    let app = TestApp::start(database).await;
    let salon = app.salon().await;
    let demote = json!({"role": "operator"});
    salon
        .owner
        .patch(&operator(salon.owner_id), &demote)
        .await
        .refused(409, "last_owner");
    // Of two owners who send each other off at the same moment, one stays.
    for round in 0..3 {
        let name = format!("owner{round}");
        let (second_id, second) = salon.hires(&name, "owner").await;
        let path = operator(second_id);
        let (first, second) = tokio::join!(
            salon.owner.patch(&path, &demote),
            second.patch(&path, &demote),
        );
        // Once it is done, the other finds nobody to send off, or may not any more.
        assert!([first.status, second.status].contains(&200));
        let list = salon.owner.get("/api/v1/operators").await.expect(200);
        let owners = list["items"].as_array().unwrap().iter();
        assert_eq!(owners.filter(|one| one["role"] == "owner").count(), 1);
    }
    let (other_id, other) = salon.hires("other", "owner").await;
    let off = json!({"disabled": true});
    let (mine, theirs) = (operator(salon.owner_id), operator(other_id));
    let (one, two) = tokio::join!(salon.owner.patch(&theirs, &off), other.patch(&mine, &off));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{statuses:?}");
    assert_ne!(statuses[1], 200, "{statuses:?}");
    app.stop().await;
});

both_engines!(
    a_changed_role_holds_at_once,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (anna_id, anna) = salon.hires("anna", "admin").await;
        let mut socket = salon.socket(anna_id, &anna, None).await;
        socket.expect("operator.connected").await;
        salon
            .owner
            .patch(&operator(anna_id), &json!({"role": "operator"}))
            .await
            .expect(200);
        assert_eq!(socket.closed().await, 4401);
        anna.get("/api/v1/auth/me")
            .await
            .refused(401, "unauthenticated");
        let again = salon.signs_in("anna").await;
        assert_eq!(again["user"]["role"], "operator");
        app.stop().await;
    }
);

both_engines!(
    whoever_is_disabled_leaves_his_work_and_his_teams,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.routes(json!({"requeue_after_seconds": 0})).await;
        let widget = salon.connects_widget().await;
        let (anna_id, anna) = salon.hires_online("anna").await;
        let team = make_team(&salon, "Зал", &[anna_id]).await;
        let mut theirs = Vec::new();
        for name in ["Мария", "Олег"] {
            let conversation = writes(&app, &salon, &widget, name).await;
            eventually("Anna to get it", || async {
                let now = now(&salon.owner, &conversation).await;
                (now["assigned_to"] == anna_id.to_string()).then_some(())
            })
            .await;
            theirs.push(conversation);
        }
        let pending = json!({"status": "pending"});
        let path = at(&theirs[1], "/status");
        anna.post(&path, &pending).await.expect(200);
        let pair = salon.signs_in("anna").await;

        let gone = salon
            .owner
            .patch(&operator(anna_id), &json!({"disabled": true}))
            .await
            .expect(200);
        assert_eq!(
            (
                &gone["disabled"],
                &gone["status"],
                &gone["teams"],
                &gone["active_conversations"]
            ),
            (&json!(true), &json!("offline"), &json!([]), &json!(0))
        );
        for conversation in &theirs {
            let now = now(&salon.owner, conversation).await;
            assert_eq!(now["assigned_to"], json!(null));
            assert_eq!(now["assigned_reason"]["rule"], "operator_left");
        }
        let team = salon
            .owner
            .get(&format!("/api/v1/teams/{}", id(&team)))
            .await
            .expect(200);
        assert_eq!(team["members"], json!([]));
        // She is out, whatever she still holds.
        anna.get("/api/v1/auth/me")
            .await
            .refused(401, "unauthenticated");
        let refresh = json!({"refresh_token": pair["refresh_token"]});
        let answer = app.stranger().post("/api/v1/auth/refresh", &refresh).await;
        assert_eq!(answer.status, 401);
        let email = format!("anna@{}.example", salon.slug);
        let login = json!({"email": email, "password": omni_testkit::PASSWORD});
        app.stranger()
            .post("/api/v1/auth/login", &login)
            .await
            .refused(401, "bad_credentials");
        // Nobody can give her anything, or invite her.
        let give = json!({"operator_id": anna_id});
        salon
            .owner
            .post(&at(&theirs[0], "/assign"), &give)
            .await
            .refused(422, "invalid");
        salon
            .owner
            .post(&format!("{}/invitation", operator(anna_id)), &json!({}))
            .await
            .refused(409, "conflict");
        let list = salon.owner.get("/api/v1/operators").await.expect(200);
        assert_eq!(list["total"], 1);
        let all = "/api/v1/operators?with_disabled=true";
        let list = salon.owner.get(all).await.expect(200);
        assert_eq!(list["total"], 2);

        // Back again she signs in anew; what she held before opens nothing.
        salon
            .owner
            .patch(&operator(anna_id), &json!({"disabled": false}))
            .await
            .expect(200);
        let answer = app.stranger().post("/api/v1/auth/refresh", &refresh).await;
        assert_eq!(answer.status, 401);
        salon.signs_in("anna").await;
        app.stop().await;
    }
);
