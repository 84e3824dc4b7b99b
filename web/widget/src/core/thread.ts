import type { Message, MessageStatus } from "./types";

const RANK: Record<MessageStatus, number> = {
  queued: 0,
  sending: 1,
  unknown: 2,
  failed: 2,
  sent: 3,
  delivered: 4,
  read: 5,
};

/**
 * A text that sorts messages in display order. `seq` orders within a conversation; conversation ids
 * are time-ordered, so a later conversation comes after an earlier one. Clocks play no part.
 */
export const orderOf = (message: Message): string =>
  `${message.conversation_id}/${String(message.seq).padStart(12, "0")}`;

/**
 * The thread after `incoming` came, by whichever way: answer, replay, live frame, in any order and any
 * number of times. A status only moves forward, so a late answer never hides a newer `read`.
 */
export const merge = (thread: readonly Message[], incoming: readonly Message[]): Message[] => {
  const byId = new Map(thread.map((message) => [message.id, message]));
  for (const message of incoming) {
    if (message.private) continue; // The server never sends one; a note must not be shown even so.
    const known = byId.get(message.id);
    const behind = known && RANK[message.status] < RANK[known.status];
    byId.set(message.id, behind ? { ...message, status: known.status } : message);
  }
  return [...byId.values()]
    .map((message) => [orderOf(message), message] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, message]) => message);
};
