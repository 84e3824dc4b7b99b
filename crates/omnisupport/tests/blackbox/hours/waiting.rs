//! What comes outside business hours waits for the opening, where the company wants that.

use omni_testkit::{TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{id, keeps, minutes, mondays, now, on_monday, opens, routed, says};

fn waits_until_nine() -> Value {
    json!({
        "enabled": true, "outside_hours": "queue",
        "schedule": mondays(&[("09:00", "18:00")]),
    })
}

both_engines!(
    what_comes_outside_waits_until_the_doors_open_by_themselves,
    |database: TestDatabase| async move {
        let (app, clock) = on_monday(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let (anna_id, _) = salon.hires_online("anna").await;
        let mut settings = waits_until_nine();
        settings["outside_hours"] = json!("assign");
        keeps(&salon, &settings).await;
        let (_, early) = opens(&app, &widget, json!({"name": "Ранняя"})).await;
        says(&early, "Доброе утро").await;
        let early = salon.conversation_with("Ранняя").await;
        assert_eq!(early["assigned_to"], anna_id.to_string());

        keeps(&salon, &waits_until_nine()).await;
        let mut waiting = Vec::new();
        for name in ["Мария", "Олег"] {
            let (_, guest) = opens(&app, &widget, json!({"name": name})).await;
            says(&guest, "Есть кто?").await;
            waiting.push(salon.conversation_with(name).await);
        }
        routed(&app).await;
        for conversation in &waiting {
            let held = now(&salon, conversation).await;
            assert_eq!(held["assigned_to"], json!(null));
            assert_eq!(
                held["assigned_reason"],
                json!({"rule": "outside_hours", "until": "2027-03-01T09:00:00Z"})
            );
        }
        clock.advance(minutes(3));
        for conversation in &waiting {
            let taken = eventually("Anna to get it", || async {
                let now = now(&salon, conversation).await;
                (now["assigned_to"] == anna_id.to_string()).then_some(now)
            })
            .await;
            assert_eq!(taken["assigned_reason"]["rule"], "least_loaded");
        }
        app.stop().await;
    }
);

both_engines!(
    a_team_that_is_there_gets_what_is_its_own,
    |database: TestDatabase| async move {
        let (app, _) = on_monday(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let (boris_id, _) = salon.hires_online("boris").await;
        let team = json!({"name": "Night", "members": [boris_id]});
        let team = salon.owner.post("/api/v1/teams", &team).await.expect(201);
        let of_team = json!({"type": "widget", "name": "Site", "settings": {"team_id": id(&team)}});
        let of_team = salon.owner.post("/api/v1/channels", &of_team).await;
        let of_team = of_team.expect(201);
        let path = format!("/api/v1/teams/{}/hours", id(&team));
        let own = json!({"schedule": mondays(&[("00:00", "24:00")])});
        salon.owner.put(&path, &own).await.expect(200);
        keeps(&salon, &waits_until_nine()).await;
        let (_, maria) = opens(&app, &widget, json!({"name": "Мария"})).await;
        says(&maria, "Есть кто?").await;
        let held = salon.conversation_with("Мария").await;
        // Who came later is not kept waiting by whom nobody may have.
        let (_, oleg) = opens(&app, &of_team, json!({"name": "Олег"})).await;
        says(&oleg, "Есть кто?").await;
        let taken = salon.conversation_with("Олег").await;
        eventually("Boris to get it", || async {
            let now = now(&salon, &taken).await;
            (now["assigned_to"] == boris_id.to_string()).then_some(())
        })
        .await;
        routed(&app).await;
        assert_eq!(now(&salon, &held).await["assigned_to"], json!(null));
        // Who opens early hands out at once what waits.
        let mut open = waits_until_nine();
        open["schedule"] = mondays(&[("08:30", "18:00")]);
        keeps(&salon, &open).await;
        eventually("Boris to get the other", || async {
            let now = now(&salon, &held).await;
            (now["assigned_to"] == boris_id.to_string()).then_some(())
        })
        .await;
        app.stop().await;
    }
);
