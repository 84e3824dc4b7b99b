/** The longest pause between two attempts. */
export const LONGEST_PAUSE = 30_000;

/**
 * The pause before attempt `n` (from 0): doubling from one second, at most thirty, and jittered over
 * its upper half so that a thousand pages do not come back in the same instant.
 */
export const pause = (n: number, random: () => number = Math.random): number =>
  Math.min(LONGEST_PAUSE, 1000 * 2 ** Math.min(n, 10)) * (0.5 + random() / 2);
