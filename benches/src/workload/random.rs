//! Numbers that look random and are the same in every run.

/// SplitMix64: a good mix of `seed`, cheap enough for every message.
pub(super) const fn mix(seed: u64) -> u64 {
    let a = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let b = (a ^ (a >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let c = (b ^ (b >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    c ^ (c >> 31)
}

/// A number below `bound` out of a mixed one; `bound` must not be zero.
pub(super) const fn below(mixed: u64, bound: u64) -> u64 {
    // The high bits of the product: no division, and no bias that matters here.
    ((mixed as u128 * bound as u128) >> 64) as u64
}
