//! Two customers who are one person.

use std::sync::Arc;

use omni_testkit::{Api, Salon, TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{at, card, id, items, says, text, writes};

async fn merge(who: &Api, from: &Value, into: &Value) -> omni_testkit::Answer {
    let body = json!({"into": id(&into["customer"])});
    who.post(&card(from, "/merge"), &body).await
}

async fn customer(who: &Api, of: &Value) -> Value {
    who.get(&card(of, "")).await.expect(200)
}

/// All that is told of a customer, but when he was changed.
async fn all_of(who: &Api, of: &Value) -> Vec<Value> {
    let mut profile = customer(who, of).await;
    profile
        .as_object_mut()
        .expect("an object")
        .remove("updated_at");
    let mut all = vec![profile];
    for below in ["/notes", "/timeline"] {
        let list = who.get(&card(of, below)).await.expect(200);
        for item in items(&list) {
            // A conversation's customer is the profile once more.
            all.push(json!([
                item["id"],
                item["text"],
                item["status"],
                item["customer"]["id"]
            ]));
        }
    }
    all
}

async fn fills(salon: &Salon, of: &Value, patch: Value, note: &str) {
    salon.owner.patch(&card(of, ""), &patch).await.expect(200);
    let note = json!({"text": note});
    salon
        .owner
        .post(&card(of, "/notes"), &note)
        .await
        .expect(201);
}

async fn with_field(app: &TestApp) -> Salon {
    let salon = app.salon().await;
    for key in ["city", "plan"] {
        let field = json!({"key": key, "label": key, "kind": "text"});
        salon
            .owner
            .post("/api/v1/customer-fields", &field)
            .await
            .expect(201);
    }
    salon
}

both_engines!(
    merging_is_seen_before_it_is_done_and_undone_exactly,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = with_field(&app).await;
        let owner = &salon.owner;
        let widget = salon.connects_widget().await;
        let (guest, one) = writes(&app, &salon, &widget, "Мария").await;
        let (other_guest, two) = writes(&app, &salon, &widget, "Маша").await;
        let ones = json!({"email": "maria@example.com", "fields": {"city": "Тверь"}, "metadata": {"a": 1}});
        fills(&salon, &one, ones, "Пьёт чай").await;
        let twos = json!({"email": "masha@example.com", "phone": "+79990001122", "locale": "ru",
            "fields": {"city": "Москва", "plan": "gold"}, "metadata": {"a": 2, "b": 3}});
        fills(&salon, &two, twos, "Пьёт кофе").await;
        let (before_one, before_two) = (all_of(owner, &one).await, all_of(owner, &two).await);

        let into = format!("/merge-preview?into={}", id(&one["customer"]));
        let preview = owner.get(&card(&two, &into)).await.expect(200);
        let result = &preview["result"];
        assert_eq!(result["fields"], json!({"city": "Тверь", "plan": "gold"}));
        assert_eq!(
            (&result["email"], &result["phone"]),
            (&json!("maria@example.com"), &json!("+79990001122"))
        );
        assert_eq!(
            (
                result["identities"].as_array().unwrap().len(),
                &preview["conversations"]
            ),
            (2, &json!(1))
        );
        let conflicts = preview["conflicts"].as_array().unwrap();
        let differ: Vec<&Value> = conflicts.iter().map(|one| &one["field"]).collect();
        assert_eq!(differ, ["name", "email", "fields.city"]);
        assert_eq!(conflicts[2]["other"], "Москва");
        assert_eq!(
            (all_of(owner, &one).await, all_of(owner, &two).await),
            (before_one.clone(), before_two.clone())
        );

        // Both have an open conversation in the same channel: both stay open, each with its own address.
        let mut socket = salon.socket(salon.owner_id, owner, None).await;
        socket.expect("operator.connected").await;
        let survivor = merge(owner, &two, &one).await.expect(200);
        let told = loop {
            let told = socket.expect("conversation.updated").await;
            if told["conversation"]["id"] == two["id"] {
                break told;
            }
        };
        assert_eq!(told["conversation"]["customer"]["name"], "Мария");
        let mut expected = result.clone();
        expected["updated_at"] = survivor["updated_at"].clone();
        assert_eq!(survivor, expected);
        let list = owner.get(&card(&one, "/timeline")).await.expect(200);
        assert!(items(&list).iter().all(|talk| talk["status"] == "open"));
        assert_eq!(list["total"], 2);
        assert_eq!(
            owner.get(&card(&one, "/notes")).await.expect(200)["total"],
            2
        );
        assert_eq!(owner.get("/api/v1/customers").await.expect(200)["total"], 1);
        let gone = customer(owner, &two).await;
        assert_eq!(gone["merged_into"], one["customer"]["id"]);
        for (path, body) in [("", json!({"name": "x"}))] {
            owner
                .patch(&card(&two, path), &body)
                .await
                .refused(409, "already_merged");
        }
        merge(owner, &two, &one)
            .await
            .refused(409, "already_merged");
        merge(owner, &one, &one).await.refused(422, "invalid");
        let merges = owner.get(&card(&one, "/merges")).await.expect(200);
        assert_eq!(items(&merges)[0]["name"], "Маша");

        // Answers go to whoever wrote; what comes through an address is his to whom it goes back.
        owner
            .post(&at(&two, "/messages"), &text("Вам, Маша"))
            .await
            .expect(201);
        let hers = other_guest
            .get("/api/v1/widget/messages?after=0")
            .await
            .expect(200);
        assert_eq!(items(&hers).len(), 2);
        says(&other_guest, "Спасибо").await.expect(201);
        says(&guest, "А мне?").await.expect(201);
        let later = json!({"fields": {"plan": "silver"}});
        owner.patch(&card(&one, ""), &later).await.expect(200);
        let note = json!({"text": "После"});
        owner.post(&card(&one, "/notes"), &note).await.expect(201);

        let parted = owner
            .post(&card(&two, "/unmerge"), &json!({}))
            .await
            .expect(200);
        assert_eq!(parted["name"], "Маша");
        assert_eq!(all_of(owner, &two).await, before_two);
        let now = all_of(owner, &one).await;
        assert_eq!(
            now[0]["fields"],
            json!({"city": "Тверь", "plan": "silver"}),
            "changed since: it stays"
        );
        let mut restored = now[0].clone();
        restored["fields"] = before_one[0]["fields"].clone();
        assert_eq!(restored, before_one[0]);
        assert_eq!(now.len(), before_one.len() + 1, "the later note stays");
        owner
            .post(&card(&two, "/unmerge"), &json!({}))
            .await
            .refused(409, "not_merged");
        let thread = owner.get(&at(&two, "/messages?after=0")).await.expect(200);
        let written: Vec<&Value> = items(&thread)
            .iter()
            .filter(|m| m["direction"] == "inbound")
            .collect();
        assert!(
            written
                .iter()
                .all(|message| message["sender_id"] == two["customer"]["id"])
        );
        let log = owner.get("/api/v1/audit").await.expect(200).to_string();
        assert!(log.contains("customer.merged") && log.contains("customer.unmerged"));
        app.stop().await;
    }
);

both_engines!(
    chains_are_parted_from_their_end,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = with_field(&app).await;
        let owner = &salon.owner;
        let widget = salon.connects_widget().await;
        let mut talks = Vec::new();
        for name in ["А", "Б", "В"] {
            let (guest, talk) = writes(&app, &salon, &widget, name).await;
            fills(&salon, &talk, json!({"fields": {"city": name}}), name).await;
            talks.push((guest, talk));
        }
        let [(guest, a), (_, b), (_, c)] = talks.try_into().ok().expect("three");
        let before = (
            all_of(owner, &a).await,
            all_of(owner, &b).await,
            all_of(owner, &c).await,
        );
        merge(owner, &a, &b).await.expect(200);
        merge(owner, &b, &c).await.expect(200);
        assert_eq!(
            owner.get(&card(&c, "/timeline")).await.expect(200)["total"],
            3
        );
        // He begins anew: with whom he is now.
        let closed = json!({"status": "closed"});
        owner.post(&at(&a, "/status"), &closed).await.expect(200);
        says(&guest, "Снова я").await.expect(201);
        assert_eq!(
            owner.get(&card(&c, "/timeline")).await.expect(200)["total"],
            4
        );
        owner
            .post(&card(&a, "/unmerge"), &json!({}))
            .await
            .refused(409, "already_merged");
        owner
            .post(&card(&b, "/unmerge"), &json!({}))
            .await
            .expect(200);
        assert_eq!(
            owner.get(&card(&b, "/timeline")).await.expect(200)["total"],
            3
        );
        owner
            .post(&card(&a, "/unmerge"), &json!({}))
            .await
            .expect(200);
        assert_eq!(all_of(owner, &b).await, before.1);
        assert_eq!(all_of(owner, &c).await, before.2);
        let now = all_of(owner, &a).await;
        assert_eq!(now[0], before.0[0]);
        assert_eq!(
            now.len(),
            before.0.len() + 1,
            "what he began meanwhile is his"
        );

        // Blocked and heard do not mix; strangers of another company are not there; limits of sight hold.
        owner
            .post(&card(&b, "/block"), &json!({}))
            .await
            .expect(200);
        merge(owner, &b, &c).await.refused(409, "conflict");
        let theirs = app.salon().await;
        merge(&theirs.owner, &a, &c).await.refused(404, "not_found");
        let their_widget = theirs.connects_widget().await;
        let (_, foreign) = writes(&app, &theirs, &their_widget, "Чужой").await;
        merge(owner, &a, &foreign).await.refused(404, "not_found");
        merge(&theirs.owner, &foreign, &a)
            .await
            .refused(404, "not_found");
        let (anna_id, _) = salon.hires("anna", "operator").await;
        let (_, boris) = salon.hires("boris", "operator").await;
        salon
            .routes(json!({"strategy": "manual", "visibility": "own"}))
            .await;
        let assign = json!({"operator_id": anna_id});
        owner.post(&at(&c, "/assign"), &assign).await.expect(200);
        merge(&boris, &a, &c).await.refused(404, "not_found");
        app.stop().await;
    }
);

both_engines!(
    two_who_merge_at_once_while_he_writes_agree,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let owner = &salon.owner;
        let widget = salon.connects_widget().await;
        let (guest, one) = writes(&app, &salon, &widget, "Первый").await;
        let (_, two) = writes(&app, &salon, &widget, "Второй").await;
        let (one, two) = (Arc::new(one), Arc::new(two));
        for _ in 0..5 {
            let closed = json!({"status": "closed"});
            let list = owner
                .get("/api/v1/conversations?status=open")
                .await
                .expect(200);
            for talk in items(&list) {
                owner.post(&at(talk, "/status"), &closed).await.expect(200);
            }
            let (there, back) = (card(&one, "/merge"), card(&two, "/merge"));
            let (into_two, into_one) = (
                json!({"into": id(&two["customer"])}),
                json!({"into": id(&one["customer"])}),
            );
            let (first, second, said) = tokio::join!(
                owner.post(&there, &into_two),
                owner.post(&back, &into_one),
                says(&guest, "Я пишу"),
            );
            said.expect(201);
            let mut statuses = [first.status, second.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409]);
            let (merged, survivor) = if first.status == 200 {
                (&one, &two)
            } else {
                (&two, &one)
            };
            // Whatever came first, all is the survivor's.
            let list = owner
                .get("/api/v1/conversations?limit=200")
                .await
                .expect(200);
            for talk in items(&list) {
                assert_eq!(talk["customer"]["id"], survivor["customer"]["id"]);
            }
            owner
                .post(&card(merged, "/unmerge"), &json!({}))
                .await
                .expect(200);
        }
        app.stop().await;
    }
);

both_engines!(
    only_what_is_proven_is_proposed,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let owner = &salon.owner;
        salon.connects_telegram().await;
        let first = salon.customer(&app, 7, "Ира");
        let second = salon.customer(&app, 8, "Ирина");
        let third = salon.customer(&app, 9, "Самозванец");
        for customer in [&first, &second, &third] {
            customer.writes("Здравствуйте");
        }
        let ira = salon.conversation_with("Ира").await;
        let irina = salon.conversation_with("Ирина").await;
        let thief = salon.conversation_with("Самозванец").await;
        let told = json!({"phone": "+79990001122"});
        owner.patch(&card(&thief, ""), &told).await.expect(200);
        first.shares_phone("+79990001122");
        second.shares_phone("+79990001122");
        let proposed = eventually("a proposal", || async {
            let list = owner.get(&card(&ira, "/merge-proposals")).await.expect(200);
            items(&list).first().cloned()
        })
        .await;
        assert_eq!(
            (&proposed["customer_id"], &proposed["proofs"]),
            (&irina["customer"]["id"], &json!(["phone"]))
        );
        let list = owner
            .get(&card(&thief, "/merge-proposals"))
            .await
            .expect(200);
        assert_eq!(
            list["total"], 0,
            "a number that was only told proves nothing"
        );

        let dismiss = format!("/merge-proposals/{}/dismiss", id(&irina["customer"]));
        let (_, vera) = salon.hires("vera", "viewer").await;
        vera.post(&card(&ira, &dismiss), &json!({}))
            .await
            .refused(403, "forbidden");
        for _ in 0..2 {
            owner
                .post(&card(&ira, &dismiss), &json!({}))
                .await
                .expect(204);
        }
        for talk in [&ira, &irina] {
            let list = owner.get(&card(talk, "/merge-proposals")).await.expect(200);
            assert_eq!(list["total"], 0);
        }
        app.stop().await;
    }
);

both_engines!(
    who_was_merged_is_found_under_the_one_who_stays,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let owner = &salon.owner;
        let widget = salon.connects_widget().await;
        let (_, one) = writes(&app, &salon, &widget, "Maria").await;
        let (_, two) = writes(&app, &salon, &widget, "Mashenka").await;
        let finds = async |words: &str, whom: &Value| {
            eventually("whom one looks for", || async {
                let path = format!("/api/v1/search?kind=customers&q={words}");
                let page = owner.get(&path).await.expect(200);
                let found: Vec<_> = items(&page).iter().map(|hit| &hit["customer_id"]).collect();
                (found == [&whom["customer"]["id"]]).then_some(())
            })
            .await;
        };
        finds("mashenka", &two).await;

        merge(owner, &two, &one).await.expect(200);
        // His address came with its name, so whoever looks for that finds the survivor.
        finds("mashenka", &one).await;
        owner
            .post(&card(&two, "/unmerge"), &json!({}))
            .await
            .expect(200);
        finds("mashenka", &two).await;
        finds("maria", &one).await;
    }
);
