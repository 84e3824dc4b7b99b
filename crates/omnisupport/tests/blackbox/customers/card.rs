//! A customer's card: fields of the company's own, and lists of customers.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{card, id, items, writes};

const FIELDS: &str = "/api/v1/customer-fields";

fn field(key: &str, kind: &str, options: &[&str]) -> Value {
    json!({"key": key, "label": format!("Label of {key}"), "kind": kind, "options": options})
}

both_engines!(
    a_company_has_fields_of_its_own,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let (_, anna) = salon.hires("anna", "operator").await;
        let (_, talk) = writes(&app, &salon, &widget, "Мария").await;
        anna.post(FIELDS, &field("city", "text", &[]))
            .await
            .refused(403, "forbidden");
        let new = field("plan", "select", &["gold", "silver"]);
        let plan = salon.owner.post_once(FIELDS, "k", &new).await.expect(201);
        let again = salon.owner.post_once(FIELDS, "k", &new).await;
        assert_eq!(again.expect(201), plan);
        for (key, kind) in [
            ("city", "text"),
            ("visits", "number"),
            ("born", "date"),
            ("vip", "boolean"),
        ] {
            salon
                .owner
                .post(FIELDS, &field(key, kind, &[]))
                .await
                .expect(201);
        }
        salon
            .owner
            .post(FIELDS, &field("city", "number", &[]))
            .await
            .refused(409, "field_exists");
        for (bad, pointer) in [
            (field("Город", "text", &[]), "/key"),
            (field("a", "text", &["x"]), "/options"),
            (field("a", "select", &[]), "/options"),
            (field("a", "select", &["x", " x"]), "/options/1"),
        ] {
            let refused = salon.owner.post(FIELDS, &bad).await.refused(422, "invalid");
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{bad}");
        }
        let list = anna.get(FIELDS).await.expect(200);
        let keys: Vec<_> = items(&list)
            .iter()
            .map(|field| field["key"].clone())
            .collect();
        assert_eq!(
            json!(keys),
            json!(["plan", "city", "visits", "born", "vip"])
        );

        let values = json!({"plan": "gold", "city": "Тверь", "visits": 3, "born": "1990-05-01", "vip": true});
        let shown = anna
            .patch(&card(&talk, ""), &json!({"fields": values}))
            .await
            .expect(200);
        assert_eq!(shown["fields"], values);
        // One changes, one goes, the others stay.
        let change = json!({"fields": {"visits": 4.5, "city": null}});
        let shown = anna.patch(&card(&talk, ""), &change).await.expect(200);
        let left = json!({"plan": "gold", "visits": 4.5, "born": "1990-05-01", "vip": true});
        assert_eq!(shown["fields"], left);
        let bad =
            json!({"name": "Другая", "fields": {"plan": "lead", "born": "01.05.1990", "shoe": 38}});
        let refused = anna
            .patch(&card(&talk, ""), &bad)
            .await
            .refused(422, "invalid");
        let codes: Vec<_> = refused["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["code"].clone())
            .collect();
        assert_eq!(codes.len(), 3, "{refused}");
        for code in ["not_an_option", "invalid", "unknown_field"] {
            assert!(codes.contains(&json!(code)), "{refused}");
        }
        let after = anna.get(&card(&talk, "")).await.expect(200);
        assert_eq!((&after["name"], &after["fields"]), (&json!("Мария"), &left));

        // What may not be chosen any more stays where it is.
        let path = format!("{FIELDS}/{}", id(&plan));
        let fewer = json!({"label": "Тариф", "options": ["silver"]});
        let changed = salon.owner.patch(&path, &fewer).await.expect(200);
        assert_eq!(
            (&changed["label"], &changed["key"]),
            (&json!("Тариф"), &json!("plan"))
        );
        let same = json!({"fields": {"plan": "gold"}});
        anna.patch(&card(&talk, ""), &same).await.expect(200);
        // A field that is made anew is another one.
        salon.owner.delete(&path).await.expect(204);
        salon.owner.delete(&path).await.refused(404, "not_found");
        salon
            .owner
            .post(FIELDS, &field("plan", "text", &[]))
            .await
            .expect(201);
        let after = anna.get(&card(&talk, "")).await.expect(200);
        assert_eq!(
            after["fields"],
            json!({"visits": 4.5, "born": "1990-05-01", "vip": true})
        );

        let log = salon.owner.get("/api/v1/audit").await.expect(200);
        let told = log.to_string();
        for action in [
            "customer_field.created",
            "customer_field.changed",
            "customer_field.deleted",
        ] {
            assert!(told.contains(action), "{action}");
        }
        assert!(!told.contains("Тверь"));
        app.stop().await;
    }
);

both_engines!(
    customers_are_listed_and_found,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon
            .routes(json!({"strategy": "manual", "visibility": "own"}))
            .await;
        let widget = salon.connects_widget().await;
        let (anna_id, anna) = salon.hires("anna", "operator").await;
        let (_, boris) = salon.hires("boris", "operator").await;
        let (_, maria) = writes(&app, &salon, &widget, "Мария").await;
        let (_, oleg) = writes(&app, &salon, &widget, "Олег").await;
        let (_, vera) = writes(&app, &salon, &widget, "Вера").await;
        let profile = json!({"email": "oleg@example.com", "phone": "+7 999 000-11-22"});
        salon
            .owner
            .patch(&card(&oleg, ""), &profile)
            .await
            .expect(200);
        let to_anna = json!({"operator_id": anna_id});
        let assign = format!("/api/v1/conversations/{}/assign", id(&maria));
        salon.owner.post(&assign, &to_anna).await.expect(200);

        let names = |list: &Value| -> Vec<String> {
            let name = |one: &Value| one["name"].as_str().expect("a name").to_owned();
            items(list).iter().map(name).collect()
        };
        let list = salon.owner.get("/api/v1/customers").await.expect(200);
        assert_eq!(names(&list), ["Вера", "Олег", "Мария"]);
        assert_eq!(
            (&list["total"], &list["total_is_exact"]),
            (&json!(3), &json!(true))
        );
        assert_eq!(items(&list)[0]["identities"][0]["channel"], "widget");
        let list = boris.get("/api/v1/customers").await.expect(200);
        assert_eq!(names(&list), ["Вера", "Олег"]);
        boris.get(&card(&maria, "")).await.refused(404, "not_found");
        for (q, found) in [("мария", "Мария"), ("OLEG@", "Олег"), ("0001122", "Олег")]
        {
            let list = anna
                .get(&format!("/api/v1/customers?q={q}"))
                .await
                .expect(200);
            assert_eq!(names(&list), [found], "{q}");
        }
        let list = anna.get("/api/v1/customers?q=%25").await.expect(200);
        assert_eq!(names(&list), [] as [String; 0]);
        let mut path = "/api/v1/customers?limit=2".to_owned();
        let first = anna.get(&path).await.expect(200);
        path = format!(
            "{path}&cursor={}",
            first["next_cursor"].as_str().expect("a cursor")
        );
        let second = anna.get(&path).await.expect(200);
        assert_eq!(
            (names(&first), names(&second)),
            (vec!["Вера".into(), "Олег".into()], vec!["Мария".into()])
        );
        assert!(second.get("next_cursor").is_none_or(Value::is_null));
        salon
            .owner
            .post(&card(&vera, "/block"), &json!({}))
            .await
            .expect(200);
        let list = anna.get("/api/v1/customers?blocked=true").await.expect(200);
        assert_eq!(names(&list), ["Вера"]);
        anna.get("/api/v1/customers?limit=0")
            .await
            .refused(422, "invalid");
        app.stop().await;
    }
);
