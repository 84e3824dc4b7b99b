//! `sendMediaGroup`: several files that are shown as one.

use serde_json::Value;

use super::super::answer::{Outcome, Refusal};
use super::super::entities::units;
use super::super::input::Input;
use super::super::render::FileKind;
use super::super::world::Shared;
use super::recipient;
use super::sending::{CAPTION, Content, Source, check_upload, compose, record};

pub(super) fn send(shared: &Shared, bot_id: i64, input: &Input) -> Outcome {
    let members = members(input)?;
    shared.change(|world| {
        let chat_id = recipient::reachable(world, bot_id, input)?;
        let answered = recipient::answered(world, bot_id, chat_id, input)?;
        world.next_callback += 1;
        let album = world.next_callback.to_string();
        let mut made = Vec::with_capacity(members.len());
        for content in members {
            let answered = answered.clone();
            let (mut message, file) = compose(world, bot_id, chat_id, content, answered, None)?;
            message["media_group_id"] = album.as_str().into();
            made.push((message, file));
        }
        let mut messages = Vec::with_capacity(made.len());
        for (message, file) in made {
            record(world, bot_id, chat_id, "sendMediaGroup", &message, file);
            messages.push(message);
        }
        Ok(Value::Array(messages).into())
    })
}

fn members(input: &Input) -> Result<Vec<Content>, Refusal> {
    let broken = || Refusal::bad("can't parse media JSON object");
    let media = input.json("media").map_err(|_| broken())?;
    let media = media.ok_or_else(|| Refusal::bad("there are no messages to send"))?;
    let items = media.as_array().ok_or_else(broken)?;
    if items.len() < 2 {
        return Err(Refusal::bad("there are no messages to send"));
    }
    if items.len() > 10 {
        return Err(Refusal::bad("too many messages to send as an album"));
    }
    let mut kinds = Vec::with_capacity(items.len());
    let mut contents = Vec::with_capacity(items.len());
    for item in items {
        let kind = match item.get("type").and_then(Value::as_str) {
            Some("photo") => FileKind::Photo,
            Some("video") => FileKind::Video,
            Some("audio") => FileKind::Audio,
            Some("document") => FileKind::Document,
            _ => return Err(Refusal::bad("invalid media type specified")),
        };
        kinds.push(kind);
        contents.push(content(kind, item, input)?);
    }
    for (alone, name) in [(FileKind::Audio, "audio"), (FileKind::Document, "document")] {
        if kinds.contains(&alone) && kinds.iter().any(|kind| *kind != alone) {
            let words = format!("{name} can't be mixed with other media types");
            return Err(Refusal::bad(&words));
        }
    }
    Ok(contents)
}

fn content(kind: FileKind, item: &Value, input: &Input) -> Result<Content, Refusal> {
    let words = |name: &str| item.get(name).and_then(Value::as_str);
    let caption = words("caption").filter(|caption| !caption.is_empty());
    if caption.is_some_and(|caption| units(caption) > CAPTION) {
        return Err(Refusal::bad("message caption is too long"));
    }
    let media = words("media").ok_or_else(|| Refusal::bad("media not found"))?;
    let source = match media.strip_prefix("attach://") {
        Some(name) => {
            let file = input
                .attached(name)
                .ok_or_else(|| Refusal::bad("attached file not found"))?;
            check_upload(kind, file)?;
            Source::Uploaded(file.clone())
        }
        None => Source::Known(media.to_owned()),
    };
    Ok(Content::File {
        kind,
        source,
        caption: caption.map(str::to_owned),
    })
}
