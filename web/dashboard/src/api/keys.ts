import type { InboxFilter } from "../live/lists";

/** Where each thing lives in the query cache. */
export const keys = {
  config: ["config"] as const,
  lists: ["conversations"] as const,
  list: (filter: InboxFilter) => ["conversations", filter] as const,
  counts: ["counts"] as const,
  count: (filter: InboxFilter) => ["counts", filter] as const,
  conversation: (id: string) => ["conversation", id] as const,
  threads: ["thread"] as const,
  thread: (id: string) => ["thread", id] as const,
  around: (id: string, message: string) => ["around", id, message] as const,
  search: (kind: string, words: string, filter: InboxFilter) =>
    ["search", kind, words, filter.assigned, filter.channel] as const,
  customer: (id: string) => ["customer", id] as const,
  file: (id: string) => ["file", id] as const,
  operators: ["operators"] as const,
  people: ["people"] as const,
  teams: ["teams"] as const,
  skills: ["skills"] as const,
  channels: ["channels"] as const,
  routing: ["routing"] as const,
  apiKeys: ["api-keys"] as const,
  tenants: ["superadmin", "tenants"] as const,
  tags: ["tags"] as const,
  drafts: ["drafts"] as const,
  views: ["views"] as const,
  cannedLists: ["canned"] as const,
  canned: (q: string) => ["canned", q] as const,
  cannedRendered: (id: string, conversationId: string) =>
    ["canned-rendered", id, conversationId] as const,
};
