//! Times, kept whole: exact percentiles of a run's few hundred thousand values cost nothing.

use std::time::Duration;

/// A run's times.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    micros: Vec<u32>,
}

impl Latencies {
    pub(crate) fn record(&mut self, time: Duration) {
        self.micros
            .push(u32::try_from(time.as_micros()).unwrap_or(u32::MAX));
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.micros.append(&mut other.micros);
    }

    pub(crate) fn len(&self) -> usize {
        self.micros.len()
    }

    /// The times below which these shares (of 1000) of all values lie, in milliseconds; none of no values.
    pub(crate) fn per_mille<const N: usize>(mut self, shares: [usize; N]) -> [Option<f64>; N] {
        self.micros.sort_unstable();
        shares.map(|share| {
            // The nearest rank: the smallest value that at least this share does not exceed.
            let rank = (self.micros.len() * share).div_ceil(1000);
            let at = rank.checked_sub(1)?;
            self.micros
                .get(at)
                .map(|&micros| f64::from(micros) / 1000.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let mut latencies = Latencies::default();
        for millis in (1..=1000).rev() {
            latencies.record(Duration::from_millis(millis));
        }
        assert_eq!(
            latencies.per_mille([500, 990, 999, 1000]),
            [Some(500.0), Some(990.0), Some(999.0), Some(1000.0)]
        );
        assert_eq!(Latencies::default().per_mille([500]), [None]);
    }
}
