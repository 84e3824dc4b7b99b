import { createStore, useStorePart } from "../../lib/store";

/** To whom one writes: the customer, or the team. */
export type Mode = "reply" | "note";

const store = createStore<Readonly<Record<string, Mode>>>({});

/** Stays with the conversation, so that whoever comes back goes on with what he began. */
export function useMode(conversationId: string): Mode {
  return useStorePart(store, (modes) => modes[conversationId] ?? "reply");
}

export function setMode(conversationId: string, mode: Mode): void {
  store.set((modes) => ({ ...modes, [conversationId]: mode }));
}
