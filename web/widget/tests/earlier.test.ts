import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Chat } from "../src/core/chat";
import { Store } from "../src/core/store";
import type { Message } from "../src/core/types";
import { deferred, FakeSocket, message, newPage, settle, useFakeSockets } from "./helpers";

const PAGE = 50;

let stored: Message[];
let asked: URLSearchParams[];
let arrived: string[];
/** What a page of messages waits for before it comes. */
let line: Promise<unknown>;
let leave: () => void;

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const talk = (length: number) => range(1, length).map((seq) => message({ seq }));
const seqs = (chat: Chat) => chat.messages.map((m) => m.seq);

/** The server's part: the newest messages with the session, and pages of what is before one. */
const answer = async (path: string): Promise<object> => {
  if (path === "/widget/sessions") {
    const settings = { name: "N" };
    const messages = stored.slice(-PAGE);
    return { session_token: "t", settings, messages, has_before: stored.length > PAGE };
  }
  const query = new URLSearchParams(path.split("?")[1]);
  asked.push(query);
  await line;
  const end = stored.findIndex((m) => m.id === query.get("before"));
  const from = Math.max(0, end - Number(query.get("limit") ?? PAGE));
  return { items: stored.slice(from, end), has_before: from > 0, has_after: true };
};

const open = async () => {
  const chat = new Chat({
    origin: "https://s.org",
    widgetKey: "wk",
    store: new Store("e:"),
    locale: () => "en",
    visible: () => true,
    changed: () => undefined,
    arrived: (m) => arrived.push(m.id),
  });
  chat.opened();
  await settle();
  FakeSocket.last.accept();
  return chat;
};
const ask = async (chat: Chat) => {
  void chat.earlier.load();
  await settle();
};

describe("earlier messages", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    useFakeSockets();
    leave = newPage();
    localStorage.clear();
    stored = [];
    asked = [];
    arrived = [];
    line = Promise.resolve();
    vi.stubGlobal("fetch", async (url: string) => {
      const body = await answer(url.replace("https://s.org/api/v1", ""));
      return new Response(JSON.stringify(body));
    });
  });
  afterEach(() => {
    leave();
    vi.useRealTimers();
  });

  it("come page by page, in order and once, until there are no more", async () => {
    stored = talk(120);
    const chat = await open();
    expect(seqs(chat)).toEqual(range(71, 120));
    await ask(chat);
    expect(seqs(chat)).toEqual(range(21, 120));
    expect(chat.earlier.more).toBe(true);
    await ask(chat);
    expect(seqs(chat)).toEqual(range(1, 120));
    expect(chat.earlier.more).toBe(false);
    await ask(chat);
    expect(asked.map((query) => query.get("before"))).toEqual(["m71", "m21"]);
    expect(arrived).toEqual([]);
  });

  it("are not looked for where the thread is whole", async () => {
    stored = talk(3);
    const chat = await open();
    await ask(chat);
    expect(chat.earlier.more).toBe(false);
    expect(asked).toEqual([]);
  });

  it("come one page at a time, together with what comes live", async () => {
    stored = talk(60);
    const { promise, resolve } = deferred<null>();
    line = promise;
    const chat = await open();
    await ask(chat);
    await ask(chat);
    expect(chat.earlier.loading).toBe(true);
    FakeSocket.last.frame({ type: "message.new", message: message({ seq: 61 }) });
    FakeSocket.last.frame({ type: "message.updated", message: message({ seq: 10 }) });
    resolve(null);
    await settle();
    expect(asked).toHaveLength(1);
    expect(seqs(chat)).toEqual(range(1, 61));
    expect(chat.earlier.loading).toBe(false);
  });

  it("are asked for again only at the visitor's wish", async () => {
    stored = talk(60);
    const chat = await open();
    line = Promise.reject(new TypeError("Failed to fetch"));
    await ask(chat);
    expect(chat.earlier).toMatchObject({ failed: true, loading: false, more: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.filter((query) => query.has("before"))).toHaveLength(1);
    line = Promise.resolve();
    await ask(chat);
    expect(chat.earlier).toMatchObject({ failed: false, more: false });
    expect(seqs(chat)).toEqual(range(1, 60));
  });

  it("are dropped when meanwhile somebody else is here", async () => {
    stored = talk(60);
    const { promise, resolve } = deferred<null>();
    line = promise;
    const chat = await open();
    await ask(chat);
    stored = [];
    chat.identify(null);
    resolve(null);
    await settle();
    expect(chat.messages).toEqual([]);
    expect(chat.earlier).toMatchObject({ failed: false, more: false });
  });

  it("are quiet until a moment after they came", async () => {
    stored = talk(60);
    const chat = await open();
    await ask(chat);
    expect(chat.earlier.quiet).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(chat.earlier.quiet).toBe(false);
  });

  it("are let go of in a busy thread, but not those that were asked for", async () => {
    stored = talk(60);
    const chat = await open();
    await ask(chat);
    const live = (from: number, to: number) => {
      for (const seq of range(from, to)) {
        FakeSocket.last.frame({ type: "message.new", message: message({ seq }) });
      }
    };
    live(61, 510);
    expect(seqs(chat)).toEqual(range(1, 510));
    expect(chat.earlier.more).toBe(false);
    live(511, 512);
    expect(seqs(chat)).toEqual(range(3, 512));
    stored = talk(512);
    await ask(chat);
    expect(seqs(chat)).toEqual(range(1, 512));
    expect(chat.earlier.more).toBe(false);
  });

  it("get a fresh address for their files by the message after them", async () => {
    stored = talk(60);
    const chat = await open();
    await ask(chat);
    const [first] = chat.messages;
    if (!first) throw new Error("no messages");
    stored = stored.map((m) => ({ ...m, content: { url: `/files/${m.id}?fresh` } }));
    expect((await chat.refresh(first)).content.url).toBe("/files/m1?fresh");
    expect(String(asked.at(-1))).toBe("limit=1&before=m2");
  });
});
