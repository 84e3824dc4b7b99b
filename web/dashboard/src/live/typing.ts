import { createStore, useStorePart } from "../lib/store";

/** A "typing" that is not renewed for this long has ended. */
const LASTS_MS = 6_000;

const store = createStore<ReadonlySet<string>>(new Set());
const ends = new Map<string, ReturnType<typeof setTimeout>>();

/** Notes that the customer of a conversation began or stopped to type. */
export function setCustomerTyping(conversationId: string, typing: boolean): void {
  clearTimeout(ends.get(conversationId));
  ends.delete(conversationId);
  if (typing) {
    ends.set(
      conversationId,
      setTimeout(() => setCustomerTyping(conversationId, false), LASTS_MS),
    );
  }
  store.set((current) => {
    if (current.has(conversationId) === typing) return current;
    const next = new Set(current);
    if (typing) next.add(conversationId);
    else next.delete(conversationId);
    return next;
  });
}

export function useCustomerTyping(conversationId: string): boolean {
  return useStorePart(store, (typing) => typing.has(conversationId));
}
