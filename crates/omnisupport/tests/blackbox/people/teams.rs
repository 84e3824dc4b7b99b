//! Teams, and what is given to them.

use omni_testkit::{TestApp, TestDatabase, both_engines, eventually};
use serde_json::json;

use super::{at, id, make_team, now, writes};

both_engines!(
    teams_are_made_changed_and_deleted,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (viewer_id, _) = salon.hires("viewer", "viewer").await;
        let stranger = app.salon().await;
        let (foreign_id, _) = stranger.hires("boris", "operator").await;
        let path = "/api/v1/teams";
        for member in [viewer_id, foreign_id, uuid::Uuid::nil()] {
            let body = json!({"name": "Зал", "members": [member]});
            let problem = salon.owner.post(path, &body).await.refused(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], "/members");
        }
        for body in [
            json!({"name": ""}),
            json!({"name": "x".repeat(201)}),
            json!({"members": []}),
            json!({"name": "Зал", "members": vec![uuid::Uuid::nil(); 2], "x": 1}),
            json!({"name": "Зал", "members": (1..=501_u128).map(uuid::Uuid::from_u128).collect::<Vec<_>>()}),
        ] {
            salon.owner.post(path, &body).await.refused(422, "invalid");
        }
        let team = make_team(&salon, "Зал", &[anna_id, anna_id]).await;
        assert_eq!(team["members"], json!([anna_id]));
        let same = json!({"name": "Зал"});
        salon
            .owner
            .post(path, &same)
            .await
            .refused(409, "team_exists");
        // Another company may have one of the same name, and does not see ours.
        make_team(&stranger, "Зал", &[]).await;
        let own = format!("{path}/{}", id(&team));
        stranger.owner.get(&own).await.refused(404, "not_found");
        anna.patch(&own, &json!({"name": "x"}))
            .await
            .refused(403, "forbidden");
        let listed = anna.get(path).await.expect(200);
        assert_eq!((&listed["total"], &listed["items"][0]), (&json!(1), &team));

        let body = json!({"name": "Кабинет", "members": []});
        let changed = salon.owner.patch(&own, &body).await.expect(200);
        assert_eq!(
            (&changed["name"], &changed["members"]),
            (&json!("Кабинет"), &json!([]))
        );
        salon.owner.delete(&own).await.expect(204);
        anna.get(&own).await.refused(404, "not_found");
        salon.owner.delete(&own).await.refused(404, "not_found");
        // Its name is free again.
        make_team(&salon, "Кабинет", &[]).await;
        app.stop().await;
    }
);

both_engines!(
    what_is_given_to_a_team_waits_for_a_member,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let (anna_id, _) = salon.hires_online("anna").await;
        let (boris_id, boris) = salon.hires("boris", "operator").await;
        let team = make_team(&salon, "Бухгалтерия", &[boris_id]).await;
        let conversation = writes(&app, &salon, &widget, "Мария").await;
        let assign = at(&conversation, "/assign");
        eventually("Anna to get it", || async {
            let now = now(&salon.owner, &conversation).await;
            (now["assigned_to"] == anna_id.to_string()).then_some(())
        })
        .await;
        let to_team = json!({"team_id": id(&team)});
        boris
            .post(&assign, &to_team)
            .await
            .refused(403, "forbidden");
        let given = salon.owner.post(&assign, &to_team).await.expect(200)["conversation"].clone();
        assert_eq!(given["assigned_to"], json!(null));
        assert_eq!(
            given["team"],
            json!({"id": id(&team), "name": "Бухгалтерия"})
        );
        assert_eq!(
            given["assigned_reason"],
            json!({"rule": "team", "by": salon.owner_id, "team": "Бухгалтерия"})
        );
        // Anna has room, but it is not for her; and it keeps nobody behind it waiting.
        let other = writes(&app, &salon, &widget, "Олег").await;
        eventually("Anna to get the other", || async {
            let now = now(&salon.owner, &other).await;
            (now["assigned_to"] == anna_id.to_string()).then_some(())
        })
        .await;
        assert_eq!(
            now(&salon.owner, &conversation).await["assigned_to"],
            json!(null)
        );
        let online = json!({"status": "online"});
        let path = format!("/api/v1/operators/{boris_id}/status");
        boris.put(&path, &online).await.expect(200);
        let taken = eventually("Boris to get it", || async {
            let now = now(&salon.owner, &conversation).await;
            (now["assigned_to"] == boris_id.to_string()).then_some(now)
        })
        .await;
        assert_eq!(
            taken["assigned_reason"],
            json!({
                "rule": "skills", "active": 0, "capacity": 10, "candidates": 1, "skills": [],
                "team": "Бухгалтерия", "fallback": false,
            })
        );
        // The seed's form leaves the team as it is; one of both must be said; both null is nobody's.
        salon
            .owner
            .post(&assign, &json!({}))
            .await
            .refused(422, "invalid");
        let to_anna = json!({"operator_id": anna_id, "team_id": id(&team)});
        let problem = salon.owner.post(&assign, &to_anna).await;
        assert_eq!(
            problem.refused(422, "invalid")["errors"][0]["code"],
            "not_a_member"
        );
        let to_anna = json!({"operator_id": anna_id});
        let now = salon.owner.post(&assign, &to_anna).await.expect(200)["conversation"].clone();
        assert_eq!(
            (&now["assigned_to"], &now["team"]["id"]),
            (&json!(anna_id), &team["id"])
        );
        salon.routes(json!({"strategy": "manual"})).await;
        let nobody = json!({"operator_id": null, "team_id": null});
        let now = salon.owner.post(&assign, &nobody).await.expect(200)["conversation"].clone();
        assert_eq!(
            (&now["assigned_to"], &now["team"]),
            (&json!(null), &json!(null))
        );
        let stranger = app.salon().await;
        let foreign = make_team(&stranger, "Чужая", &[]).await;
        let foreign = json!({"team_id": id(&foreign)});
        salon
            .owner
            .post(&assign, &foreign)
            .await
            .refused(404, "not_found");
        app.stop().await;
    }
);

both_engines!(
    a_channel_may_be_a_teams_until_the_team_is_gone,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let (anna_id, _) = salon.hires_online("anna").await;
        let team = make_team(&salon, "Продажи", &[]).await;
        let path = format!("/api/v1/channels/{}", id(&widget));
        let unknown = json!({"settings": {"team_id": uuid::Uuid::nil()}});
        let problem = salon.owner.patch(&path, &unknown).await;
        assert_eq!(
            problem.refused(422, "invalid")["errors"][0]["pointer"],
            "/settings/team_id"
        );
        let settings = json!({"settings": {"color": "#7c3aed", "team_id": id(&team)}});
        salon.owner.patch(&path, &settings).await.expect(200);
        // A form that knows nothing of teams does not reset it.
        let settings = json!({"settings": {"color": "#000000"}});
        let kept = salon.owner.patch(&path, &settings).await.expect(200);
        assert_eq!(kept["settings"]["team_id"], team["id"]);

        let conversation = writes(&app, &salon, &widget, "Мария").await;
        assert_eq!(conversation["team"]["name"], "Продажи");
        assert_eq!(conversation["assigned_to"], json!(null));
        let gone = format!("/api/v1/teams/{}", id(&team));
        salon.owner.delete(&gone).await.expect(204);
        let taken = eventually("Anna to get it", || async {
            let now = now(&salon.owner, &conversation).await;
            (now["assigned_to"] == anna_id.to_string()).then_some(now)
        })
        .await;
        assert_eq!(taken["team"], json!(null));
        assert_eq!(taken["assigned_reason"]["rule"], "least_loaded");
        let channel = salon.owner.get(&path).await.expect(200);
        assert_eq!(channel["settings"], json!({"color": "#000000"}));
        app.stop().await;
    }
);
