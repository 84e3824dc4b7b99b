//! Hours are set by those who may, checked, and told.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::{HOURS, id, keeps, mondays, on_monday};

/// The pointers and codes of a refusal.
fn wrong(problem: &Value) -> Vec<(&str, &str)> {
    let errors = problem["errors"].as_array().unwrap().iter();
    errors
        .map(|error| {
            (
                error["pointer"].as_str().unwrap(),
                error["code"].as_str().unwrap(),
            )
        })
        .collect()
}

both_engines!(
    hours_are_set_told_and_audited,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let day = json!([{"from": "09:00", "to": "18:00"}]);
        let defaults = json!({
            "enabled": false,
            "schedule": {"time_zone": "UTC", "holidays": [], "week": {
                "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
                "saturday": [], "sunday": [],
            }},
            "away_message": {}, "outside_hours": "assign", "show_position": true,
        });
        assert_eq!(salon.owner.get(HOURS).await.expect(200), defaults);

        let mut wanted = defaults.clone();
        wanted["enabled"] = json!(true);
        wanted["schedule"]["time_zone"] = json!("Asia/Riyadh");
        wanted["schedule"]["week"]["friday"] =
            json!([{"from": "22:00", "to": "02:00"}, {"from": "14:00", "to": "24:00"}]);
        wanted["schedule"]["holidays"] = json!([
            {"name": "العيد", "from": "2027-03-09", "to": "2027-03-12", "hours": []},
        ]);
        wanted["away_message"] = json!({"ru": "Закрыто", "en": "  Closed ", "ar": " "});
        let overlapping = salon.owner.put(HOURS, &wanted).await;
        let overlapping = overlapping.refused(422, "invalid");
        assert_eq!(
            wrong(&overlapping),
            [("/schedule/week/friday/0", "overlaps")]
        );
        wanted["schedule"]["week"]["friday"] =
            json!([{"from": "14:00", "to": "22:00"}, {"from": "22:00", "to": "02:00"}]);
        let set = keeps(&salon, &wanted).await;
        assert_eq!(
            set["away_message"],
            json!({"ru": "Закрыто", "en": "Closed"})
        );
        assert_eq!(salon.owner.get(HOURS).await.expect(200), set);
        // Twice the same is one change; routing is as it was.
        assert_eq!(keeps(&salon, &set).await, set);
        let routing = "/api/v1/settings/routing";
        salon.routes(json!({"strategy": "manual"})).await;
        assert_eq!(salon.owner.get(HOURS).await.expect(200), set);
        keeps(&salon, &defaults).await;
        let kept = salon.owner.get(routing).await.expect(200);
        assert_eq!(kept["strategy"], "manual");

        let audit = salon.owner.get("/api/v1/audit").await.expect(200);
        let lines = audit["items"].as_array().unwrap();
        let actions: Vec<&Value> = lines.iter().map(|line| &line["action"]).collect();
        assert_eq!(
            actions,
            [
                "settings.hours_changed",
                "settings.routing_changed",
                "settings.hours_changed",
                "tenant.created"
            ]
        );
        let to = &lines[2]["changes"]["to"];
        assert_eq!(to["schedule"]["time_zone"], "Asia/Riyadh");
        assert_eq!(to["away_message"], json!(["en", "ru"]));
        let other = app.salon().await;
        assert_eq!(other.owner.get(HOURS).await.expect(200), defaults);
        app.stop().await;
    }
);

both_engines!(
    bad_hours_are_pointed_at,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let interval = |from: &str, to: &str| json!({"from": from, "to": to});
        let holiday = |n: usize| {
            let day = format!("{}-05-01", 2000 + n);
            json!({"name": "May", "from": day, "to": day})
        };
        for (pointer, at, value) in [
            (
                "/schedule/time_zone",
                "/schedule/time_zone",
                json!("Mars/Olympus"),
            ),
            ("/schedule/time_zone", "/schedule/time_zone", json!(3)),
            (
                "/schedule/week/monday/0/to",
                "/schedule/week/monday",
                json!([interval("09:00", "25:00")]),
            ),
            (
                "/schedule/week/monday/0/from",
                "/schedule/week/monday",
                json!([interval("9:00", "18:00")]),
            ),
            (
                "/schedule/week/monday/0",
                "/schedule/week/monday",
                json!([interval("09:00", "09:00")]),
            ),
            (
                "/schedule/week/monday/1",
                "/schedule/week/monday",
                json!([interval("09:00", "12:00"), interval("11:00", "13:00")]),
            ),
            (
                "/schedule/week/monday",
                "/schedule/week/monday",
                json!(vec![interval("09:00", "09:01"); 11]),
            ),
            (
                "/schedule/holidays",
                "/schedule/holidays",
                json!((0..101).map(holiday).collect::<Vec<_>>()),
            ),
            (
                "/schedule/holidays/0/from",
                "/schedule/holidays",
                json!([{"name": "x", "from": "2027-02-29", "to": "2027-03-01"}]),
            ),
            (
                "/schedule/holidays/0/to",
                "/schedule/holidays",
                json!([{"name": "x", "from": "2027-03-02", "to": "2027-03-01"}]),
            ),
            (
                "/schedule/holidays/1/from",
                "/schedule/holidays",
                json!([holiday(27), holiday(27)]),
            ),
            (
                "/schedule/holidays/0/name",
                "/schedule/holidays",
                json!([{"name": "x".repeat(81), "from": "2027-03-02", "to": "2027-03-02"}]),
            ),
            (
                "/away_message",
                "/away_message",
                json!({"en": "x".repeat(1001)}),
            ),
            (
                "/away_message",
                "/away_message",
                json!({"no such language": "x"}),
            ),
            ("/outside_hours", "/outside_hours", json!("drop")),
            ("/enabled", "/enabled", json!("yes")),
        ] {
            let mut body = salon.owner.get(HOURS).await.expect(200);
            *body.pointer_mut(at).unwrap() = value;
            let problem = salon.owner.put(HOURS, &body).await.refused(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
        }
        let unknown = json!({"enabled": true, "timezone": "UTC"});
        let problem = salon.owner.put(HOURS, &unknown).await;
        problem.refused(422, "invalid");
        app.stop().await;
    }
);

both_engines!(
    a_schedule_can_be_looked_at_before_it_counts,
    |database: TestDatabase| async move {
        let (app, _) = on_monday(database).await;
        let salon = app.salon().await;
        let path = "/api/v1/settings/hours/preview";
        let preview = async |schedule: &Value| salon.owner.post(path, schedule).await;
        let closed = preview(&mondays(&[("09:00", "18:00")])).await.expect(200);
        assert_eq!(
            closed,
            json!({"open": false, "next_open_at": "2027-03-01T09:00:00Z"})
        );
        let open = preview(&mondays(&[("08:00", "18:00")])).await.expect(200);
        assert_eq!(open, json!({"open": true}));
        let never = json!({"time_zone": "UTC", "week": {}});
        assert_eq!(preview(&never).await.expect(200), json!({"open": false}));
        let mut broken = never.clone();
        broken["time_zone"] = json!("");
        let problem = preview(&broken).await.refused(422, "invalid");
        assert_eq!(wrong(&problem), [("/time_zone", "unknown_zone")]);
        app.stop().await;
    }
);

both_engines!(
    a_team_may_have_hours_of_its_own,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let team = json!({"name": "Night", "members": []});
        let team = salon.owner.post("/api/v1/teams", &team).await.expect(201);
        let path = format!("/api/v1/teams/{}/hours", id(&team));
        let follows = json!({"schedule": null});
        assert_eq!(salon.owner.get(&path).await.expect(200), follows);
        let mut own = json!({"schedule": mondays(&[("22:00", "06:00")])});
        let set = salon.owner.put(&path, &own).await.expect(200);
        assert_eq!(set["schedule"]["week"]["monday"][0]["to"], "06:00");
        assert_eq!(salon.owner.get(&path).await.expect(200), set);
        own["schedule"]["time_zone"] = json!("MSK");
        let problem = salon.owner.put(&path, &own).await.refused(422, "invalid");
        assert_eq!(wrong(&problem), [("/schedule/time_zone", "unknown_zone")]);
        // What it has is said, not left out.
        let problem = salon.owner.put(&path, &json!({})).await;
        assert_eq!(
            wrong(&problem.refused(422, "invalid")),
            [("/schedule", "missing")]
        );
        assert_eq!(salon.owner.put(&path, &follows).await.expect(200), follows);
        let audit = salon.owner.get("/api/v1/audit").await.expect(200);
        let of_hours = audit["items"].as_array().unwrap().iter();
        let of_hours = of_hours.filter(|line| line["action"] == "team.hours_changed");
        assert_eq!(of_hours.count(), 2);
        let gone = format!("/api/v1/teams/{}", id(&team));
        salon.owner.delete(&gone).await.expect(204);
        salon.owner.get(&path).await.refused(404, "not_found");
        salon
            .owner
            .put(&path, &follows)
            .await
            .refused(404, "not_found");
        app.stop().await;
    }
);
