import { createStore, useStorePart, useStore } from "../../lib/store";

/** As many as the server takes at once. */
export const SELECTED_MOST = 100;

const NONE: ReadonlySet<string> = new Set();
const store = createStore<ReadonlySet<string>>(NONE);
/** Where a range begins: the row that was chosen last. */
let anchor: string | null = null;

export const useSelection = (): ReadonlySet<string> => useStore(store);
export const useIsSelected = (id: string): boolean => useStorePart(store, (ids) => ids.has(id));
export const useSelecting = (): boolean => useStorePart(store, (ids) => ids.size > 0);

export function clearSelection(): void {
  anchor = null;
  store.set(NONE);
}

/** Leaves only these selected. */
export function keepSelected(ids: Iterable<string>): void {
  const kept = new Set(ids);
  if (kept.size === 0) clearSelection();
  else store.set(kept);
}

/** Selects a row or lets it go; with `range`, all rows of `order` from the one chosen last to it. */
export function toggleSelected(id: string, order: readonly string[], range = false): void {
  const from = range && anchor !== null ? order.indexOf(anchor) : -1;
  const to = order.indexOf(id);
  anchor = id;
  if (from === -1 || to === -1) {
    store.set((ids) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      return capped(next);
    });
    return;
  }
  const between = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  store.set((ids) => capped(new Set([...ids, ...between])));
}

function capped(ids: Set<string>): ReadonlySet<string> {
  return ids.size <= SELECTED_MOST ? ids : new Set([...ids].slice(0, SELECTED_MOST));
}

/** What is selected now, for code outside React. */
export const selection = (): ReadonlySet<string> => store.get();
