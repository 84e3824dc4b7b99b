import type { ViewFilter } from "../../api/types";
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

/** A filter in the words of the API's views. */
export function viewFilter({ status, assigned, channel, tag }: InboxFilter): ViewFilter {
  return {
    ...(status === "all" ? {} : status === "snoozed" ? SNOOZED : { status }),
    ...(assigned === "all" ? {} : { assigned_to: assigned }),
    ...(channel === "all" ? {} : { channel }),
    ...(tag === "" ? {} : { tag }),
  };
}

const SNOOZED = { status: "pending", snoozed: true } as const;

/** The filter of a view. */
export function filterOfView({
  status,
  snoozed,
  assigned_to,
  channel,
  tag,
}: ViewFilter): InboxFilter {
  return {
    status: snoozed === true ? "snoozed" : (status ?? "all"),
    assigned: assigned_to ?? "all",
    channel: channel ?? "all",
    tag: tag ?? "",
  };
}

export const sameFilter = (one: InboxFilter, other: InboxFilter): boolean =>
  one.status === other.status &&
  one.assigned === other.assigned &&
  one.channel === other.channel &&
  one.tag === other.tag;
