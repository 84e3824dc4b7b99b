import type { Message, MessagePage } from "../api/types";

/** The loaded end of a conversation: messages in the order of `seq`, newest last. */
export interface Thread {
  items: Message[];
  has_before: boolean;
}

/** Puts a message where its `seq` belongs, in place of what was there. */
export function upsert(thread: Thread, message: Message): Thread {
  const { items } = thread;
  const first = items[0];
  // Part of the history that is not loaded: it will come as it is then.
  if (first !== undefined && message.seq < first.seq && thread.has_before) return thread;
  let at = items.length;
  while (at > 0 && seqAt(items, at - 1) > message.seq) at -= 1;
  const replaces = at > 0 && seqAt(items, at - 1) === message.seq;
  const next = items.slice();
  next.splice(replaces ? at - 1 : at, replaces ? 1 : 0, message);
  return { ...thread, items: next };
}

function seqAt(items: readonly Message[], index: number): number {
  return items[index]?.seq ?? Number.NEGATIVE_INFINITY;
}

/** Whether something between the loaded messages is missing; `seq` has no holes. */
export function hasGap({ items }: Thread): boolean {
  const first = items[0];
  const last = items.at(-1);
  return first !== undefined && last !== undefined && last.seq - first.seq !== items.length - 1;
}

/** Adds the page before the loaded messages. */
export function prepend(thread: Thread, page: MessagePage): Thread {
  const first = thread.items[0]?.seq ?? Number.POSITIVE_INFINITY;
  const older = page.items.filter((message) => message.seq < first);
  return { items: [...older, ...thread.items], has_before: page.has_before };
}

/**
 * Joins the newest page, just fetched, with what is loaded. `isNewer` names messages that a live event
 * changed while the page was on its way: those stay as the event left them.
 */
export function joinNewest(
  thread: Thread | undefined,
  page: MessagePage,
  isNewer: (id: string) => boolean,
): Thread {
  const fetched: Thread = { items: page.items, has_before: page.has_before };
  const first = page.items[0];
  const last = thread?.items.at(-1);
  if (thread === undefined || first === undefined || last === undefined) return fetched;
  const before = thread.items.filter((message) => message.seq < first.seq);
  // Where the loaded part does not reach the page whole, what is missing is found by scrolling back.
  const joined =
    last.seq >= first.seq - 1 && !hasGap({ items: [...before, first], has_before: true });
  const older = joined ? before : [];
  const known = new Map(thread.items.map((message) => [message.seq, message]));
  const lastFetched = page.items.at(-1)?.seq ?? 0;
  const fresh = page.items.map((message) => {
    const live = known.get(message.seq);
    return live !== undefined && isNewer(message.id) ? live : message;
  });
  const after = thread.items.filter((message) => message.seq > lastFetched && isNewer(message.id));
  return {
    items: [...older, ...fresh, ...after],
    has_before: older.length > 0 ? thread.has_before : page.has_before,
  };
}

/** Lets go of the oldest when a busy thread has grown long; they can be loaded again. */
export function trim(thread: Thread, most: number): Thread {
  if (thread.items.length <= most) return thread;
  return { items: thread.items.slice(-most), has_before: true };
}
