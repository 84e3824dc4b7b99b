//! Secrets and signatures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use omni_model::Timestamp;
use omni_store::WebhookRecord;

use super::OLD_SECRET;
use crate::secrets::{Place, mac, random};
use crate::{Core, Result};

/// What secrets begin with.
const PREFIX: &str = "whsec_";
/// Bytes of a secret.
const LENGTH: usize = 32;

/// What signs: the bytes themselves, not the words that stand for them.
pub(super) type SigningKey = Vec<u8>;

impl Core {
    /// Gives a webhook a new secret. The one before signs along for a while.
    pub(super) fn renew_webhook_secret(
        &self,
        record: &mut WebhookRecord,
        now: Timestamp,
    ) -> Result<()> {
        let key: [u8; LENGTH] = random()?;
        // Sealed for another column, a secret is sealed anew.
        if let Ok(old) = self.keys().open(place(record, "secret"), &record.secret) {
            let sealed = self.keys().seal(place(record, "old_secret"), &old)?;
            record.old_secret = Some((sealed, now.plus(OLD_SECRET)));
        }
        record.secret = self.keys().seal(place(record, "secret"), &key)?;
        Ok(())
    }

    /// The secret in the words in which its owner is told of it.
    pub(super) fn webhook_secret(&self, record: &WebhookRecord) -> Result<String> {
        let key = self.keys().open(place(record, "secret"), &record.secret)?;
        Ok(format!("{PREFIX}{}", STANDARD.encode(key)))
    }

    /// All that sign now, the current one first.
    pub(super) fn signing_keys(
        &self,
        record: &WebhookRecord,
        now: Timestamp,
    ) -> Result<Vec<SigningKey>> {
        let mut keys = vec![self.keys().open(place(record, "secret"), &record.secret)?];
        if let Some((sealed, until)) = &record.old_secret
            && now < *until
        {
            keys.push(self.keys().open(place(record, "old_secret"), sealed)?);
        }
        Ok(keys)
    }
}

fn place(record: &WebhookRecord, column: &'static str) -> Place {
    Place {
        tenant: record.tenant_id,
        table: "webhooks",
        column,
        row: record.id.0,
    }
}

/// The value of `webhook-signature`: one signature a key.
pub(super) fn signatures(keys: &[SigningKey], id: &str, seconds: i64, body: &[u8]) -> String {
    let signed = [format!("{id}.{seconds}.").as_bytes(), body].concat();
    let each: Vec<String> = keys
        .iter()
        .map(|key| {
            let signature = mac(key, &signed).finalize().into_bytes();
            format!("v1,{}", STANDARD.encode(signature))
        })
        .collect();
    each.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_signed_as_it_says() {
        // From the test vectors that the libraries of Standard Webhooks share.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signatures(
            &[key],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_keys_sign_side_by_side() {
        let both = signatures(&[vec![1; 32], vec![2; 32]], "msg_1", 1, b"{}");
        let alone = signatures(&[vec![2; 32]], "msg_1", 1, b"{}");
        assert_eq!(both.split(' ').nth(1), Some(alone.as_str()));
    }
}
