import { useRef, useState } from "react";
import type { Conversation } from "../../api/types";

export interface HeldOrder {
  /** What to show: everything as it is now, in the order it had when the hold began. */
  items: Conversation[];
  /** How many have moved or arrived meanwhile. */
  waiting: number;
  hold: () => void;
  release: () => void;
}

/**
 * Keeps rows where they are while the pointer is over the list: a row that jumps away under a click
 * opens the wrong conversation. What is said in a row still changes at once.
 */
export function useHeldOrder(items: Conversation[]): HeldOrder {
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const latest = useRef(items);
  latest.current = items;
  const hold = () => setHeld((now) => now ?? latest.current.map(({ id }) => id));
  const release = () => setHeld(null);
  if (held === null) return { items, waiting: 0, hold, release };

  const known = new Map(items.map((item) => [item.id, item]));
  const shown = held.flatMap((id) => known.get(id) ?? []);
  // Rows below the held ones are pages loaded since: they go on at the end.
  const heldIds = new Set(held);
  const lastHeld = items.findLastIndex(({ id }) => heldIds.has(id));
  shown.push(...items.slice(lastHeld + 1));
  const moved = items.findIndex((item, index) => item.id !== shown[index]?.id);
  const arrived = items.slice(0, lastHeld + 1).filter(({ id }) => !heldIds.has(id)).length;
  return { items: shown, waiting: moved === -1 ? 0 : Math.max(arrived, 1), hold, release };
}
