import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Chat, type ChatOptions } from "../src/core/chat";
import { Store } from "../src/core/store";
import { FakeSocket, message, newPage, settle, useFakeSockets } from "./helpers";

type Reply = { status?: number; body?: unknown; headers?: Record<string, string> } | "offline";
interface Asked {
  method: string;
  path: string;
  body: Record<string, unknown> & { visitor?: Record<string, unknown> };
  headers: Record<string, string>;
}

let asked: Asked[] = [];
let answer: (asked: Asked) => Reply | Promise<Reply>;
let visible = false;
let arrived: string[] = [];
let leave: () => void;

const session = (more: object = {}) => ({
  body: {
    session_token: "t1",
    conversation_id: null,
    settings: { name: "N" },
    messages: [],
    ...more,
  },
});
const to = (path: string) => asked.filter((one) => one.path.startsWith(path));

const open = (more: Partial<ChatOptions> = {}) =>
  new Chat({
    origin: "https://s.org",
    widgetKey: "wk",
    store: new Store("o:"),
    locale: () => "ru",
    visible: () => visible,
    changed: () => undefined,
    arrived: (m) => arrived.push(m.id),
    ...more,
  });
const joined = async (more: object = {}) => {
  answer = (one) => (one.path === "/widget/sessions" ? session(more) : { body: {} });
  const chat = open();
  chat.opened();
  await settle();
  FakeSocket.last.accept();
  return chat;
};

describe("chat", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    useFakeSockets();
    leave = newPage();
    localStorage.clear();
    asked = [];
    arrived = [];
    visible = false;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      const one: Asked = {
        method: init.method ?? "GET",
        path: url.replace("https://s.org/api/v1", ""),
        body: init.body ? JSON.parse(String(init.body)) : {},
        headers: init.headers as Record<string, string>,
      };
      asked.push(one);
      const reply = await answer(one);
      if (reply === "offline") throw new TypeError("Failed to fetch");
      const { status = 200, body = {}, headers = {} } = reply;
      return new Response(JSON.stringify(body), { status, headers });
    });
  });
  afterEach(() => {
    leave();
    vi.useRealTimers();
  });

  it("opens a session with what the API knows, and nothing else", async () => {
    const chat = await joined();
    expect(to("/widget/sessions")[0]?.body).toEqual({
      widget_key: "wk",
      visitor: { locale: "ru", page_url: location.origin + location.pathname },
    });
    expect(FakeSocket.last.url).toBe("wss://s.org/api/v1/widget/ws");
    expect(FakeSocket.last.sent[0]).toEqual({ type: "widget.connect", session_token: "t1" });
    expect(chat.live).toBe(true);
  });

  it("resumes the stored session and asks for what came after the newest message", async () => {
    await joined();
    answer = () => session({ messages: [message({ seq: 4 }), message({ seq: 5 })] });
    const later = open();
    later.resume();
    await settle();
    expect(to("/widget/sessions").at(-1)?.body.session_token).toBe("t1");
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent[0]).toMatchObject({ after: "m5" });
  });

  it("does not disturb the server for a visitor who never wrote", async () => {
    open().resume();
    await settle();
    expect(asked).toEqual([]);
  });

  it("sends what was written before there was a session, in order, once", async () => {
    answer = () => "offline";
    const chat = open();
    chat.send("one", []);
    chat.send("two", []);
    await settle();
    expect(to("/widget/messages")).toEqual([]);
    let seq = 0;
    answer = (one) =>
      one.path === "/widget/sessions"
        ? session()
        : {
            status: 201,
            body: {
              message: message({
                seq: ++seq,
                direction: "inbound",
                content: one.body.content as object,
              }),
            },
          };
    window.dispatchEvent(new Event("online"));
    await settle();
    expect(to("/widget/messages").map((one) => one.body)).toEqual([
      { content_type: "text", content: { text: "one" } },
      { content_type: "text", content: { text: "two" } },
    ]);
    expect(chat.messages.map((m) => m.content.text)).toEqual(["one", "two"]);
    expect(chat.outbox.items).toEqual([]);
  });

  it("reuses the key after a reload when the answer was lost", async () => {
    const chat = await joined();
    answer = () => "offline";
    chat.send("one", []);
    await settle();
    const key = to("/widget/messages")[0]?.headers["Idempotency-Key"];
    expect(key).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    answer = (one) =>
      one.path === "/widget/sessions"
        ? session()
        : { status: 201, body: { message: message({ direction: "inbound" }) } };
    open().resume();
    await settle();
    expect(to("/widget/messages").at(-1)?.headers["Idempotency-Key"]).toBe(key);
  });

  it("shows its own message once when the live copy overtakes the answer", async () => {
    const chat = await joined();
    let reply: (value: Reply) => void = () => undefined;
    answer = () => new Promise((resolve) => (reply = resolve));
    chat.send("hello", []);
    await settle();
    const copy = message({ id: "own", seq: 1, direction: "inbound", content: { text: "hello" } });
    FakeSocket.last.frame({ type: "message.new", message: copy });
    expect(chat.outbox.items[0]?.echo).toBe("own");
    reply({ status: 201, body: { message: copy } });
    await settle();
    expect(chat.outbox.items).toEqual([]);
    expect(chat.messages).toHaveLength(1);
    expect(arrived).toEqual([]);
  });

  it("merges replay, live frames and answers by id", async () => {
    const first = message({ seq: 1 });
    const chat = await joined({ messages: [first] });
    FakeSocket.last.frame({ type: "message.new", message: message({ seq: 3 }) });
    FakeSocket.last.frame({ type: "message.new", message: message({ seq: 2 }) });
    FakeSocket.last.frame({ type: "message.new", message: message({ seq: 3 }) });
    FakeSocket.last.frame({ type: "message.updated", message: { ...first, status: "read" } });
    expect(chat.messages.map((m) => [m.id, m.status])).toEqual([
      ["m1", "read"],
      ["m2", "sent"],
      ["m3", "sent"],
    ]);
    expect(arrived).toEqual(["m3", "m2"]);
  });

  it("counts unread until the visitor looks, and tells the server", async () => {
    const chat = await joined({
      messages: [message({ seq: 1, status: "read" }), message({ seq: 2 })],
    });
    expect(chat.unread).toBe(1);
    FakeSocket.last.frame({ type: "message.new", message: message({ seq: 3 }) });
    expect(chat.unread).toBe(2);
    visible = true;
    chat.opened();
    expect(chat.unread).toBe(0);
    await vi.advanceTimersByTimeAsync(300);
    expect(FakeSocket.last.sent.at(-1)).toEqual({ type: "widget.read" });
    FakeSocket.last.frame({ type: "message.new", message: message({ seq: 4 }) });
    await vi.advanceTimersByTimeAsync(300);
    expect(FakeSocket.last.sent.filter((frame) => frame.type === "widget.read")).toHaveLength(2);
    expect(chat.unread).toBe(0);
    expect(open().unread).toBe(0);
  });

  it("reads what came while the page was in the background, once it is looked at", async () => {
    const chat = await joined();
    FakeSocket.last.frame({ type: "message.new", message: message({ seq: 1 }) });
    expect(chat.unread).toBe(1);
    visible = true;
    document.dispatchEvent(new Event("visibilitychange"));
    expect(chat.unread).toBe(0);
    await vi.advanceTimersByTimeAsync(300);
    expect(FakeSocket.last.sent.map((frame) => frame.type)).toContain("widget.read");
  });

  it("tells that it has read when the connection comes back", async () => {
    visible = true;
    const chat = await joined();
    FakeSocket.last.drop();
    answer = () => ({ body: { items: [message({ seq: 1 })], has_after: false } });
    await vi.advanceTimersByTimeAsync(1_100);
    FakeSocket.last.drop();
    await settle();
    expect(chat.messages).toHaveLength(1);
    window.dispatchEvent(new Event("online"));
    FakeSocket.last.accept();
    await vi.advanceTimersByTimeAsync(300);
    expect(FakeSocket.last.sent.at(-1)).toEqual({ type: "widget.read" });
  });

  it("tells once, after the burst, for the server counts only what it has sent before", async () => {
    visible = true;
    await joined({ messages: [message({ seq: 1 })] });
    const reads = () => FakeSocket.last.sent.filter((frame) => frame.type === "widget.read").length;
    for (const seq of [1, 2, 3]) {
      FakeSocket.last.frame({ type: "message.updated", message: message({ seq }) });
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(reads()).toBe(0);
    await vi.advanceTimersByTimeAsync(300);
    expect(reads()).toBe(1);
    for (const seq of [1, 2, 3]) {
      FakeSocket.last.frame({ type: "message.updated", message: message({ seq, status: "read" }) });
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect(reads()).toBe(1);
  });

  it("knows the end of the newest conversation only", async () => {
    const chat = await joined({ messages: [message({ seq: 1, conversation_id: "c1" })] });
    const tell = (id: string, status: string) =>
      FakeSocket.last.frame({ type: "conversation.updated", conversation: { id, status } });
    tell("c1", "resolved");
    expect(chat.ended).toBe(true);
    const next = message({ id: "n", seq: 1, conversation_id: "c2" });
    FakeSocket.last.frame({ type: "message.new", message: next });
    expect(chat.ended).toBe(false);
    tell("c1", "closed");
    expect(chat.ended).toBe(false);
  });

  it("asks over HTTP where sockets do not get through", async () => {
    const chat = await joined({ messages: [message({ seq: 1 })] });
    const pages = [
      { items: [message({ seq: 2 })], has_after: true },
      { items: [message({ seq: 3 })], has_after: false },
    ];
    answer = () => ({ body: pages.shift() });
    FakeSocket.last.drop();
    await vi.advanceTimersByTimeAsync(1_100);
    FakeSocket.last.drop();
    await settle();
    expect(to("/widget/messages").map((one) => one.path)).toEqual([
      "/widget/messages?after=m1",
      "/widget/messages?after=m2",
    ]);
    expect(chat.messages).toHaveLength(3);
  });

  it("begins with the newest when its own newest message is of an older conversation", async () => {
    const chat = await joined({ messages: [message({ seq: 1 })] });
    answer = (one) =>
      one.path.includes("after")
        ? { status: 404, body: { code: "not_found" } }
        : { body: { items: [message({ seq: 2 })], has_after: false } };
    FakeSocket.last.drop();
    await vi.advanceTimersByTimeAsync(1_100);
    FakeSocket.last.drop();
    await settle();
    expect(chat.messages).toHaveLength(2);
  });

  it("asks for the answer that was written before its own message went through", async () => {
    const chat = await joined({ messages: [message({ seq: 1 })] });
    FakeSocket.last.drop();
    answer = () => ({
      status: 201,
      body: { message: message({ seq: 3, direction: "inbound" }) },
    });
    chat.send("still there?", []);
    await settle();
    expect(chat.messages.map((m) => m.id)).toEqual(["m1", "m3"]);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent[0]).toMatchObject({ after: "m1" });
    for (const seq of [2, 3]) {
      FakeSocket.last.frame({ type: "message.new", message: message({ seq }) });
    }
    FakeSocket.last.drop();
    window.dispatchEvent(new Event("online"));
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent[0]).toMatchObject({ after: "m3" });
  });

  it("comes back to life with the first message that goes through", async () => {
    const chat = await joined();
    for (let n = 0; n < 6; n++) {
      FakeSocket.last.drop();
      await vi.advanceTimersByTimeAsync(31_000);
    }
    FakeSocket.last.drop();
    const count = FakeSocket.all.length;
    answer = () => ({ status: 201, body: { message: message({ direction: "inbound" }) } });
    chat.send("are you there?", []);
    await settle();
    expect(FakeSocket.all).toHaveLength(count + 1);
  });

  it("opens no second session for a second look", async () => {
    const chat = await joined();
    chat.opened();
    await settle();
    expect(to("/widget/sessions")).toHaveLength(1);
  });

  it("begins a new session when this one is refused, without hammering", async () => {
    const chat = await joined();
    answer = () => session({ session_token: "t2" });
    FakeSocket.last.drop(4401);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(to("/widget/sessions").at(-1)?.body.session_token).toBeUndefined();
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent[0]).toMatchObject({ session_token: "t2" });
    expect(chat.live).toBe(true);
    asked = [];
    for (let n = 0; n < 600; n++) {
      if (!FakeSocket.last.closed) FakeSocket.last.drop(4401);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(to("/widget/sessions").length).toBeLessThan(12);
  });

  it("drops a wrong proof of identity and goes on without it", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    answer = (one) =>
      one.body.visitor?.identity_hash
        ? { status: 401, body: { code: "bad_identity_hash" } }
        : session();
    const chat = open();
    chat.identify({ external_id: "u1", identity_hash: "wrong" });
    chat.opened();
    await vi.advanceTimersByTimeAsync(1_100);
    expect(FakeSocket.all).toHaveLength(1);
    expect(to("/widget/sessions").at(-1)?.body.visitor).not.toHaveProperty("external_id");
  });

  it("listens anew once a proof has made the visitor another", async () => {
    const chat = await joined({ messages: [message({ seq: 1 })] });
    const former = FakeSocket.last;
    const moved = message({ id: "moved", seq: 7, conversation_id: "c0" });
    answer = () => session({ messages: [moved] });
    chat.identify({ external_id: "u1", identity_hash: "proof" });
    await settle();
    expect(former.closed).toBe(true);
    expect(chat.messages).toEqual([moved]);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent[0]).toMatchObject({ session_token: "t1", after: "moved" });
    expect(chat.live).toBe(true);
  });

  it("keeps its connection where nothing is proven", async () => {
    const chat = await joined();
    chat.identify({ name: "Анна", external_id: "u1" });
    await settle();
    expect(to("/widget/sessions")).toHaveLength(2);
    expect(FakeSocket.all).toHaveLength(1);
    expect(chat.live).toBe(true);
  });

  it("forgets everything when another person signs in", async () => {
    answer = () => session({ messages: [message({ seq: 1 })] });
    visible = true;
    const chat = open();
    chat.identify({ external_id: "u1" });
    chat.opened();
    await settle();
    answer = (one) =>
      one.path === "/widget/messages" ? "offline" : session({ session_token: "t2" });
    chat.send("secret", []);
    await settle();
    chat.identify({ external_id: "u2" });
    expect(chat.messages).toEqual([]);
    expect(chat.outbox.items).toEqual([]);
    expect(JSON.stringify(localStorage)).not.toContain("secret");
    await settle();
    expect(to("/widget/sessions").at(-1)?.body).toMatchObject({ visitor: { external_id: "u2" } });
    expect(to("/widget/sessions").at(-1)?.body.session_token).toBeUndefined();
  });

  it("drops an answer that belongs to the person before", async () => {
    let reply: (value: Reply) => void = () => undefined;
    answer = () => new Promise((resolve) => (reply = resolve));
    const chat = open();
    chat.identify({ external_id: "u1" });
    chat.opened();
    await settle();
    chat.identify(null);
    reply(session({ messages: [message()] }));
    await settle();
    expect(chat.messages).toEqual([]);
    expect(localStorage.getItem("o:s")).toBeNull();
  });

  it("stays away from a site that may not use it", async () => {
    answer = () => ({ status: 403, body: { code: "origin_not_allowed" } });
    const chat = open();
    chat.opened();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(chat.blocked).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it("says that the visitor types, now and then, and when he stops", async () => {
    const chat = await joined();
    const said = () =>
      FakeSocket.last.sent
        .filter((frame) => frame.type === "widget.typing")
        .map((frame) => frame.is_typing);
    for (let n = 0; n < 40; n++) {
      chat.presence.typed();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(said()).toEqual([true, true]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(said()).toEqual([true, true, false]);
  });

  it("shows the operator typing until he stops, answers or falls silent", async () => {
    const chat = await joined();
    FakeSocket.last.frame({ type: "operator.typing", is_typing: true });
    expect(chat.presence.typing).toBe(true);
    FakeSocket.last.frame({ type: "message.new", message: message() });
    expect(chat.presence.typing).toBe(false);
    FakeSocket.last.frame({ type: "operator.typing", is_typing: true });
    await vi.advanceTimersByTimeAsync(9_000);
    expect(chat.presence.typing).toBe(false);
  });

  it("learns when somebody is there to answer, and when nobody is any more", async () => {
    const chat = await joined();
    FakeSocket.last.frame({ type: "widget.availability", online: false });
    expect(chat.settings.online).toBe(false);
    FakeSocket.last.frame({ type: "widget.availability", online: true });
    expect(chat.settings.online).toBe(true);
  });
});
