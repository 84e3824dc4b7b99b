//! Who sees what of a team: lists and totals, live, and when he comes back.

use omni_testkit::{Api, Salon, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{at, id, make_team, writes};

/// Anna and Boris are a team, Vera is not in it; everybody sees what is of his teams.
async fn teams_see(
    database: TestDatabase,
    visibility: &str,
) -> (TestApp, Salon, [(Uuid, Api); 3], Value) {
    let app = TestApp::start(database).await;
    let salon = app.salon().await;
    salon
        .routes(json!({"strategy": "manual", "visibility": visibility}))
        .await;
    let people = [
        salon.hires("anna", "operator").await,
        salon.hires("boris", "operator").await,
        salon.hires("vera", "operator").await,
    ];
    let team = make_team(&salon, "Зал", &[people[0].0, people[1].0]).await;
    (app, salon, people, team)
}

async fn assigns(salon: &Salon, conversation: &Value, to: Value) {
    let path = at(conversation, "/assign");
    salon.owner.post(&path, &to).await.expect(200);
}

/// What the list shows and what it counts.
async fn seen(api: &Api, query: &str) -> (usize, u64) {
    let path = format!("/api/v1/conversations{query}");
    let list = api.get(&path).await.expect(200);
    assert_eq!(list["total_is_exact"], true);
    let shown = list["items"].as_array().unwrap().len();
    (shown, list["total"].as_u64().unwrap())
}

both_engines!(
    lists_and_totals_show_ones_teams,
    |database: TestDatabase| async move {
        let (app, salon, [anna, boris, vera], team) = teams_see(database, "team").await;
        let widget = salon.connects_widget().await;
        let mut all = Vec::new();
        for n in 0..6 {
            all.push(writes(&app, &salon, &widget, &format!("Гость {n}")).await);
        }
        let team_id = id(&team);
        // One in the queue, two of the team, one of them Anna's, one of Anna without a team, one of Vera, one of Vera
        // for the team.
        assigns(&salon, &all[1], json!({"team_id": team_id})).await;
        let annas = json!({"team_id": team_id, "operator_id": anna.0});
        assigns(&salon, &all[2], annas).await;
        assigns(&salon, &all[3], json!({"operator_id": anna.0})).await;
        assigns(&salon, &all[4], json!({"operator_id": vera.0})).await;
        assigns(&salon, &all[5], json!({"team_id": team_id})).await;
        assigns(&salon, &all[5], json!({"operator_id": vera.0})).await;

        for (visibility, sees) in [("team", [5, 4, 3]), ("own", [4, 2, 3]), ("all", [6, 6, 6])] {
            salon
                .routes(json!({"strategy": "manual", "visibility": visibility}))
                .await;
            for ((_, api), n) in [&anna, &boris, &vera].into_iter().zip(sees) {
                assert_eq!(seen(api, "").await, (n, n as u64), "{visibility}");
                let open = seen(api, "?status=open").await;
                assert_eq!(open, (n, n as u64), "{visibility}");
                assert_eq!(seen(api, "?status=closed").await, (0, 0));
            }
            assert_eq!(seen(&salon.owner, "").await, (6, 6));
        }
        salon
            .routes(json!({"strategy": "manual", "visibility": "team"}))
            .await;
        assert_eq!(seen(&boris.1, "?assigned_to=unassigned").await, (2, 2));
        let of_anna = format!("?assigned_to={}", anna.0);
        assert_eq!(seen(&boris.1, &of_anna).await, (1, 1));
        assert_eq!(seen(&vera.1, "?assigned_to=unassigned").await, (1, 1));
        let widgets = format!("?channel_id={}", id(&widget));
        assert_eq!(seen(&boris.1, &widgets).await, (4, 4));
        for below in ["", "/messages"] {
            vera.1
                .get(&at(&all[1], below))
                .await
                .refused(404, "not_found");
            boris.1.get(&at(&all[1], below)).await.expect(200);
            boris
                .1
                .get(&at(&all[4], below))
                .await
                .refused(404, "not_found");
        }
        let customer = format!("/api/v1/customers/{}", id(&all[1]["customer"]));
        vera.1.get(&customer).await.refused(404, "not_found");
        boris.1.get(&customer).await.expect(200);
        app.stop().await;
    }
);

both_engines!(
    moves_between_teams_are_told_to_those_they_concern,
    |database: TestDatabase| async move {
        let (app, salon, [(_, _), (boris_id, boris), (vera_id, vera)], team) =
            teams_see(database, "team").await;
        let widget = salon.connects_widget().await;
        let theirs = make_team(&salon, "Кабинет", &[vera_id]).await;
        let conversation = writes(&app, &salon, &widget, "Мария").await;
        let mut boriss = salon.socket(boris_id, &boris, None).await;
        let mut veras = salon.socket(vera_id, &vera, None).await;
        let start = boriss.expect("operator.connected").await["seq"].as_i64();
        veras.expect("operator.connected").await;

        // From the queue to one team, then to the other.
        assigns(&salon, &conversation, json!({"team_id": id(&team)})).await;
        let told = boriss.expect("conversation.updated").await;
        assert_eq!(told["conversation"]["team"]["id"], team["id"]);
        let gone = veras.expect("conversation.removed").await;
        assert_eq!(gone["conversation_id"], conversation["id"]);
        assigns(&salon, &conversation, json!({"team_id": id(&theirs)})).await;
        boriss.expect("conversation.removed").await;
        let told = veras.expect("conversation.updated").await;
        assert_eq!(told["conversation"]["team"]["id"], theirs["id"]);

        // Replayed it comes to the same: what is gone now was taken away.
        let mut again = salon.socket(boris_id, &boris, start).await;
        let connected = again.expect("operator.connected").await;
        let missed = again.up_to(connected["seq"].as_i64().unwrap()).await;
        let kinds: Vec<_> = missed.iter().map(|frame| &frame["type"]).collect();
        assert!(kinds.contains(&&json!("conversation.removed")), "{kinds:?}");
        let shown = missed.iter().any(|frame| frame["conversation"].is_object());
        assert!(!shown, "{missed:?}");
        app.stop().await;
    }
);

both_engines!(
    who_joins_or_leaves_a_team_sees_anew,
    |database: TestDatabase| async move {
        let (app, salon, [(anna_id, anna), (boris_id, boris), _], team) =
            teams_see(database, "team").await;
        let widget = salon.connects_widget().await;
        let conversation = writes(&app, &salon, &widget, "Мария").await;
        let annas = json!({"team_id": id(&team), "operator_id": anna_id});
        assigns(&salon, &conversation, annas).await;
        let mut boriss = salon.socket(boris_id, &boris, None).await;
        let seq = boriss.expect("operator.connected").await["seq"].as_i64();
        boris.get(&at(&conversation, "")).await.expect(200);

        let path = format!("/api/v1/teams/{}", id(&team));
        let without = json!({"members": [anna_id]});
        salon.owner.patch(&path, &without).await.expect(200);
        boriss.expect("resync").await;
        boris
            .get(&at(&conversation, ""))
            .await
            .refused(404, "not_found");
        // Whoever was away when it happened is told when he comes back, though he missed no event.
        let mut again = salon.socket(boris_id, &boris, seq).await;
        again.expect("operator.connected").await;
        again.expect("resync").await;
        // For Anna nothing has changed.
        let mut annas = salon.socket(anna_id, &anna, seq).await;
        annas.expect("operator.connected").await;
        let before = annas.until_pong().await;
        assert!(
            before.iter().all(|frame| frame["type"] != "resync"),
            "{before:?}"
        );

        let with = json!({"members": [anna_id, boris_id]});
        salon.owner.patch(&path, &with).await.expect(200);
        boriss.expect("resync").await;
        boris.get(&at(&conversation, "")).await.expect(200);
        app.stop().await;
    }
);
