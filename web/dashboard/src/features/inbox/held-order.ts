import { useCallback, useEffect, useRef, useState } from "react";
import type { Conversation } from "../../api/types";

/** A pointer that rests this long is not about to click. */
const REST_MS = 1_500;

export interface HeldOrder {
  /** What to show: everything as it is now, in the order it had when the hold began. */
  items: Conversation[];
  /** How many have moved or arrived meanwhile. */
  waiting: number;
  hold: () => void;
  release: () => void;
}

/**
 * Keeps rows where they are while the pointer moves over the list: a row that jumps away under a click
 * opens the wrong conversation. What is said in a row still changes at once.
 */
export function useHeldOrder(items: Conversation[]): HeldOrder {
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const latest = useRef(items);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    latest.current = items;
  });
  const release = useCallback(() => {
    clearTimeout(rest.current);
    setHeld(null);
  }, []);
  const hold = useCallback(() => {
    clearTimeout(rest.current);
    rest.current = setTimeout(release, REST_MS);
    setHeld((now) => now ?? latest.current.map(({ id }) => id));
  }, [release]);
  useEffect(() => release, [release]);

  if (held === null) return { items, waiting: 0, hold, release };
  return { ...inHeldOrder(items, held), hold, release };
}

/** `items` in the order of `held`; what arrived since waits, unless it stands below all of them. */
export function inHeldOrder(
  items: Conversation[],
  held: readonly string[],
): Pick<HeldOrder, "items" | "waiting"> {
  const known = new Map(items.map((item) => [item.id, item]));
  const heldIds = new Set(held);
  const lastHeld = items.findLastIndex(({ id }) => heldIds.has(id));
  const shown = held.flatMap((id) => known.get(id) ?? []);
  shown.push(...items.slice(lastHeld + 1));
  const moved = items.some((item, index) => item.id !== shown[index]?.id);
  const arrived = items.slice(0, lastHeld + 1).filter(({ id }) => !heldIds.has(id)).length;
  return { items: shown, waiting: moved ? Math.max(arrived, 1) : 0 };
}
