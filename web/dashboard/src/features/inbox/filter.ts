import type { InboxFilter } from "../../live/lists";

export const STATUSES = ["open", "pending", "snoozed", "resolved", "closed", "all"] as const;
export const ASSIGNED = ["all", "me", "unassigned"] as const;
export const CHANNELS = ["all", "telegram", "widget"] as const;

export const DEFAULT_FILTER: InboxFilter = {
  status: "open",
  assigned: "all",
  channel: "all",
  tag: "",
};

/** Characters of a tag, as the server. */
export const TAG_MOST = 64;

/** The filter of an address; what is not understood becomes the default. */
export function parseFilter(search: Record<string, unknown>): InboxFilter {
  const pick = <T extends string>(known: readonly T[], value: unknown, otherwise: T): T =>
    known.find((word) => word === value) ?? otherwise;
  return {
    status: pick<InboxFilter["status"]>(STATUSES, search.status, DEFAULT_FILTER.status),
    assigned: pick<InboxFilter["assigned"]>(ASSIGNED, search.assigned, DEFAULT_FILTER.assigned),
    channel: pick<InboxFilter["channel"]>(CHANNELS, search.channel, DEFAULT_FILTER.channel),
    tag: typeof search.tag === "string" ? search.tag.slice(0, TAG_MOST) : DEFAULT_FILTER.tag,
  };
}
