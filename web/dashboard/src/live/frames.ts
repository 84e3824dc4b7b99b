/** A hidden tab has no frames; this often is enough for the title and the sound. */
const HIDDEN_MS = 250;

/**
 * Collects items and hands them over together, once per animation frame: sixty messages a second then
 * cost at most sixty updates of the screen, usually far fewer.
 */
export function perFrame<T>(flush: (items: T[]) => void): (item: T) => void {
  let waiting: T[] = [];
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    timer = undefined;
    const items = waiting;
    waiting = [];
    flush(items);
  };
  return (item) => {
    waiting.push(item);
    if (timer !== undefined) return;
    timer = setTimeout(run, HIDDEN_MS);
    frame = requestAnimationFrame(run);
  };
}

/** Runs `action` at most once per `every` milliseconds, and once more after the last call. */
export function throttled(action: () => void, every: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  return () => {
    if (timer !== undefined) return;
    const wait = Math.max(0, last + every - Date.now());
    timer = setTimeout(() => {
      timer = undefined;
      last = Date.now();
      action();
    }, wait);
  };
}
