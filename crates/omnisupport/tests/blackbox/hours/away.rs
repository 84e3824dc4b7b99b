//! Whoever writes while nobody is there is told so, once.

use omni_testkit::{Bot, Guest, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::{at, id, keeps, minutes, mondays, now, on_monday, opens, said, says, text};

const AWAY: &str = "Мы закрыты";

fn closed_until_nine() -> Value {
    json!({
        "enabled": true, "away_message": {"ru": AWAY, "en": "We are closed"},
        "schedule": mondays(&[("09:00", "09:05")]),
    })
}

fn aways(said: &[(String, String)]) -> usize {
    said.iter().filter(|(who, _)| who == "bot").count()
}

both_engines!(
    a_visitor_is_told_once_in_each_closed_period,
    |database: TestDatabase| async move {
        let (app, clock) = on_monday(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let visitor = json!({"name": "Мария", "locale": "ru-RU"});
        let (opened, _) = opens(&app, &widget, visitor.clone()).await;
        assert_eq!(opened["settings"]["hours"], json!({"open": true}));
        keeps(&salon, &closed_until_nine()).await;
        let (opened, maria) = opens(&app, &widget, visitor).await;
        assert_eq!(
            opened["settings"]["hours"],
            json!({"open": false, "next_open_at": "2027-03-01T09:00:00Z"})
        );
        says(&maria, "Вы здесь?").await;
        let conversation = salon.conversation_with("Мария").await;
        let pair = |who: &str, text: &str| (who.to_owned(), text.to_owned());
        let expected = [pair("customer", "Вы здесь?"), pair("bot", AWAY)];
        assert_eq!(said(&salon, &conversation).await, expected);
        let page = maria
            .get("/api/v1/widget/messages?after=0")
            .await
            .expect(200);
        assert_eq!(page["items"][1]["content"]["text"], AWAY);
        assert_eq!(page["items"][1]["metadata"], json!({}));
        assert_eq!(now(&salon, &conversation).await["unread_count"], 1);
        says(&maria, "Ау!").await;
        assert_eq!(aways(&said(&salon, &conversation).await), 1);

        clock.advance(minutes(3));
        says(&maria, "Теперь?").await;
        assert_eq!(aways(&said(&salon, &conversation).await), 1);
        clock.advance(minutes(5));
        says(&maria, "Опять закрыто?").await;
        assert_eq!(aways(&said(&salon, &conversation).await), 2);
        says(&maria, "Жаль").await;
        assert_eq!(aways(&said(&salon, &conversation).await), 2);
        // Others are told in their language; who has none, in English.
        let (_, john) = opens(&app, &widget, json!({"name": "John"})).await;
        says(&john, "Hello?").await;
        let other = salon.conversation_with("John").await;
        let expected = pair("bot", "We are closed");
        assert_eq!(said(&salon, &other).await[1], expected);
        app.stop().await;
    }
);

both_engines!(
    telegram_is_told_once_however_often_it_asks,
    |database: TestDatabase| async move {
        let (app, _) = on_monday(database).await;
        let salon = app.salon().await;
        let bot = Bot::called(&app, &salon).await;
        let guest = Guest(7);
        salon
            .customer(&app, 7, &guest.name())
            .writes("Пока открыто");
        bot.has_done(&app, 1).await;
        keeps(&salon, &closed_until_nine()).await;
        let first = guest.writes(900_001, 9_001, "Здравствуйте").to_string();
        for _ in 0..3 {
            bot.receives(first.clone()).await.expect(200);
        }
        let more = guest.writes(900_002, 9_002, "Есть кто?").to_string();
        bot.receives(more).await.expect(200);
        bot.receives(first).await.expect(200);
        bot.has_done(&app, 3).await;
        let conversation = salon.conversation_with(&guest.name()).await;
        eventually("the answer to be sent", || async {
            let path = at(&conversation, "/messages?after=0");
            let page = salon.owner.get(&path).await.expect(200);
            let mut answers = page["items"].as_array()?.iter();
            let sent = answers.any(|message| message["status"] == "sent");
            sent.then_some(())
        })
        .await;
        assert_eq!(aways(&said(&salon, &conversation).await), 1);
        let sent: Vec<_> = app.telegram.ledger();
        assert_eq!(sent.len(), 1, "{sent:?}");
        app.stop().await;
    }
);

both_engines!(
    who_is_answered_by_a_person_is_not_told,
    |database: TestDatabase| async move {
        let (app, _) = on_monday(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let (_, anna) = salon.hires_online("anna").await;
        let (_, maria) = opens(&app, &widget, json!({"name": "Мария"})).await;
        says(&maria, "Вы здесь?").await;
        let conversation = salon.conversation_with("Мария").await;
        keeps(&salon, &closed_until_nine()).await;
        let reply = at(&conversation, "/messages");
        anna.post(&reply, &text("Ещё да")).await.expect(201);
        says(&maria, "Отлично").await;
        assert_eq!(aways(&said(&salon, &conversation).await), 0);

        // What went out by itself is not an answer that somebody gave meanwhile.
        let (_, oleg) = opens(&app, &widget, json!({"name": "Олег"})).await;
        says(&oleg, "И я").await;
        let other = salon.conversation_with("Олег").await;
        assert_eq!(aways(&said(&salon, &other).await), 1);
        let mut answer = text("Слушаю");
        answer["if_last_seq"] = json!(1);
        let reply = at(&other, "/messages");
        salon.owner.post(&reply, &answer).await.expect(201);
        app.stop().await;
    }
);

both_engines!(
    holidays_beat_the_week_and_teams_the_company,
    |database: TestDatabase| async move {
        let (app, _) = on_monday(database).await;
        let salon = app.salon().await;
        let team = json!({"name": "Day and night", "members": []});
        let team = salon.owner.post("/api/v1/teams", &team).await.expect(201);
        let of_team = json!({"type": "widget", "name": "Site", "settings": {"team_id": id(&team)}});
        let of_team = salon.owner.post("/api/v1/channels", &of_team).await;
        let (of_team, widget) = (of_team.expect(201), salon.connects_widget().await);
        let hours = async |widget: &Value| {
            let (opened, _) = opens(&app, widget, json!({})).await;
            opened["settings"]["hours"].clone()
        };
        let mut company = closed_until_nine();
        company["schedule"] = mondays(&[("08:00", "18:00")]);
        keeps(&salon, &company).await;
        assert_eq!(hours(&widget).await["open"], true);
        company["schedule"]["holidays"] =
            json!([{"name": "Inventory", "from": "2027-02-20", "to": "2027-03-07"}]);
        keeps(&salon, &company).await;
        let closed = json!({"open": false, "next_open_at": "2027-03-08T08:00:00Z"});
        assert_eq!(hours(&widget).await, closed);
        // A team without hours of its own follows the company.
        assert_eq!(hours(&of_team).await, closed);
        let path = format!("/api/v1/teams/{}/hours", id(&team));
        let own = json!({"schedule": mondays(&[("00:00", "24:00")])});
        salon.owner.put(&path, &own).await.expect(200);
        assert_eq!(hours(&of_team).await["open"], true);
        assert_eq!(hours(&widget).await, closed);
        let (_, maria) = opens(&app, &of_team, json!({"name": "Мария"})).await;
        says(&maria, "Вы здесь?").await;
        let conversation = salon.conversation_with("Мария").await;
        assert_eq!(aways(&said(&salon, &conversation).await), 0);
        // Its conversation goes on by its hours, wherever its next session is opened.
        let never = json!({"schedule": {"time_zone": "UTC", "week": {}}});
        salon.owner.put(&path, &never).await.expect(200);
        says(&maria, "А теперь?").await;
        assert_eq!(aways(&said(&salon, &conversation).await), 1);
        app.stop().await;
    }
);
