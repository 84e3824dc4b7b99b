//! Frames that no browser sends end their own socket, by a code alone, and nobody else's (S66).

use super::*;
use omni_testkit::both_engines;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

const MEGABYTE: usize = 1024 * 1024;

/// What to send, one after the other, by what is wrong with it.
fn attacks() -> Vec<(&'static str, Vec<Message>)> {
    let frame = |bytes: &[u8], kind: Data, is_final: bool| {
        Frame::message(bytes.to_vec(), OpCode::Data(kind), is_final)
    };
    let mut reserved = frame(br#"{"type":"ping"}"#, Data::Text, true);
    reserved.header_mut().rsv1 = true;
    let piece = vec![b'x'; 8 * 1024];
    let mut pieces = vec![frame(&piece, Data::Text, false)];
    pieces.extend((0..7).map(|_| frame(&piece, Data::Continue, false)));
    let one = |frame: Frame| vec![Message::Frame(frame)];
    vec![
        ("not UTF-8", one(frame(b"\xff\xfe{}", Data::Text, true))),
        ("a reserved bit", one(reserved)),
        (
            "an unknown kind",
            one(frame(b"{}", Data::Reserved(3), true)),
        ),
        (
            "the middle of nothing",
            one(frame(b"{}", Data::Continue, true)),
        ),
        (
            "a text in pieces without end",
            pieces.into_iter().map(Message::Frame).collect(),
        ),
        ("a mebibyte", vec![Message::text("x".repeat(MEGABYTE))]),
    ]
}

both_engines!(
    a_broken_frame_ends_its_own_socket_only,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let (maria, _, _) = Visitor::who_wrote(&app, &salon).await;
        let mut colleague = salon.socket(salon.owner_id, &salon.owner, None).await;
        colleague.expect("operator.connected").await;
        for (what, messages) in attacks() {
            let mut connected = salon.socket(salon.owner_id, &salon.owner, None).await;
            connected.expect("operator.connected").await;
            // By the socket, and the code that it is to end with: before it said who it is, and after.
            for (mut socket, code) in [
                (Socket::open(app.addr(), "/api/v1/ws").await, 4401),
                (Socket::open(app.addr(), "/api/v1/widget/ws").await, 4401),
                (connected, 4400),
                (maria.connects(None).await, 4400),
            ] {
                for message in &messages {
                    socket.send(message.clone()).await;
                }
                assert_eq!(socket.closed().await, code, "{what}");
            }
        }
        colleague.until_pong().await;
        app.stop().await;
    }
);

both_engines!(
    a_huge_frame_is_not_taken_in,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let salon = app.salon().await;
        let mut colleague = salon.socket(salon.owner_id, &salon.owner, None).await;
        colleague.expect("operator.connected").await;
        let mut connected = salon.socket(salon.owner_id, &salon.owner, None).await;
        connected.expect("operator.connected").await;
        let nameless = Socket::open(app.addr(), "/api/v1/widget/ws").await;
        for (mut socket, code) in [(nameless, 4401), (connected, 4400)] {
            let huge = Message::binary(vec![7_u8; 64 * MEGABYTE]);
            socket.send(huge).await;
            // The server stops reading in the middle of it: its word may be lost with the connection.
            let ended = socket.closed().await;
            assert!([code, 1006].contains(&ended), "{ended}");
        }
        colleague.until_pong().await;
        salon.owner.get("/api/v1/auth/me").await.expect(200);
        app.stop().await;
    }
);
