//! Who may come in, what he may do, and what the surface answers to everybody else.

mod crowd;
mod errors;
mod forms;
mod headers;
mod keys;
mod limits;
mod matrix;
mod people;
mod routes;
mod sessions;
mod settings;
mod strangers;
mod superadmin;
mod surface;
mod suspension;
pub(crate) mod tokens;
mod world;

use omni_testkit::{Answer, Api, PASSWORD, Salon};
use serde_json::{Value, json};

/// Signs in and answers the pair of tokens.
async fn sign_in(api: &Api, email: &str) -> Value {
    try_sign_in(api, email, PASSWORD).await.expect(200)
}

async fn try_sign_in(api: &Api, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    api.post("/api/v1/auth/login", &body).await
}

fn refresh_body(pair: &Value) -> Value {
    json!({"refresh_token": pair["refresh_token"]})
}

async fn refresh(api: &Api, pair: &Value) -> Answer {
    api.post("/api/v1/auth/refresh", &refresh_body(pair)).await
}

/// A client with the access token of a pair.
fn with(api: &Api, pair: &Value) -> Api {
    api.with_token(pair["access_token"].as_str().expect("a token"))
}

fn owner_email(salon: &Salon) -> String {
    format!("owner@{}.example", salon.slug)
}
