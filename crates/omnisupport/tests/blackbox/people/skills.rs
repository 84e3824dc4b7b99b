//! Routing by skills.

use omni_testkit::{TestApp, TestDatabase, both_engines, eventually};
use serde_json::json;

use super::{at, id, now, operator, writes};

both_engines!(
    tags_that_are_skills_find_whoever_has_them,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon
            .routes(json!({"strategy": "skills", "skills_fallback": "wait"}))
            .await;
        let widget = salon.connects_widget().await;
        let path = format!("/api/v1/channels/{}", id(&widget));
        let needs = json!({"settings": {"required_skills": ["arabic"]}});
        salon.owner.patch(&path, &needs).await.expect(200);
        let (anna_id, _) = salon.hires_online("anna").await;
        let (boris_id, boris) = salon.hires("boris", "operator").await;
        let skills = json!({"skills": ["Arabic", "Окраска"]});
        salon
            .owner
            .patch(&operator(boris_id), &skills)
            .await
            .expect(200);
        // The channel asks for what nobody online has: it waits, and keeps nobody waiting.
        let first = writes(&app, &salon, &widget, "Мария").await;
        let plain = salon.connects_widget().await;
        let second = writes(&app, &salon, &plain, "Олег").await;
        let taken = eventually("Anna to get the second", || async {
            let now = now(&salon.owner, &second).await;
            (now["assigned_to"] == anna_id.to_string()).then_some(now)
        })
        .await;
        assert_eq!(
            taken["assigned_reason"],
            json!({"rule": "least_loaded", "active": 0, "capacity": 10, "candidates": 1})
        );
        assert_eq!(now(&salon.owner, &first).await["assigned_to"], json!(null));
        let online = json!({"status": "online"});
        boris
            .put(&format!("{}/status", operator(boris_id)), &online)
            .await
            .expect(200);
        let taken = eventually("Boris to get the first", || async {
            let now = now(&salon.owner, &first).await;
            (now["assigned_to"] == boris_id.to_string()).then_some(now)
        })
        .await;
        assert_eq!(
            taken["assigned_reason"],
            json!({
                "rule": "skills", "active": 0, "capacity": 10, "candidates": 1,
                "skills": ["arabic"], "team": null, "fallback": false,
            })
        );
        app.stop().await;
    }
);

both_engines!(
    changed_tags_and_settings_route_anew_whoever_still_waits,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let wait = json!({"strategy": "skills", "skills_fallback": "wait"});
        salon.routes(wait).await;
        let widget = salon.connects_widget().await;
        let path = format!("/api/v1/channels/{}", id(&widget));
        let (anna_id, anna) = salon.hires_online("anna").await;
        let (boris_id, _) = salon.hires("boris", "operator").await;
        let of = |skill: &str| json!({"skills": [skill]});
        let skilled = [(anna_id, of("Маникюр")), (boris_id, of("окраска"))];
        for (who, skills) in skilled {
            let changed = salon.owner.patch(&operator(who), &skills).await;
            changed.expect(200);
        }
        let needs = json!({"settings": {"required_skills": ["окраска"]}});
        salon.owner.patch(&path, &needs).await.expect(200);
        let first = writes(&app, &salon, &widget, "Мария").await;
        let second = writes(&app, &salon, &widget, "Олег").await;
        let tags = json!({"tags": ["vip", "МАНИКЮР"]});
        anna.patch(&at(&first, ""), &tags).await.expect(200);
        let none = json!({"settings": {"required_skills": null}});
        salon.owner.patch(&path, &none).await.expect(200);
        // Of its tags one is a skill, and she has it.
        let taken = eventually("Anna to get the first", || async {
            let now = now(&salon.owner, &first).await;
            (now["assigned_to"] == anna_id.to_string()).then_some(now)
        })
        .await;
        assert_eq!(taken["assigned_reason"]["skills"], json!(["Маникюр"]));
        eventually("Anna to get the second", || async {
            let now = now(&salon.owner, &second).await;
            (now["assigned_to"] == anna_id.to_string()).then_some(now)
        })
        .await;

        // Nobody online has what is asked for now; then the setting lets anybody take it.
        salon.owner.patch(&path, &needs).await.expect(200);
        let third = writes(&app, &salon, &widget, "Пётр").await;
        assert_eq!(third["assigned_to"], json!(null));
        salon
            .routes(json!({"strategy": "skills", "skills_fallback": "any"}))
            .await;
        let taken = eventually("Anna to get the third", || async {
            let now = now(&salon.owner, &third).await;
            (now["assigned_to"] == anna_id.to_string()).then_some(now)
        })
        .await;
        assert_eq!(taken["assigned_reason"]["fallback"], true);
        assert_eq!(taken["assigned_reason"]["candidates"], 1);
        app.stop().await;
    }
);

both_engines!(
    first_come_first_served_within_what_each_can_take,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon
            .routes(json!({"strategy": "skills", "skills_fallback": "wait"}))
            .await;
        let widget = salon.connects_widget().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let body = json!({"skills": ["окраска"], "capacity": 2});
        let changed = salon.owner.patch(&operator(anna_id), &body).await;
        changed.expect(200);
        let mut queue = Vec::new();
        for n in 0..6 {
            queue.push(writes(&app, &salon, &widget, &format!("Гость {n}")).await);
        }
        // The first two ask for what nobody has, and stand before all others.
        let (boris_id, _) = salon.hires("boris", "operator").await;
        let body = json!({"skills": ["барбер"]});
        let changed = salon.owner.patch(&operator(boris_id), &body).await;
        changed.expect(200);
        for conversation in &queue[..2] {
            let tags = json!({"tags": ["барбер"]});
            let path = at(conversation, "");
            salon.owner.patch(&path, &tags).await.expect(200);
        }
        let online = json!({"status": "online"});
        let path = format!("{}/status", operator(anna_id));
        anna.put(&path, &online).await.expect(200);
        let holders = async || {
            let mut holders = Vec::new();
            for conversation in &queue {
                let now = now(&salon.owner, conversation).await;
                holders.push(now["assigned_to"] == anna_id.to_string());
            }
            holders
        };
        eventually("Anna to be full", || async {
            (holders().await == [false, false, true, true, false, false]).then_some(())
        })
        .await;
        let resolved = json!({"status": "resolved"});
        anna.post(&at(&queue[2], "/status"), &resolved)
            .await
            .expect(200);
        eventually("the next in line to be hers", || async {
            (holders().await == [false, false, true, true, true, false]).then_some(())
        })
        .await;
        app.stop().await;
    }
);
