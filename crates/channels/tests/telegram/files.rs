//! Files both ways.

use bytes::Bytes;
use omni_channels::telegram::parse;
use omni_channels::{
    Channel, Delivery, FetchError, OutboundContent, OutboundFile, error_codes as codes,
};
use omni_model::{ContentType, InboundContent, InboundItem, RemoteFile, limits};
use omni_simulators::telegram::Fault;

use crate::{Stage, message, png, sent};

fn file(kind: ContentType, name: &str, mime: &str, bytes: Bytes) -> OutboundContent {
    OutboundContent::File(one(kind, name, mime, bytes))
}

fn one(kind: ContentType, name: &str, mime: &str, bytes: Bytes) -> OutboundFile {
    OutboundFile {
        kind,
        bytes,
        file_name: name.to_owned(),
        mime_type: mime.to_owned(),
        caption: None,
    }
}

#[tokio::test]
async fn files_arrive_byte_for_byte_in_the_way_that_shows_them_best() {
    let stage = Stage::set().await;
    let bytes = |word: &'static str| Bytes::from_static(word.as_bytes());
    let cases = [
        (
            file(ContentType::Image, "фото.png", "image/png", png(4, 3)),
            "sendPhoto",
        ),
        (
            file(ContentType::Audio, "v.oga", "audio/ogg", bytes("OggS")),
            "sendVoice",
        ),
        (
            file(ContentType::Audio, "a.mp3", "audio/mpeg", bytes("ID3")),
            "sendAudio",
        ),
        (
            file(ContentType::Video, "v.mp4", "video/mp4", bytes("ftyp")),
            "sendVideo",
        ),
        (
            file(
                ContentType::File,
                "Счёт \"5\".pdf",
                "application/pdf",
                bytes("%PDF"),
            ),
            "sendDocument",
        ),
        (
            file(ContentType::Sticker, "s.webp", "image/webp", bytes("RIFF")),
            "sendDocument",
        ),
    ];
    for (content, method) in cases {
        let delivery = stage.bot.send(message("111", content.clone())).await;
        assert!(
            matches!(delivery, Delivery::Sent { .. }),
            "{method}: {delivery:?}"
        );
        let last = stage.server.ledger().pop().unwrap();
        assert_eq!(last.method, method);
        let OutboundContent::File(OutboundFile {
            bytes,
            file_name,
            mime_type,
            ..
        }) = content
        else {
            unreachable!("all cases are files");
        };
        let arrived = last.file.unwrap();
        assert_eq!(arrived.bytes, bytes);
        assert_eq!(arrived.mime_type, mime_type);
        assert_eq!(arrived.name, file_name.replace('"', "'"));
    }
}

#[tokio::test]
async fn a_photo_that_telegram_will_not_show_goes_as_a_file() {
    let stage = Stage::set().await;
    for odd in [
        png(9000, 9000),
        png(5000, 3),
        Bytes::from_static(b"no picture"),
    ] {
        let content = file(ContentType::Image, "scan.png", "image/png", odd);
        let delivery = stage.bot.send(message("111", content)).await;
        assert!(matches!(delivery, Delivery::Sent { .. }), "{delivery:?}");
        assert_eq!(stage.server.ledger().pop().unwrap().method, "sendDocument");
    }
    // Both at once: the answered message is gone, and the photo is none.
    let gone = Fault::Refusal {
        status: 400,
        description: "Bad Request: message to be replied not found".to_owned(),
    };
    stage.server.fault("sendPhoto", gone);
    let mut answer = message(
        "111",
        file(ContentType::Image, "s.png", "image/png", png(5000, 3)),
    );
    answer.reply_to_provider_id = Some("111:1".to_owned());
    let delivery = stage.bot.send(answer).await;
    assert!(matches!(delivery, Delivery::Sent { .. }), "{delivery:?}");
    assert_eq!(stage.server.ledger().pop().unwrap().reply_to, None);

    stage.anna.blocks_bot();
    let content = file(ContentType::Image, "p.png", "image/png", png(4, 3));
    let delivery = stage.bot.send(message("111", content)).await;
    assert!(matches!(delivery, Delivery::Refused(error) if error.code == codes::BLOCKED));
    assert_eq!(stage.server.ledger().len(), 4);
}

#[tokio::test]
async fn a_caption_that_is_too_long_follows_as_text() {
    let stage = Stage::set().await;
    let with = |caption: String| {
        OutboundContent::File(OutboundFile {
            caption: Some(caption),
            ..one(ContentType::Image, "p.png", "image/png", png(4, 3))
        })
    };
    let short = "я".repeat(1024);
    stage.bot.send(message("111", with(short.clone()))).await;
    // 1,024 characters, but twice as many units.
    let long = "👍".repeat(1024);
    let delivery = stage.bot.send(message("111", with(long.clone()))).await;
    assert_eq!(delivery, sent(&["111:3", "111:4"]));
    let ledger = stage.server.ledger();
    let texts: Vec<_> = ledger.iter().map(|sent| sent.text.clone()).collect();
    assert_eq!(texts, [Some(short), None, Some(long)]);
}

#[tokio::test]
async fn files_beyond_telegrams_limit_are_refused_before_anything_is_sent() {
    let stage = Stage::set().await;
    let huge = Bytes::from(vec![0; 50 * 1024 * 1024 + 1]);
    for (bytes, code) in [
        (huge, codes::FILE_TOO_LARGE),
        (Bytes::new(), codes::BAD_REQUEST),
    ] {
        let content = file(ContentType::File, "x.bin", "application/zip", bytes);
        let delivery = stage.bot.send(message("111", content)).await;
        assert!(matches!(delivery, Delivery::Refused(error) if error.code == code));
    }
    assert!(stage.server.ledger().is_empty());
}

/// The file of the newest message that waits for the bot.
async fn newest_file(stage: &Stage) -> RemoteFile {
    let updates = stage
        .bot
        .get_updates(-1, std::time::Duration::ZERO, 100)
        .await
        .unwrap();
    let item = parse(updates[0].get().as_bytes()).unwrap();
    let InboundItem::Message(message) = item else {
        panic!("not a message: {item:?}");
    };
    let InboundContent::File { file, .. } = message.content else {
        panic!("no file: {:?}", message.content);
    };
    file
}

#[tokio::test]
async fn files_of_customers_are_fetched() {
    let stage = Stage::set().await;
    let photo = png(1280, 960);
    stage.anna.sends_photo(photo.clone(), Some("вот"));
    let remote = newest_file(&stage).await;
    assert_eq!(remote.mime_type.as_deref(), Some("image/jpeg"));
    let fetched = stage.bot.fetch_file(&remote.handle).await.unwrap();
    assert_eq!(fetched.size, Some(photo.len() as u64));
    assert_eq!(fetched.mime_type, None);
    assert_eq!(fetched.into_bytes().await.unwrap(), photo);
}

#[tokio::test]
async fn what_cannot_be_fetched_says_why() {
    let stage = Stage::set().await;
    let fetch = async |handle: &str| match stage.bot.fetch_file(handle).await {
        Ok(fetched) => fetched.into_bytes().await.map(|bytes| bytes.len()),
        Err(error) => Err(error),
    };
    assert_eq!(fetch("nonsense").await, Err(FetchError::Gone));
    stage
        .anna
        .sends_huge_document("film.mkv", limits::TELEGRAM_FILE + 1);
    let huge = newest_file(&stage).await;
    assert_eq!(huge.size, Some(limits::TELEGRAM_FILE + 1));
    assert_eq!(fetch(&huge.handle).await, Err(FetchError::TooLarge));

    stage
        .anna
        .sends_document("act.pdf", "application/pdf", "%PDF-1.7 ".repeat(50));
    let act = newest_file(&stage).await;
    for method in ["getFile", "file"] {
        let faults = [
            Fault::TooManyRequests { retry_after: 3 },
            Fault::ServerError,
            Fault::BadGateway,
            Fault::Silence,
            Fault::Reset,
        ];
        for fault in faults {
            stage.server.fault(method, fault.clone());
            let outcome = fetch(&act.handle).await;
            let again = matches!(outcome, Err(FetchError::RetryLater { .. }));
            assert!(again, "{method}, {fault:?}: {outcome:?}");
        }
    }
    stage.server.fault("file", Fault::Truncated);
    assert!(matches!(
        fetch(&act.handle).await,
        Err(FetchError::RetryLater { .. })
    ));
    assert_eq!(fetch(&act.handle).await, Ok(450));
    stage.server.forget_file(&act.handle);
    assert_eq!(fetch(&act.handle).await, Err(FetchError::Gone));
}

#[tokio::test]
async fn an_album_arrives_as_one() {
    let stage = Stage::set().await;
    let photo = |n: u32| one(ContentType::Image, "p.png", "image/png", png(n, 3));
    let film = one(
        ContentType::Video,
        "v.mp4",
        "video/mp4",
        Bytes::from_static(b"ftyp"),
    );
    let mut first = photo(4);
    first.caption = Some("три кадра".to_owned());
    let album = OutboundContent::Album(vec![first, photo(5), film]);
    let delivery = stage.bot.send(message("111", album)).await;
    assert_eq!(delivery, sent(&["111:2", "111:3", "111:4"]));
    let ledger = stage.server.ledger();
    assert!(ledger.iter().all(|sent| sent.method == "sendMediaGroup"));
    assert!(
        ledger
            .iter()
            .all(|sent| sent.album.is_some() && sent.album == ledger[0].album)
    );
    let words: Vec<_> = ledger.iter().map(|sent| sent.text.as_deref()).collect();
    assert_eq!(words, [Some("три кадра"), None, None]);

    // One that Telegram will not show as a photo takes all along as files; so does what cannot be mixed.
    let song = one(
        ContentType::Audio,
        "a.mp3",
        "audio/mpeg",
        Bytes::from_static(b"ID3"),
    );
    for odd in [photo(9_999), song] {
        let album = OutboundContent::Album(vec![photo(4), odd]);
        let delivery = stage.bot.send(message("111", album)).await;
        assert!(
            matches!(&delivery, Delivery::Sent { provider_ids } if provider_ids.len() == 2),
            "{delivery:?}"
        );
        let last = stage.anna.sees().pop().unwrap();
        assert!(last.get("document").is_some(), "{last}");
    }

    stage.anna.blocks_bot();
    let album = OutboundContent::Album(vec![photo(4), photo(5)]);
    let delivery = stage.bot.send(message("111", album)).await;
    assert!(matches!(delivery, Delivery::Refused(error) if error.code == codes::BLOCKED));
}
