import type { InfiniteData } from "@tanstack/react-query";
import type { ChannelKind, Conversation, ConversationPage, ConversationStatus } from "../api/types";

/** What an inbox list shows. */
export interface InboxFilter {
  status: ConversationStatus | "snoozed" | "all";
  assigned: "me" | "unassigned" | "all";
  channel: ChannelKind | "all";
  /** Empty: any. */
  tag: string;
}

export type ConversationList = InfiniteData<ConversationPage, string | null>;

/** What became of conversations; `null` means out of sight. */
export type Changes = ReadonlyMap<string, Conversation | null>;

export function matches(filter: InboxFilter, conversation: Conversation, me: string): boolean {
  if (!hasStatus(filter.status, conversation)) return false;
  if (filter.tag !== "" && !conversation.tags.includes(filter.tag)) return false;
  if (filter.channel !== "all" && conversation.channel !== filter.channel) return false;
  if (filter.assigned === "me") return conversation.assigned_to === me;
  if (filter.assigned === "unassigned") return conversation.assigned_to === null;
  return true;
}

function hasStatus(status: InboxFilter["status"], conversation: Conversation): boolean {
  if (status === "all") return true;
  const { snooze_until: until } = conversation;
  if (status === "snoozed") return conversation.status === "pending" && until !== null;
  return conversation.status === status;
}

/** The order of lists: newest activity first. */
function byActivity(a: Conversation, b: Conversation): number {
  const later = Date.parse(b.updated_at) - Date.parse(a.updated_at);
  if (later !== 0) return later;
  return a.id < b.id ? 1 : -1;
}

/** Applies changes to a loaded list; the same list where nothing in it changed. */
export function applyChanges(
  list: ConversationList,
  changes: Changes,
  filter: InboxFilter,
  me: string,
): ConversationList {
  const all = list.pages.flatMap((page) => page.items);
  const kept = all.filter((item) => !changes.has(item.id));
  const complete = list.pages.at(-1)?.next_cursor === undefined;
  const oldest = all.at(-1);
  const entering = [...changes.values()].filter(
    (item): item is Conversation =>
      item !== null &&
      matches(filter, item, me) &&
      // Below the loaded part: it comes with its page.
      (complete || oldest === undefined || byActivity(item, oldest) <= 0),
  );
  if (kept.length === all.length && entering.length === 0) return list;
  const items = [...entering, ...kept].sort(byActivity);
  const gained = items.length - all.length;
  // Pages only matter for fetching the next one, so all loaded rows live in the first.
  const pages = list.pages.map((page, index) => ({
    ...page,
    items: index === 0 ? items : [],
    total: Math.max(0, page.total + gained),
  }));
  return { ...list, pages };
}
