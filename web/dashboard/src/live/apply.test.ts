import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import { keys } from "../api/keys";
import type { Conversation } from "../api/types";
import { at, conversation, message } from "../testing/fixtures";
import { applyEvents } from "./apply";
import type { DurableEvent } from "./events";
import type { ConversationList, InboxFilter } from "./lists";
import type { Thread } from "./thread";

const ALL: InboxFilter = { status: "open", assigned: "all", channel: "all", tag: "" };
const MINE: InboxFilter = { ...ALL, assigned: "me" };
const ME = "anna";

let client: QueryClient;

function show(filter: InboxFilter, items: Conversation[], next_cursor?: string) {
  const page = { items, total: items.length, total_is_exact: true };
  const list: ConversationList = {
    pages: [next_cursor === undefined ? page : { ...page, next_cursor }],
    pageParams: [null],
  };
  client.setQueryData(keys.list(filter), list);
  for (const item of items) client.setQueryData(keys.conversation(item.id), item);
}

function shown(filter: InboxFilter): Conversation[] {
  const list = client.getQueryData<ConversationList>(keys.list(filter));
  return list?.pages.flatMap((page) => page.items) ?? [];
}

const ids = (filter: InboxFilter) => shown(filter).map(({ id }) => id);

function incoming(id: string, seq: number, event = seq): DurableEvent {
  const text = message(seq, { conversation_id: id, created_at: at(100 + seq) });
  return { type: "message.new", seq: event, conversation_id: id, message: text };
}

beforeEach(() => {
  client = new QueryClient();
  show(ALL, [
    conversation("b", { updated_at: at(20) }),
    conversation("a", { updated_at: at(10), assigned_to: ME }),
  ]);
  show(MINE, [conversation("a", { updated_at: at(10), assigned_to: ME })]);
});

describe("a customer's message", () => {
  it("leads the list, counts as unread and is shown as the last", () => {
    applyEvents(client, [incoming("a", 1)], ME);
    expect(ids(ALL)).toEqual(["a", "b"]);
    expect(shown(MINE)[0]).toMatchObject({
      unread_count: 1,
      last_message: { seq: 1, preview: "text 1" },
      updated_at: at(101),
    });
  });

  it("counts once, however often it comes", () => {
    applyEvents(client, [incoming("a", 1), incoming("a", 1)], ME);
    applyEvents(client, [incoming("a", 1)], ME);
    expect(shown(ALL)[0]?.unread_count).toBe(1);
    applyEvents(client, [incoming("a", 2)], ME);
    expect(shown(ALL)[0]?.unread_count).toBe(2);
  });

  it("stands in the open thread once", () => {
    client.setQueryData<Thread>(keys.thread("a"), { items: [], has_before: false });
    applyEvents(client, [incoming("a", 1), incoming("a", 2), incoming("a", 1)], ME);
    const thread = client.getQueryData<Thread>(keys.thread("a"));
    expect(thread?.items.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it("of a conversation not loaded asks for it", () => {
    const left = applyEvents(client, [incoming("z", 1)], ME);
    expect([...left.missing]).toEqual(["z"]);
  });
});

describe("delivery", () => {
  it("changes the last message without counting or moving anything", () => {
    applyEvents(client, [incoming("a", 1)], ME);
    const read = message(1, { conversation_id: "a", status: "read", created_at: at(101) });
    applyEvents(
      client,
      [{ type: "message.updated", seq: 9, conversation_id: "a", message: read }],
      ME,
    );
    expect(shown(ALL)[0]).toMatchObject({ unread_count: 1, last_message: { status: "read" } });
  });

  it("of an older message leaves the list as it is", () => {
    applyEvents(client, [incoming("a", 1), incoming("a", 2)], ME);
    const before = client.getQueryData(keys.list(ALL));
    const old = message(1, { conversation_id: "a", status: "read" });
    applyEvents(
      client,
      [{ type: "message.updated", seq: 9, conversation_id: "a", message: old }],
      ME,
    );
    expect(client.getQueryData(keys.list(ALL))).toBe(before);
  });
});

describe("a conversation", () => {
  it("that is new comes into the lists it fits", () => {
    const fresh = conversation("n", { updated_at: at(30) });
    const left = applyEvents(
      client,
      [{ type: "conversation.queued", seq: 1, conversation: fresh }],
      ME,
    );
    expect(ids(ALL)).toEqual(["n", "b", "a"]);
    expect(ids(MINE)).toEqual(["a"]);
    expect(left.counts).toBe(true);
    expect(client.getQueryData<ConversationList>(keys.list(ALL))?.pages[0]?.total).toBe(3);
  });

  it("that is assigned changes sides, and why is asked for", () => {
    const left = applyEvents(
      client,
      [{ type: "conversation.assigned", seq: 1, conversation_id: "b", operator_id: ME }],
      ME,
    );
    expect(ids(MINE)).toEqual(["b", "a"]);
    expect([...left.missing]).toEqual(["b"]);
  });

  it("that is resolved leaves, and comes back when reopened", () => {
    const resolved = conversation("a", { status: "resolved", assigned_to: ME, updated_at: at(40) });
    applyEvents(client, [{ type: "conversation.updated", seq: 1, conversation: resolved }], ME);
    expect(ids(ALL)).toEqual(["b"]);
    expect(ids(MINE)).toEqual([]);
    const open = { ...resolved, status: "open" as const, updated_at: at(50) };
    applyEvents(client, [{ type: "conversation.updated", seq: 2, conversation: open }], ME);
    expect(ids(ALL)).toEqual(["a", "b"]);
  });

  it("out of sight is gone everywhere", () => {
    applyEvents(client, [{ type: "conversation.removed", seq: 1, conversation_id: "a" }], ME);
    expect(ids(ALL)).toEqual(["b"]);
    expect(client.getQueryData(keys.conversation("a"))).toBeUndefined();
  });

  it("older than what is loaded waits for its page", () => {
    show(ALL, [conversation("b", { updated_at: at(20) })], "more");
    const old = conversation("old", { updated_at: at(5) });
    applyEvents(client, [{ type: "conversation.updated", seq: 1, conversation: old }], ME);
    expect(ids(ALL)).toEqual(["b"]);
  });
});

it("takes a burst of a thousand messages in one go", () => {
  const many = Array.from({ length: 1_000 }, (_, index) =>
    incoming(index % 2 ? "a" : "b", index + 1),
  );
  const started = performance.now();
  applyEvents(client, many, ME);
  expect(performance.now() - started).toBeLessThan(500);
  expect(shown(ALL).map(({ unread_count }) => unread_count)).toEqual([500, 500]);
});
