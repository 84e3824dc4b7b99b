//! Creating requests that may arrive twice: the answer is kept in the unit of work that creates, for 24
//! hours, and given again to whoever repeats the request under the same key.

use std::future::Future;
use std::sync::Arc;

use hmac::Mac;
use omni_model::{Principal, codes};
use omni_store::idempotency::{self, KeptAnswer};
use omni_store::{UniqueKey, UnitOfWork};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Core, Error, Result, secrets};

/// What a creating request answers.
#[derive(Debug)]
pub struct Made<T> {
    pub value: T,
    /// Whether an earlier request under the same key made it.
    pub replayed: bool,
}

/// A key and what it was used for.
pub(crate) struct Once {
    key: String,
    request_hash: String,
}

/// To be kept in the unit of work that creates.
#[derive(Clone)]
pub(crate) struct Keeper {
    once: Option<Arc<Once>>,
    principal: Principal,
}

impl Keeper {
    /// Keeps the answer, as the first thing of `unit`. Never a secret: leave those out of what is kept.
    pub(crate) async fn keep<T: Serialize>(&self, unit: &UnitOfWork, answer: &T) -> Result<()> {
        let Some(once) = &self.once else {
            return Ok(());
        };
        let answer = KeptAnswer {
            request_hash: once.request_hash.clone(),
            body: serde_json::to_string(answer).expect("answers are plain data"),
        };
        let (scope, by) = (self.principal.scope(), self.principal.actor().id());
        Ok(idempotency::keep(unit, &scope, by, &once.key, &answer).await?)
    }
}

impl Core {
    /// Makes something, or answers what an earlier request under the same key made. `operation` and
    /// `input` together are the request: the same key with another one is 409. `make` must give the
    /// keeper what it answers.
    pub(crate) async fn make_once<I, T, F, Fut>(
        &self,
        principal: &Principal,
        key: Option<String>,
        operation: &'static str,
        input: &I,
        make: F,
    ) -> Result<Made<T>>
    where
        I: Serialize,
        T: DeserializeOwned,
        F: FnOnce(Keeper) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        let once = key.map(|key| {
            let request_hash = self.request_hash(operation, input);
            Arc::new(Once { key, request_hash })
        });
        if let Some(value) = self.kept(principal, once.as_deref()).await? {
            return Ok(Made {
                value,
                replayed: true,
            });
        }
        let keeper = Keeper {
            once: once.clone(),
            principal: principal.clone(),
        };
        match make(keeper).await {
            Ok(value) => Ok(Made {
                value,
                replayed: false,
            }),
            // Two at once: the other one was first, and is done.
            Err(Error::Store(error)) if error.violates(UniqueKey::IDEMPOTENCY) => {
                let value = self.kept(principal, once.as_deref()).await?;
                value
                    .map(|value| Made {
                        value,
                        replayed: true,
                    })
                    .ok_or(Error::Store(error))
            }
            Err(error) => Err(error),
        }
    }

    async fn kept<T: DeserializeOwned>(
        &self,
        principal: &Principal,
        once: Option<&Once>,
    ) -> Result<Option<T>> {
        let Some(once) = once else {
            return Ok(None);
        };
        let (scope, by, now) = (
            principal.scope(),
            principal.actor().id(),
            self.clock().now(),
        );
        let kept = idempotency::find(self.store().reader(), &scope, by, &once.key, now).await?;
        let Some(kept) = kept else {
            return Ok(None);
        };
        if kept.request_hash != once.request_hash {
            return Err(Error::refused(
                codes::IDEMPOTENCY_MISMATCH,
                "this key was used for another request",
            ));
        }
        serde_json::from_str(&kept.body)
            .map(Some)
            .map_err(|error| Error::internal("a kept answer does not read", error))
    }

    /// Keyed, since a request may hold a password that could be guessed from a plain hash.
    fn request_hash<I: Serialize>(&self, operation: &str, input: &I) -> String {
        let input = serde_json::to_string(input).expect("requests are plain data");
        let message = format!("{operation}\n{input}");
        let mac = secrets::mac(&self.options().encryption_key, message.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}
