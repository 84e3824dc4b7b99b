/** Milliseconds to wait before attempt `n` (from 0): doubles, capped, with half of it random. */
export function backoff(
  attempt: number,
  { first = 500, most = 30_000, random = Math.random }: BackoffOptions = {},
): number {
  const ceiling = Math.min(most, first * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

export interface BackoffOptions {
  first?: number;
  most?: number;
  random?: () => number;
}
