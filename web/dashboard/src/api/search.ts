import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { InboxFilter } from "../live/lists";
import { api, call } from "./client";
import { keys } from "./keys";
import type { CustomerHit, MessageHit } from "./types";

const PAGE = 30;
/** Customers shown above the messages. */
const CUSTOMERS = 5;

/** A page of what was found, and how much there is. */
export interface Found<T> {
  items: T[];
  total: number;
  exact: boolean;
  next: string | null;
}

interface Asked {
  kind: "messages" | "customers";
  limit: number;
  cursor?: string;
}

async function search<T>(
  words: string,
  filter: InboxFilter,
  asked: Asked,
  signal: AbortSignal,
): Promise<Found<T>> {
  const query = {
    q: words,
    ...asked,
    ...(filter.assigned === "all" ? {} : { assigned_to: filter.assigned }),
    ...(filter.channel === "all" ? {} : { channel: filter.channel }),
    ...(filter.tag === "" ? {} : { tag: filter.tag }),
  };
  const page = await call(api.GET("/api/v1/search", { params: { query }, signal }));
  return {
    // What comes is of the kind that was asked for.
    items: page.items as T[],
    total: page.total,
    exact: page.total_is_exact,
    next: page.next_cursor ?? null,
  };
}

export function useSearchCustomers(words: string, filter: InboxFilter) {
  return useQuery({
    queryKey: keys.search("customers", words, filter),
    queryFn: ({ signal }) =>
      search<CustomerHit>(words, filter, { kind: "customers", limit: CUSTOMERS }, signal),
  });
}

export function useSearchMessages(words: string, filter: InboxFilter) {
  return useInfiniteQuery({
    queryKey: keys.search("messages", words, filter),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Found<MessageHit>) => page.next,
    queryFn: ({ pageParam, signal }) =>
      search<MessageHit>(
        words,
        filter,
        { kind: "messages", limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      ),
  });
}
