//! Files that go together.

use omni_model::{SendError, limits};
use omni_outbound::Form;
use serde_json::{Value, json};

use super::UPLOAD_BYTES;
use super::compose::{FilePiece, FileWay, Piece, file, refused};
use crate::{OutboundFile, error_codes};

/// The names under which an album's files lie in its form.
const PARTS: [&str; limits::ALBUM] = [
    "file0", "file1", "file2", "file3", "file4", "file5", "file6", "file7", "file8", "file9",
];

/// The pieces of an album: one call where it fits into one, a call for each file otherwise. Captions that are
/// too long follow as texts.
pub(super) fn pieces(files: Vec<OutboundFile>) -> Result<Vec<Piece>, SendError> {
    if !(2..=limits::ALBUM).contains(&files.len()) {
        let words = "Telegram takes albums of 2 to 10 files";
        return Err(refused(error_codes::BAD_REQUEST, words));
    }
    let size: u64 = files.iter().map(|file| file.bytes.len() as u64).sum();
    let mut members = Vec::with_capacity(files.len());
    let mut overflow = Vec::new();
    for sent in files {
        let (piece, rest) = file(sent)?;
        members.push(piece);
        overflow.extend(rest);
    }
    let mut pieces = if size > UPLOAD_BYTES {
        members.into_iter().map(Piece::File).collect()
    } else {
        if !go_together(&members) {
            members
                .iter_mut()
                .for_each(|piece| piece.way = FileWay::DOCUMENT);
        }
        vec![Piece::Album(members)]
    };
    pieces.extend(overflow);
    Ok(pieces)
}

/// Pictures and films may stand in one album; sound and documents only with their like, and voice messages in
/// none.
fn go_together(members: &[FilePiece]) -> bool {
    let all = |fields: &[&str]| {
        members
            .iter()
            .all(|piece| fields.contains(&piece.way.field))
    };
    all(&["photo", "video"]) || all(&["audio"]) || all(&["document"])
}

/// Adds an album's files and their description to a form.
pub(super) fn fill(form: Form, members: &[FilePiece], plainer: bool) -> Form {
    let described: Vec<Value> = members
        .iter()
        .zip(PARTS)
        .map(|(piece, part)| {
            let kind = if plainer { "document" } else { piece.way.field };
            let mut media = json!({"type": kind, "media": format!("attach://{part}")});
            if let Some(caption) = &piece.caption {
                media["caption"] = caption.as_str().into();
            }
            media
        })
        .collect();
    let form = form.text("media", Value::Array(described).to_string());
    (members.iter().zip(PARTS)).fold(form, |form, (piece, part)| {
        form.file(part, piece.file.clone())
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use omni_model::ContentType;

    use super::*;

    fn one(kind: ContentType, mime_type: &str) -> OutboundFile {
        OutboundFile {
            kind,
            bytes: Bytes::from_static(b"x"),
            file_name: "x".to_owned(),
            mime_type: mime_type.to_owned(),
            caption: None,
        }
    }

    fn fields(files: Vec<OutboundFile>) -> Vec<&'static str> {
        match pieces(files).unwrap().as_slice() {
            [Piece::Album(members)] => members.iter().map(|piece| piece.way.field).collect(),
            other => panic!("not one album: {other:?}"),
        }
    }

    #[test]
    fn what_does_not_go_together_goes_as_documents() {
        let photo = || one(ContentType::Image, "image/png");
        let film = || one(ContentType::Video, "video/mp4");
        let voice = || one(ContentType::Audio, "audio/ogg");
        let song = || one(ContentType::Audio, "audio/mpeg");
        assert_eq!(fields(vec![photo(), film()]), ["photo", "video"]);
        assert_eq!(fields(vec![song(), song()]), ["audio", "audio"]);
        assert_eq!(fields(vec![photo(), song()]), ["document", "document"]);
        assert_eq!(fields(vec![voice(), song()]), ["document", "document"]);
        assert!(pieces(vec![photo()]).is_err());
        assert!(pieces((0..11).map(|_| photo()).collect()).is_err());
    }
}
