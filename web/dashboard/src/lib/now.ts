import { useSyncExternalStore } from "react";

/** A clock that all who show relative times read together, so that they turn at once. */
function clock(every: number) {
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  const tick = () => {
    now = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    read: () => now,
    subscribe(listener: () => void) {
      if (listeners.size === 0) {
        now = Date.now();
        timer = setInterval(tick, every);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
}

const minutes = clock(20_000);
const seconds = clock(1_000);

/** The time, for texts that count minutes and days. */
export const useNow = (): number => useSyncExternalStore(minutes.subscribe, minutes.read);

/** The time, for texts that count seconds. */
export const useSeconds = (): number => useSyncExternalStore(seconds.subscribe, seconds.read);
