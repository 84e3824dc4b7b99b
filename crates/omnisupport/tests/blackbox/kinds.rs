//! Every kind of message that a customer can send in Telegram.

use omni_testkit::{Salon, TestApp, TestDatabase, both_engines, eventually};
use serde_json::{Value, json};

use super::telegram::thread;

/// The thread, once it has so many messages.
async fn of_length(salon: &Salon, conversation: &Value, length: usize) -> Vec<Value> {
    eventually("the whole thread", || async {
        let thread = thread(salon, conversation).await;
        (thread.len() == length).then_some(thread)
    })
    .await
}

both_engines!(
    every_kind_of_message_is_shown_as_what_it_is,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let customer = salon.customer(&app, 801, "Мария");
        let file = |more: Value| {
            let mut file = json!({"file_id": "none", "file_unique_id": "u", "file_size": 10});
            let more = more.as_object().unwrap().clone();
            file.as_object_mut().unwrap().extend(more);
            file
        };
        customer.writes("Здравствуйте");
        customer.sends_voice("OggS");
        for (field, value) in [
            (
                "audio",
                file(json!({"mime_type": "audio/mpeg", "duration": 3})),
            ),
            ("video", file(json!({"mime_type": "video/mp4"}))),
            ("video_note", file(json!({"length": 240}))),
            ("animation", file(json!({"mime_type": "video/mp4"}))),
            ("sticker", file(json!({"emoji": "👍"}))),
            ("sticker", file(json!({"is_animated": true}))),
            ("sticker", file(json!({"is_video": true}))),
            ("location", json!({"latitude": 55.75, "longitude": 37.62})),
            (
                "location",
                json!({"latitude": 55.75, "longitude": 37.62, "live_period": 600}),
            ),
            (
                "venue",
                json!({"title": "Салон", "address": "Тверская, 1",
                "location": {"latitude": 55.75, "longitude": 37.62}}),
            ),
            (
                "contact",
                json!({"phone_number": "79990000000", "first_name": "Друг", "user_id": 7}),
            ),
            ("dice", json!({"emoji": "🎲", "value": 4})),
            (
                "poll",
                json!({"question": "Когда?", "options": [{"text": "Завтра"}]}),
            ),
        ] {
            customer.sends_field(field, value);
        }
        let conversation = salon.conversation_with("Мария").await;
        let thread = of_length(&salon, &conversation, 15).await;
        let kinds: Vec<_> = thread
            .iter()
            .map(|m| m["content_type"].as_str().unwrap())
            .collect();
        assert_eq!(
            kinds,
            [
                "text", "audio", "audio", "video", "video", "video", "sticker", "sticker",
                "sticker", "location", "location", "location", "contact", "text", "text",
            ]
        );
        let told = |at: usize, name: &str| thread[at]["metadata"][name].clone();
        assert_eq!(told(1, "kind"), "voice");
        assert_eq!(told(4, "kind"), "video_note");
        assert_eq!(told(5, "kind"), "animation");
        assert_eq!(told(6, "emoji"), "👍");
        assert_eq!(thread[7]["content"]["mime_type"], "application/x-tgsticker");
        assert_eq!(told(10, "live"), true);
        assert_eq!(told(11, "venue")["title"], "Салон");
        assert_eq!(told(12, "own"), Value::Null);
        assert_eq!(told(13, "kind"), "dice");
        assert_eq!(thread[13]["content"]["text"], "🎲 4");
        assert_eq!(thread[14]["content"]["text"], "📊 Когда?\n• Завтра");
        app.stop().await;
    }
);

both_engines!(
    a_number_is_proven_only_by_its_owner,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        salon.connects_telegram().await;
        let profile = async |conversation: &Value| {
            let id = conversation["customer"]["id"].as_str().unwrap();
            salon
                .owner
                .get(&format!("/api/v1/customers/{id}"))
                .await
                .expect(200)
        };
        let customer = salon.customer(&app, 811, "Мария");
        customer.writes("Здравствуйте");
        let conversation = salon.conversation_with("Мария").await;
        let mut socket = salon.socket(salon.owner_id, &salon.owner, None).await;
        socket.expect("operator.connected").await;

        // Somebody else's card, and his own one passed on, prove nothing.
        let card =
            |user: i64| json!({"phone_number": "79990001122", "first_name": "М", "user_id": user});
        customer.sends_field("contact", card(5));
        of_length(&salon, &conversation, 2).await;
        assert_eq!(profile(&conversation).await["phone"], Value::Null);

        let id = conversation["customer"]["id"].as_str().unwrap();
        let typed = json!({"phone": "+7 999 555-44-33"});
        salon
            .owner
            .patch(&format!("/api/v1/customers/{id}"), &typed)
            .await
            .expect(200);
        customer.shares_phone("79990001122");
        let thread = of_length(&salon, &conversation, 3).await;
        assert_eq!(thread[2]["metadata"]["own"], true);
        let proven = profile(&conversation).await;
        assert_eq!(
            (&proven["phone"], &proven["phone_verified"]),
            (&json!("+79990001122"), &json!(true))
        );
        loop {
            let told = socket.expect("conversation.updated").await;
            if told["conversation"]["customer"]["phone"] == "+79990001122" {
                break;
            }
        }

        // A stranger who begins with it has it proven at once; one who proves a known number is known.
        salon
            .customer(&app, 812, "Олег")
            .shares_phone("79990001133");
        let stranger = salon.conversation_with("Олег").await;
        assert_eq!(profile(&stranger).await["phone_verified"], true);
        app.stop().await;
    }
);
