import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/problem";
import type { Message } from "../api/types";
import { message } from "../testing/fixtures";
import { Outbox, type Outgoing, stillOnTheWay, wireContent } from "./outbox";

/** A server that stores each key once, over a line that can lose questions and answers. */
class Server {
  stored = new Map<string, Message>();
  order: string[] = [];
  requests: string[] = [];
  faults: ("lost question" | "lost answer" | "busy" | "refused")[] = [];

  send = async (item: Outgoing): Promise<Message> => {
    this.requests.push(item.key);
    const fault = this.faults.shift();
    if (fault === "lost question") throw new TypeError("fetch failed");
    if (fault === "busy") throw new ApiError({ status: 429, code: "rate_limited", retryAfter: 3 });
    if (fault === "refused") throw new ApiError({ status: 422, code: "invalid" });
    const known = this.stored.get(item.key);
    const answer = known ?? message(this.stored.size + 1, { content: item.content });
    if (known === undefined) this.order.push(item.content.text ?? "");
    this.stored.set(item.key, answer);
    if (fault === "lost answer") throw new TypeError("connection reset");
    return answer;
  };
}

let server: Server;
let accepted: Message[];
let saved: Outgoing[];
let outbox: Outbox;

function open(left: Outgoing[] = []): Outbox {
  return new Outbox({
    send: server.send,
    accepted: (one) => accepted.push(one),
    load: () => left,
    save: (items) => {
      saved = items;
    },
    random: () => 1,
  });
}

function write(text: string, conversation_id = "c") {
  outbox.add({
    key: `key-${text}`,
    conversation_id,
    content_type: "text",
    content: { text },
    created_at: "2026-11-21T10:00:00Z",
    after_seq: 0,
  });
}

const states = () => outbox.store.get().map(({ state }) => state);
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  accepted = [];
  saved = [];
  outbox = open();
});
afterEach(() => {
  outbox.stop();
  vi.useRealTimers();
});

describe("a weak line", () => {
  it("never stores a message twice when the answer is lost", async () => {
    server.faults = ["lost answer", "lost answer"];
    write("hello");
    await pass();
    expect(states()).toEqual(["waiting"]);
    await pass(10_000);
    expect(states()).toEqual([]);
    expect(server.requests).toEqual(["key-hello", "key-hello", "key-hello"]);
    expect(server.stored.size).toBe(1);
    expect(accepted).toHaveLength(1);
  });

  it("keeps the order of a conversation and holds up no other", async () => {
    server.faults = ["lost question"];
    write("first");
    write("second");
    write("elsewhere", "d");
    await pass();
    expect(server.order).toEqual(["elsewhere"]);
    await pass(10_000);
    expect(server.order).toEqual(["elsewhere", "first", "second"]);
  });

  it("waits as long as the server asks", async () => {
    server.faults = ["busy"];
    write("hello");
    await pass(2_900);
    expect(server.requests).toHaveLength(1);
    await pass(200);
    expect(server.stored.size).toBe(1);
  });

  it("tries at once when the line is back", async () => {
    server.faults = Array.from({ length: 6 }, () => "lost question");
    write("hello");
    await pass(16_000);
    expect(server.stored.size).toBe(0);
    server.faults = [];
    outbox.nudge();
    await pass();
    expect(server.stored.size).toBe(1);
  });
});

describe("a refusal", () => {
  it("stops the message, lets later ones go, and a retry uses the same key", async () => {
    server.faults = ["refused"];
    write("bad");
    write("good");
    await pass();
    expect(states()).toEqual(["failed"]);
    expect(server.order).toEqual(["good"]);
    outbox.retry("key-bad");
    await pass();
    expect(server.requests).toEqual(["key-bad", "key-good", "key-bad"]);
    expect(states()).toEqual([]);
  });

  it("goes anyway, under the same key, once its writer says so", async () => {
    server.faults = ["refused"];
    outbox.add({
      key: "key-held",
      conversation_id: "c",
      content_type: "text",
      content: { text: "held" },
      created_at: "2026-11-21T10:00:00Z",
      after_seq: 7,
      if_last_seq: 7,
    });
    await pass();
    expect(states()).toEqual(["failed"]);
    outbox.sendAnyway("key-held");
    expect(outbox.store.get()[0]?.if_last_seq).toBeUndefined();
    await pass();
    expect(server.requests).toEqual(["key-held", "key-held"]);
    expect(server.order).toEqual(["held"]);
  });

  it("can be given up", async () => {
    server.faults = ["refused"];
    write("bad");
    await pass();
    outbox.discard("key-bad");
    expect(states()).toEqual([]);
    expect(saved).toEqual([]);
  });
});

it("goes on after a reload under the same key", async () => {
  server.faults = ["lost answer"];
  write("hello");
  await pass();
  const left = saved;
  expect(left.map(({ key }) => key)).toEqual(["key-hello"]);
  outbox.stop();
  outbox = open(left);
  outbox.start();
  await pass();
  expect(server.requests).toEqual(["key-hello", "key-hello"]);
  expect(server.stored.size).toBe(1);
});

describe("stillOnTheWay", () => {
  const item = (key: string, text: string): Outgoing => ({
    key,
    conversation_id: "c",
    content_type: "text",
    content: { text },
    created_at: "2026-11-21T10:00:00Z",
    after_seq: 5,
    state: "sending",
  });
  const mine = (seq: number, text: string) =>
    message(seq, { direction: "outbound", sender_id: "anna", content: { text } });

  it("hides what already arrived, each arrival for one", () => {
    const outgoing = [item("1", "ok"), item("2", "ok"), item("3", "other")];
    const left = stillOnTheWay(outgoing, [mine(6, "ok")], "anna");
    expect(left.map(({ key }) => key)).toEqual(["2", "3"]);
  });

  it("is not fooled by older or other people's messages", () => {
    const messages = [mine(4, "ok"), { ...mine(7, "ok"), sender_id: "boris" }];
    expect(stillOnTheWay([item("1", "ok")], messages, "anna")).toHaveLength(1);
  });
});

it("sends a file by its id only", () => {
  const content = { file_id: "f", url: "/x", file_name: "a.png", size: 3, caption: "look" };
  const outgoing = { content } as Outgoing;
  expect(wireContent(outgoing)).toEqual({ file_id: "f", caption: "look" });
});
