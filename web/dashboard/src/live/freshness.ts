/** Events older than this have surely been seen by every request that is still running. */
const FORGET_MS = 60_000;

const changed = new Map<string, number>();

/** Remembers that a live event changed this conversation or message now. */
export function markChanged(id: string): void {
  const now = performance.now();
  changed.set(id, now);
  if (changed.size > 2_000) {
    for (const [old, at] of changed) {
      if (now - at > FORGET_MS) changed.delete(old);
    }
  }
}

/** Whether an event changed it after `since` (`performance.now()`): then a fetched copy may be older. */
export function changedSince(id: string, since: number): boolean {
  return (changed.get(id) ?? Number.NEGATIVE_INFINITY) >= since;
}
