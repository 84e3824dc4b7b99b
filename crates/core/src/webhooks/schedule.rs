//! When a delivery that failed is tried again: ten attempts over 75 hours, as Standard Webhooks proposes.

use std::time::Duration;

use omni_model::WebhookDeliveryId;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Seconds before the second, third and further attempts.
const PAUSES: [u64; 9] = [
    5,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];
/// Longer than this nobody makes us wait.
const LONGEST: Duration = Duration::from_secs(24 * HOUR);

/// How long to wait after the `tries`th attempt failed; `None` = that was the last. An address that said how long to
/// leave it alone is left alone so long, within reason.
pub(super) fn pause(
    id: WebhookDeliveryId,
    tries: i64,
    retry_after: Option<Duration>,
) -> Option<Duration> {
    let at = usize::try_from(tries).ok()?.checked_sub(1)?;
    let planned = Duration::from_secs(*PAUSES.get(at)?);
    let planned = planned.mul_f64(jitter(id, tries));
    let asked = retry_after.unwrap_or_default().min(LONGEST);
    Some(planned.max(asked))
}

/// Between 0.9 and 1.1, so that what failed together does not come back together.
fn jitter(id: WebhookDeliveryId, tries: i64) -> f64 {
    // The end of an id is random; each attempt takes another part of it.
    let bytes = id.0.as_bytes();
    let part = bytes[8 + usize::try_from(tries).unwrap_or_default() % 8];
    0.9 + 0.2 * f64::from(part) / 255.0
}

#[cfg(test)]
mod tests {
    use omni_model::SystemClock;

    use super::*;

    #[test]
    fn there_are_ten_attempts_over_75_hours() {
        let planned: u64 = PAUSES.iter().sum();
        assert_eq!(planned / HOUR, 75);
        for _ in 0..100 {
            let id = WebhookDeliveryId::new(&SystemClock);
            let pauses: Vec<Duration> = (1..).map_while(|tries| pause(id, tries, None)).collect();
            assert_eq!(pauses.len() + 1, 10);
            for (pause, planned) in pauses.iter().zip(PAUSES) {
                let ratio = pause.as_secs_f64() / Duration::from_secs(planned).as_secs_f64();
                assert!((0.89..1.11).contains(&ratio), "{pause:?} of {planned}");
            }
        }
    }

    #[test]
    fn who_asks_to_be_left_alone_is_left_alone_for_a_day_at_most() {
        let id = WebhookDeliveryId::new(&SystemClock);
        let minute = Duration::from_secs(60);
        assert_eq!(pause(id, 1, Some(minute)), Some(minute));
        assert!(pause(id, 4, Some(minute)).is_some_and(|pause| pause > minute));
        assert_eq!(pause(id, 1, Some(Duration::MAX)), Some(LONGEST));
        assert_eq!(pause(id, 10, Some(minute)), None);
    }
}
