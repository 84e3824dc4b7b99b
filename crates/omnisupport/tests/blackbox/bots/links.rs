//! A link to the bot says where somebody comes from.

use omni_testkit::{TestApp, TestDatabase, both_engines};
use serde_json::json;

use super::once;

both_engines!(
    where_somebody_comes_from_is_kept_with_his_conversation,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let channel = salon.connects_telegram().await;
        let name = format!("simulated_{}_bot", salon.bot_id());
        assert_eq!(channel["account_name"], name);

        let customer = salon.customer(&app, 711, "Мария");
        customer.writes("/start spring-sale_1");
        let conversation = salon.conversation_with("Мария").await;
        let links = |first: &str, last: &str| json!({"first": first, "last": last});
        let once_only = links("spring-sale_1", "spring-sale_1");
        assert_eq!(conversation["metadata"]["start_parameter"], once_only);

        customer.writes("/start не ссылка");
        customer.writes("/start qr42");
        let thread = once(&salon, &conversation, |thread| thread.len() == 3).await;
        assert_eq!(thread[0]["content"]["text"], "/start spring-sale_1");
        assert_eq!(thread[0]["metadata"]["start_parameter"], "spring-sale_1");
        assert_eq!(thread[1]["metadata"].get("start_parameter"), None);
        let conversation = salon.conversation_with("Мария").await;
        assert_eq!(
            conversation["metadata"]["start_parameter"],
            links("spring-sale_1", "qr42")
        );
        app.stop().await;
    }
);
