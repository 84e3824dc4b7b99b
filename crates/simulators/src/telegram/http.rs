//! The server's doors: methods, downloads, and the page.

use std::convert::Infallible;
use std::future::pending;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream;
use tokio::net::TcpListener;

use super::answer::{Outcome, Refusal, respond};
use super::bot::Bot;
use super::faults::{Course, Ending};
use super::input::Input;
use super::wire::{Scissors, Wires};
use super::world::Shared;
use super::{files, methods, page};

const PROXY_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// Serves until dropped.
pub(super) async fn serve(listener: TcpListener, shared: Shared) {
    let router = Router::new()
        .merge(page::routes())
        .fallback(api)
        .with_state(shared);
    let service = router.into_make_service_with_connect_info::<Scissors>();
    // Serving ends only with the task.
    let _ = axum::serve(Wires(listener), service).await;
}

async fn api(
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    State(shared): State<Shared>,
    request: Request,
) -> Response {
    let path = request.uri().path().replace("%3A", ":").replace("%3a", ":");
    if let Some((token, file)) = path
        .strip_prefix("/file/bot")
        .and_then(|p| p.split_once('/'))
    {
        return download(&shared, &scissors, token, file).await;
    }
    let Some((token, method)) = path.strip_prefix("/bot").and_then(|p| p.split_once('/')) else {
        return respond(Err(Refusal::new(404, "Not Found")));
    };
    let method = method.strip_prefix("test/").unwrap_or(method);
    let method = method.trim_end_matches('/').to_ascii_lowercase();
    let bot_id = match authenticate(&shared, token) {
        Ok(bot_id) => bot_id,
        Err(refusal) => return respond(Err(refusal)),
    };
    let input = match Input::read(request).await {
        Ok(input) => input,
        Err(refusal) => return respond(Err(refusal)),
    };
    let Some(course) = course_of(&shared, &method) else {
        return respond(methods::call(&shared, bot_id, &method, &input).await);
    };
    let outcome = match course.accepted {
        true => methods::call(&shared, bot_id, &method, &input).await,
        false => Err(Refusal::new(500, "Internal Server Error: restart")),
    };
    end(course.ending, outcome, &scissors).await
}

fn course_of(shared: &Shared, method: &str) -> Option<Course> {
    shared
        .change(|world| world.faults.take(method))
        .map(super::faults::Fault::course)
}

async fn end(ending: Ending, outcome: Outcome, scissors: &Scissors) -> Response {
    match ending {
        Ending::Refuse(refusal) => respond(Err(refusal)),
        Ending::Page(status) => proxy_page(status),
        Ending::Silence => pending().await,
        Ending::Late(by) => {
            tokio::time::sleep(by).await;
            respond(outcome)
        }
        Ending::Close => {
            scissors.close();
            respond(outcome)
        }
        Ending::Reset => {
            scissors.reset();
            respond(outcome)
        }
        Ending::Truncate => truncated(respond(outcome), scissors).await,
    }
}

fn proxy_page(status: u16) -> Response {
    let mut response = Response::new(Body::from(PROXY_PAGE));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, "text/html".parse().expect("a media type"));
    response
}

/// The first half of an answer that promised to be whole; then the line goes dead.
async fn truncated(response: Response, scissors: &Scissors) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    parts.headers.insert("content-length", whole.len().into());
    let half = whole.slice(..whole.len() / 2);
    let scissors = scissors.clone();
    let first = stream::once(async move { Ok::<Bytes, Infallible>(half) });
    let cut = stream::once(async move {
        // The half must be on its way before the line is cut.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        scissors.close();
        Ok(Bytes::from_static(b" "))
    });
    Response::from_parts(parts, Body::from_stream(first.chain(cut)))
}

/// Whose token it is. Where any token will do, a new one brings its bot along.
fn authenticate(shared: &Shared, token: &str) -> Result<i64, Refusal> {
    let invalid = || Refusal::new(401, "Unauthorized: invalid token specified");
    let number = token
        .split_once(':')
        .map(|(id, _)| id)
        .ok_or_else(invalid)?;
    let id: i64 = number.parse().map_err(|_| invalid())?;
    if token.starts_with('0') || token.len() > 80 || id <= 0 || id >= 1 << 54 {
        return Err(invalid());
    }
    let (known, given_up) = shared.look(|world| {
        let bot = world.bots.iter().find(|bot| bot.token == token);
        let given_up = world.bots.iter().any(|bot| bot.gave_up(token));
        (bot.map(|bot| bot.id), given_up)
    });
    match known {
        Some(id) => Ok(id),
        None if shared.options.any_token && !given_up => Ok(shared.change(|world| {
            // A new token of a known bot replaces the old one.
            world.bots.retain(|bot| bot.id != id);
            world.bots.push(Bot::new(token));
            id
        })),
        None => Err(Refusal::new(401, "Unauthorized")),
    }
}

async fn download(shared: &Shared, scissors: &Scissors, token: &str, path: &str) -> Response {
    if let Err(refusal) = authenticate(shared, token) {
        return respond(Err(refusal));
    }
    let kept = shared.look(|world| world.files.by_path(path).cloned());
    let answer = match kept {
        Some(kept) if kept.size <= files::DOWNLOAD => {
            let mut response = Response::new(Body::from(kept.bytes));
            let octets = "application/octet-stream".parse().expect("a media type");
            response.headers_mut().insert(CONTENT_TYPE, octets);
            response
        }
        _ => respond(Err(Refusal::new(404, "Not Found"))),
    };
    let Some(course) = course_of(shared, "file") else {
        return answer;
    };
    match course.ending {
        Ending::Truncate => truncated(answer, scissors).await,
        Ending::Late(by) => {
            tokio::time::sleep(by).await;
            answer
        }
        other => {
            end(
                other,
                Err(Refusal::new(500, "Internal Server Error: restart")),
                scissors,
            )
            .await
        }
    }
}
