import type { Schemas } from "@omnisupport/api-client";
import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { changedSince } from "../live/freshness";
import type { InboxFilter } from "../live/lists";
import { joinNewest, prepend, type Thread } from "../live/thread";
import { api, call, publicApi } from "./client";
import { keys } from "./keys";
import type {
  Channel,
  Conversation,
  ConversationPage,
  Customer,
  Message,
  MessagePage,
} from "./types";

const PAGE = 50;
/** As many people as one page of the API holds. */
const EVERYBODY = 200;

/** `filter` in the words of the API. */
function listQuery(filter: InboxFilter) {
  return {
    ...statusQuery(filter.status),
    ...(filter.assigned === "all" ? {} : { assigned_to: filter.assigned }),
    ...(filter.channel === "all" ? {} : { channel: filter.channel }),
    ...(filter.tag === "" ? {} : { tag: filter.tag }),
  };
}

/** Sleeping is a part of pending. */
function statusQuery(status: InboxFilter["status"]) {
  if (status === "all") return {};
  return status === "snoozed" ? { status: "pending", snoozed: true } : { status };
}

function conversationsOptions(client: QueryClient, filter: InboxFilter) {
  return infiniteQueryOptions({
    queryKey: keys.list(filter),
    initialPageParam: null as string | null,
    getNextPageParam: (page: ConversationPage) => page.next_cursor ?? null,
    queryFn: async ({ pageParam, signal }) => {
      const started = performance.now();
      const page = await call(
        api.GET("/api/v1/conversations", {
          params: {
            query: {
              ...listQuery(filter),
              limit: PAGE,
              ...(pageParam === null ? {} : { cursor: pageParam }),
            },
          },
          signal,
        }),
      );
      const items = page.items.map((item) => remember(client, item, started));
      return { ...page, items };
    },
  });
}

/** Keeps the conversation for all who show it, unless a live event has told something newer meanwhile. */
function remember(client: QueryClient, fetched: Conversation, started: number): Conversation {
  const key = keys.conversation(fetched.id);
  const known = client.getQueryData<Conversation>(key);
  if (known !== undefined && changedSince(fetched.id, started)) return known;
  client.setQueryData(key, fetched);
  return fetched;
}

export function useConversations(filter: InboxFilter) {
  return useInfiniteQuery(conversationsOptions(useQueryClient(), filter));
}

/** How many conversations a filter shows. */
export function useCount(filter: InboxFilter) {
  return useQuery({
    queryKey: keys.count(filter),
    queryFn: async ({ signal }) => {
      const query = { ...listQuery(filter), limit: 1 };
      const page = await call(api.GET("/api/v1/conversations", { params: { query }, signal }));
      return { total: page.total, exact: page.total_is_exact };
    },
    placeholderData: (previous) => previous,
  });
}

export function conversationOptions(client: QueryClient, id: string) {
  return queryOptions({
    queryKey: keys.conversation(id),
    queryFn: async ({ signal }) => {
      const started = performance.now();
      const params = { path: { id } };
      const fetched = await call(api.GET("/api/v1/conversations/{id}", { params, signal }));
      const known = client.getQueryData<Conversation>(keys.conversation(id));
      return known !== undefined && changedSince(id, started) ? known : fetched;
    },
  });
}

export function useConversation(id: string) {
  return useQuery(conversationOptions(useQueryClient(), id));
}

function threadOptions(client: QueryClient, id: string) {
  return queryOptions({
    queryKey: keys.thread(id),
    queryFn: async ({ signal }) => {
      const started = performance.now();
      const page = await fetchMessages(id, {}, signal);
      const known = client.getQueryData<Thread>(keys.thread(id));
      return joinNewest(known, page, (message) => changedSince(message, started));
    },
  });
}

export function useThread(id: string) {
  return useQuery(threadOptions(useQueryClient(), id));
}

/** One message, where it is not among the loaded ones. */
export function useMessage(id: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.message(id),
    enabled,
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      const { message } = await call(api.GET("/api/v1/messages/{id}", { params, signal }));
      return message as Message;
    },
  });
}

/** Loads what stands before the loaded messages. */
export async function loadOlder(client: QueryClient, id: string): Promise<void> {
  const before = client.getQueryData<Thread>(keys.thread(id))?.items[0]?.id;
  if (before === undefined) return;
  const page = await fetchMessages(id, { before });
  client.setQueryData<Thread>(keys.thread(id), (thread) =>
    thread === undefined ? thread : prepend(thread, page),
  );
}

/** Bounds of a page of messages; both exclusive. */
export interface Bounds {
  before?: string;
  after?: string;
}

/** The messages around one of them, which is among them. */
export async function fetchAround(
  id: string,
  message: string,
  signal: AbortSignal,
): Promise<MessagePage> {
  const before = await fetchMessages(id, { before: message }, signal);
  const after = await fetchMessages(id, { after: before.items.at(-1)?.id ?? "0" }, signal);
  return {
    items: [...before.items, ...after.items],
    has_before: before.has_before,
    has_after: after.has_after,
  };
}

export async function fetchMessages(
  id: string,
  bounds: Bounds,
  signal?: AbortSignal,
): Promise<MessagePage> {
  const page = await call(
    api.GET("/api/v1/conversations/{id}/messages", {
      params: { path: { id }, query: { ...bounds, limit: PAGE } },
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  return page as MessagePage;
}

export function useCustomer(id: string) {
  return useQuery({
    queryKey: keys.customer(id),
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      return (await call(api.GET("/api/v1/customers/{id}", { params, signal }))) as Customer;
    },
  });
}

export function useOperators() {
  return useQuery({
    queryKey: keys.operators,
    queryFn: async ({ signal }) => {
      const params = { query: { limit: EVERYBODY } };
      const page = await call(api.GET("/api/v1/operators", { params, signal }));
      return page.items;
    },
  });
}

/** Everybody, with those who may not come in any more: for those who manage people. */
export function usePeople() {
  return useQuery({
    queryKey: keys.people,
    queryFn: async ({ signal }) => {
      const params = { query: { limit: EVERYBODY, with_disabled: true } };
      const page = await call(api.GET("/api/v1/operators", { params, signal }));
      return page.items;
    },
  });
}

export function useTeams() {
  return useQuery({
    queryKey: keys.teams,
    queryFn: async ({ signal }) => {
      const page = await call(api.GET("/api/v1/teams", { signal }));
      return page.items;
    },
  });
}

/** The skills in use, to be offered where one is typed. */
export function useSkills() {
  return useQuery({
    queryKey: keys.skills,
    queryFn: async ({ signal }) => {
      const { items } = await call(api.GET("/api/v1/skills", { signal }));
      return items;
    },
  });
}

export function useChannels() {
  return useQuery({
    queryKey: keys.channels,
    queryFn: async ({ signal }) => {
      const page = await call(api.GET("/api/v1/channels", { signal }));
      return page.items as Channel[];
    },
  });
}

/** The tags in use, the most used first. */
export function useTags() {
  return useQuery({
    queryKey: keys.tags,
    queryFn: async ({ signal }) => {
      const page = await call(api.GET("/api/v1/tags", { signal }));
      return page.items;
    },
  });
}

/** What the signed-in person has begun to write, by conversation. */
export function useDrafts() {
  return useQuery({
    queryKey: keys.drafts,
    queryFn: async ({ signal }) => {
      const page = await call(api.GET("/api/v1/drafts", { signal }));
      return page.items;
    },
  });
}

/** Named filters: everybody's and one's own. */
export function useViews() {
  return useQuery({
    queryKey: keys.views,
    queryFn: async ({ signal }) => {
      const page = await call(api.GET("/api/v1/views", { signal }));
      return page.items;
    },
  });
}

/** Canned responses with `q` in them; all of them without. */
export function useCanned(q: string, enabled = true) {
  return useInfiniteQuery({
    queryKey: keys.canned(q),
    enabled,
    initialPageParam: 0,
    getNextPageParam: (page: Schemas["Page_CannedResponse"], pages) => {
      const loaded = pages.reduce((sum, { items }) => sum + items.length, 0);
      return page.items.length > 0 && loaded < page.total ? loaded : null;
    },
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, offset: pageParam, ...(q === "" ? {} : { q }) };
      return call(api.GET("/api/v1/canned-responses", { params: { query }, signal }));
    },
    placeholderData: (previous) => previous,
  });
}

/** A canned response as it will be put into the reply of a conversation. */
export function cannedRenderedOptions(id: string, conversation_id: string) {
  return queryOptions({
    queryKey: keys.cannedRendered(id, conversation_id),
    queryFn: ({ signal }) =>
      call(
        api.POST("/api/v1/canned-responses/{id}/render", {
          params: { path: { id } },
          body: { conversation_id },
          signal,
        }),
      ),
  });
}

export function useRouting() {
  return useQuery({
    queryKey: keys.routing,
    queryFn: ({ signal }) => call(api.GET("/api/v1/settings/routing", { signal })),
  });
}

export const configOptions = queryOptions({
  queryKey: keys.config,
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }) => call(publicApi.GET("/api/v1/public/config", { signal })),
});
