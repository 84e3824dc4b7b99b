//! How sending ends, for every way it can end.

use std::time::{Duration, Instant};

use omni_channels::{
    Channel, Delivery, EditedWords, OutboundContent, OutboundEdit, error_codes as codes,
};
use omni_model::{Button, Keyboard};
use omni_simulators::telegram::{DEFAULT_TOKEN, Fault};

use crate::{DEADLINE, Stage, bot_at, message, sent, text_message};

fn refused(delivery: &Delivery) -> &str {
    match delivery {
        Delivery::Refused(error) => &error.code,
        other => panic!("not refused: {other:?}"),
    }
}

fn later(delivery: &Delivery) -> (&str, Option<Duration>) {
    match delivery {
        Delivery::RetryLater { after, error } => (&error.code, *after),
        other => panic!("not to be retried: {other:?}"),
    }
}

fn unknown(delivery: &Delivery) -> (&str, usize) {
    match delivery {
        Delivery::Unknown {
            provider_ids_so_far,
            error,
        } => (&error.code, provider_ids_so_far.len()),
        other => panic!("not unknown: {other:?}"),
    }
}

#[tokio::test]
async fn a_text_arrives_as_it_is() {
    let stage = Stage::set().await;
    let text = "Здравствуйте! <b>не разметка</b> *и это тоже* _нет_ `;` 👍🏽";
    assert_eq!(stage.say(text).await, sent(&["111:2"]));
    assert_eq!(stage.texts(), [text]);
}

#[tokio::test]
async fn a_long_text_arrives_in_pieces_and_in_order() {
    let stage = Stage::set().await;
    let text = "Слово за словом. ".repeat(600);
    let delivery = stage.say(&text).await;
    assert_eq!(delivery, sent(&["111:2", "111:3", "111:4"]));
    let texts = stage.texts();
    assert_eq!(texts.join(" "), text.trim());
    assert!(texts.iter().all(|piece| piece.ends_with("словом.")));
}

#[tokio::test]
async fn answers_point_at_the_message_they_answer() {
    let stage = Stage::set().await;
    let question = stage.anna.writes("Сколько стоит?");
    let mut answer = text_message("111", "500 рублей");
    answer.reply_to_provider_id = Some(format!("111:{question}"));
    stage.bot.send(answer.clone()).await;
    answer.reply_to_provider_id = Some("111:9999".to_owned());
    assert_eq!(stage.bot.send(answer).await, sent(&["111:4"]));
    let replies: Vec<_> = stage.server.ledger().iter().map(|s| s.reply_to).collect();
    assert_eq!(replies, [Some(question), None]);
}

#[tokio::test]
async fn a_server_that_insists_on_the_answered_message_gets_the_text_without_it() {
    let stage = Stage::set().await;
    let words = Fault::Refusal {
        status: 400,
        description: "Bad Request: message to be replied not found".to_owned(),
    };
    stage.server.fault("sendMessage", words);
    let mut answer = text_message("111", "Ответ");
    answer.reply_to_provider_id = Some("111:1".to_owned());
    assert_eq!(stage.bot.send(answer).await, sent(&["111:2"]));
    assert_eq!(stage.server.ledger()[0].reply_to, None);
}

#[tokio::test]
async fn buttons_hang_under_the_last_piece() {
    let stage = Stage::set().await;
    let content = OutboundContent::Interactive {
        text: format!("{}Записать вас?", "а\n".repeat(2100)),
        buttons: vec![Button::new("y:1", "Да")],
        keyboard: Keyboard::Inline,
    };
    stage.bot.send(message("111", content)).await;
    let seen = stage.anna.sees();
    assert!(seen[1].get("reply_markup").is_none());
    let button = &seen[2]["reply_markup"]["inline_keyboard"][0][0];
    assert_eq!(button["callback_data"], "y:1");
    assert_eq!(button["text"], "Да");
}

#[tokio::test]
async fn places_and_contacts_arrive() {
    let stage = Stage::set().await;
    let place = OutboundContent::Location {
        latitude: 55.75,
        longitude: 37.61,
    };
    let contact = OutboundContent::Contact {
        name: "Салон".to_owned(),
        phone: "+74950001122".to_owned(),
    };
    assert_eq!(
        stage.bot.send(message("111", place)).await,
        sent(&["111:2"])
    );
    assert_eq!(
        stage.bot.send(message("111", contact)).await,
        sent(&["111:3"])
    );
    let seen = stage.anna.sees();
    assert_eq!(seen[1]["location"]["latitude"], 55.75);
    assert_eq!(seen[2]["contact"]["phone_number"], "+74950001122");
}

#[tokio::test]
async fn refusals_are_told_apart_and_send_nothing() {
    let stage = Stage::set().await;
    stage.server.customer(222, "Stranger");
    let to = |id: &'static str| stage.bot.send(text_message(id, "Добрый день"));

    assert_eq!(refused(&to("999").await), codes::RECIPIENT_GONE);
    assert_eq!(refused(&to("not a number").await), codes::RECIPIENT_GONE);
    assert_eq!(refused(&to("222").await), codes::BLOCKED);
    assert_eq!(refused(&stage.say("\u{200b}").await), codes::BAD_REQUEST);
    assert_eq!(refused(&stage.say("  ").await), codes::BAD_REQUEST);
    stage.anna.blocks_bot();
    assert_eq!(refused(&to("111").await), codes::BLOCKED);
    stage.anna.unblocks_bot();
    stage.anna.leaves_telegram();
    assert_eq!(refused(&to("111").await), codes::BLOCKED);
    assert!(stage.server.ledger().is_empty());
}

#[tokio::test]
async fn a_revoked_token_is_the_channels_trouble() {
    let stage = Stage::set().await;
    stage.server.revoke(DEFAULT_TOKEN);
    assert_eq!(
        refused(&stage.say("Привет").await),
        codes::CHANNEL_UNAUTHORISED
    );
}

#[tokio::test]
async fn a_chat_that_moved_tells_where() {
    let stage = Stage::set().await;
    stage
        .server
        .fault("sendMessage", Fault::Migrated { to: -100_123 });
    let Delivery::Refused(error) = stage.say("Привет").await else {
        panic!("a moved chat refuses");
    };
    assert_eq!(error.code, codes::CHAT_MIGRATED);
    assert!(error.detail.contains("-100123"), "{}", error.detail);
}

#[tokio::test]
async fn where_surely_nothing_was_sent_it_may_be_tried_again() {
    let stage = Stage::set().await;
    let wait = Fault::TooManyRequests { retry_after: 7 };
    stage.server.fault("sendMessage", wait);
    let slow_down = (codes::RATE_LIMITED, Some(Duration::from_secs(7)));
    assert_eq!(later(&stage.say("раз").await), slow_down);

    stage.server.fault("sendMessage", Fault::ServerError);
    assert_eq!(
        later(&stage.say("два").await),
        (codes::CHANNEL_UNAVAILABLE, None)
    );

    let nobody = bot_at(&stage.server, DEFAULT_TOKEN);
    drop(stage.server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let delivery = nobody.send(text_message("111", "три")).await;
    assert_eq!(later(&delivery), (codes::UNREACHABLE, None));
}

#[tokio::test]
async fn where_something_may_have_been_sent_nobody_tries_again() {
    let stage = Stage::set().await;
    let cases = [
        (Fault::BadGateway, codes::UNREADABLE_ANSWER),
        (Fault::PageInstead, codes::UNREADABLE_ANSWER),
        (Fault::Silence, codes::TIMEOUT),
        (Fault::SilenceAfterAccepting, codes::TIMEOUT),
        (Fault::DropAfterAccepting, codes::CONNECTION_LOST),
        (Fault::ResetAfterAccepting, codes::CONNECTION_LOST),
        (Fault::Reset, codes::CONNECTION_LOST),
        (Fault::Truncated, codes::CONNECTION_LOST),
    ];
    for (fault, code) in cases {
        stage.server.fault("sendMessage", fault.clone());
        let begun = Instant::now();
        assert_eq!(unknown(&stage.say("Привет").await), (code, 0), "{fault:?}");
        assert!(begun.elapsed() < DEADLINE * 2, "{fault:?} took too long");
    }
    // Four of the eight were accepted, each once.
    assert_eq!(stage.server.ledger().len(), 4);
    assert_eq!(stage.say("Дальше").await, sent(&["111:6"]));
}

#[tokio::test]
async fn a_late_answer_in_time_is_an_answer() {
    let stage = Stage::set().await;
    stage.server.fault("sendMessage", Fault::Late(DEADLINE / 4));
    assert_eq!(stage.say("Привет").await, sent(&["111:2"]));
}

#[tokio::test]
async fn half_a_message_is_unknown_and_says_which_half() {
    let stage = Stage::set().await;
    let long = "слово ".repeat(1500);
    // The second piece: first it has to wait a little, then it is refused for good.
    let wait = Fault::TooManyRequests { retry_after: 0 };
    stage
        .server
        .fault("sendMessage", Fault::Late(Duration::ZERO));
    stage.server.fault("sendMessage", wait);
    stage.server.fault("sendMessage", Fault::ServerError);
    let delivery = stage.say(&long).await;
    assert_eq!(unknown(&delivery), (codes::CHANNEL_UNAVAILABLE, 1));
    assert_eq!(stage.server.ledger().len(), 1);
}

#[tokio::test]
async fn the_middle_of_a_message_waits_where_telegram_asks_for_it() {
    let stage = Stage::set().await;
    stage
        .server
        .fault("sendMessage", Fault::Late(Duration::ZERO));
    stage
        .server
        .fault_times("sendMessage", Fault::TooManyRequests { retry_after: 1 }, 1);
    let delivery = stage.say(&"слово ".repeat(1500)).await;
    assert_eq!(delivery, sent(&["111:2", "111:3", "111:4"]));
}

#[tokio::test]
async fn typing_is_shown_and_presses_are_answered() {
    let stage = Stage::set().await;
    stage.bot.typing("111").await;
    stage.bot.typing("999").await;
    stage.bot.typing("nobody").await;
    assert_eq!(stage.server.actions(), [(111, "typing".to_owned())]);

    let content = OutboundContent::Interactive {
        text: "Да?".to_owned(),
        buttons: vec![Button::new("y", "Да")],
        keyboard: Keyboard::Inline,
    };
    stage.bot.send(message("111", content)).await;
    let press = stage.anna.presses(2, "y").unwrap();
    stage.server.fault("answerCallbackQuery", Fault::Silence);
    let first = stage.bot.acknowledge(&press).await;
    assert_eq!(later(&first), (codes::TIMEOUT, None));
    assert_eq!(stage.bot.acknowledge(&press).await, sent(&[]));
    assert_eq!(
        stage.server.answered_callbacks(),
        std::slice::from_ref(&press)
    );
    // Too old by now: nobody waits for it any more.
    assert_eq!(stage.bot.acknowledge(&press).await, sent(&[]));
}

#[tokio::test]
async fn what_was_sent_can_be_changed_and_taken_back() {
    let stage = Stage::set().await;
    stage.say("1500").await;
    let text = |text: &str, buttons: Vec<Button>| EditedWords::Text {
        text: text.to_owned(),
        buttons,
    };
    let edit = |provider_id: &str, words: EditedWords| OutboundEdit {
        external_id: "111".to_owned(),
        provider_id: provider_id.to_owned(),
        words,
    };
    let done = sent(&[]);
    // Twice: what reads so already is as good as changed.
    for _ in 0..2 {
        let delivery = stage
            .bot
            .edit(edit("111:2", text("2500", Vec::new())))
            .await;
        assert_eq!(delivery, done);
    }
    let seen = stage.anna.sees().pop().unwrap();
    assert_eq!(
        (&seen["text"], seen["edit_date"].is_i64()),
        (&"2500".into(), true)
    );
    let button = Button::new("y", "Да");
    let delivery = stage.bot.edit(edit("111:2", text("?", vec![button]))).await;
    assert_eq!(delivery, done);
    let seen = stage.anna.sees().pop().unwrap();
    assert_eq!(seen["reply_markup"]["inline_keyboard"][0][0]["text"], "Да");

    let caption = EditedWords::Caption(Some("подпись".to_owned()));
    let delivery = stage.bot.edit(edit("111:2", caption)).await;
    assert_eq!(refused(&delivery), codes::BAD_REQUEST);
    let long = text(&"я".repeat(4097), Vec::new());
    assert_eq!(
        refused(&stage.bot.edit(edit("111:2", long)).await),
        codes::BAD_REQUEST
    );
    let foreign = stage.bot.edit(edit("222:2", text("x", Vec::new()))).await;
    assert_eq!(refused(&foreign), codes::BAD_REQUEST);

    stage.server.fault("editMessageText", Fault::Silence);
    let delivery = stage.bot.edit(edit("111:2", text("x", Vec::new()))).await;
    assert_eq!(
        later(&delivery).0,
        codes::TIMEOUT,
        "doing it twice does no harm"
    );

    let ids = ["111:2".to_owned()];
    for _ in 0..2 {
        assert_eq!(stage.bot.delete("111", &ids).await, done);
    }
    assert_eq!(stage.anna.sees().len(), 1);
    let too_late = Fault::Refusal {
        status: 400,
        description: "Bad Request: message can't be deleted for everyone".to_owned(),
    };
    stage.say("ещё").await;
    stage.server.fault("deleteMessage", too_late);
    let delivery = stage.bot.delete("111", &["111:3".to_owned()]).await;
    assert_eq!(refused(&delivery), codes::BAD_REQUEST);
}
