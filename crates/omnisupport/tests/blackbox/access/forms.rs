//! What pages of other sites can make a browser send: S60.

use omni_testkit::{PASSWORD, TestApp, TestDatabase, both_engines};
use reqwest::Method;
use serde_json::json;

use super::world::World;
use super::{owner_email, refresh, try_sign_in};

both_engines!(
    a_form_of_another_page_does_nothing,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let world = World::open(&app).await;
        let (owner, stranger) = (&world.salon.owner, app.stranger());
        let login = json!({"email": owner_email(&world.salon), "password": PASSWORD});
        let session = json!({"widget_key": "wk_any"});
        let text = json!({"content_type": "text", "content": {"text": "hello"}});
        let thread = format!("/api/v1/conversations/{}/messages", world.conversation);
        let length = async || {
            let page = owner.get(&thread).await.expect(200);
            page["items"].as_array().unwrap().len()
        };
        let before = length().await;
        // Good JSON in the three types that need no permission to be sent, and in none.
        for media in [
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data; boundary=x"),
            Some("text/plain"),
            None,
        ] {
            for (who, path, body) in [
                (&stranger, "/api/v1/auth/login", &login),
                (&stranger, "/api/v1/widget/sessions", &session),
                (owner, thread.as_str(), &text),
            ] {
                let mut request = who.request(Method::POST, path).body(body.to_string());
                if let Some(media) = media {
                    request = request.header("Content-Type", media);
                }
                let answer = who.send(request).await;
                answer.refused(415, "unsupported_media_type");
            }
        }
        assert_eq!(length().await, before);
        app.stop().await;
    }
);

both_engines!(
    nothing_is_kept_in_cookies,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let widget = salon.connects_widget().await;
        let stranger = app.stranger();
        let signed_in = try_sign_in(&stranger, &owner_email(&salon), PASSWORD).await;
        let refreshed = refresh(&stranger, &signed_in.body).await;
        let visitor = json!({"widget_key": widget["widget_key"]});
        let opened = stranger.post("/api/v1/widget/sessions", &visitor).await;
        for answer in [signed_in, refreshed, opened] {
            assert_eq!(answer.header("set-cookie"), None);
            answer.expect(200);
        }
        // So what a browser sends along by itself opens nothing.
        let token = salon.owner.token();
        for cookie in [
            format!("access_token={token}"),
            format!("Authorization=Bearer {token}"),
        ] {
            let request = stranger.request(Method::GET, "/api/v1/auth/me");
            let answer = stranger.send(request.header("Cookie", cookie)).await;
            answer.refused(401, "unauthenticated");
        }
        app.stop().await;
    }
);
