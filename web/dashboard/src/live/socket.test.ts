import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DurableEvent, ServerFrame } from "./events";
import { type ConnectionState, LiveConnection, type LivePort, type SocketLike } from "./socket";

class FakeSocket implements SocketLike {
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  send(text: string) {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close() {
    this.closed = true;
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  say(frame: ServerFrame | Record<string, unknown>) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  drop(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

let sockets: FakeSocket[];
let states: ConnectionState[];
let events: DurableEvent[];
let resyncs: number;
let online: boolean;
let renewals: string[];
let token: string | null;
let live: LiveConnection;

const last = () => sockets.at(-1) as FakeSocket;
const state = () => states.at(-1)?.name;
const assigned = (seq: number) => ({
  type: "conversation.assigned" as const,
  seq,
  conversation_id: "c",
  operator_id: null,
});

async function settle() {
  await vi.advanceTimersByTimeAsync(0);
}

async function connect(seq = 10, epoch = "one") {
  await settle();
  last().open();
  last().say({ type: "operator.connected", seq, epoch });
}

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  states = [];
  events = [];
  resyncs = 0;
  online = true;
  renewals = [];
  token = "token-1";
  const port: LivePort = {
    operatorId: "anna",
    open: () => {
      sockets.push(new FakeSocket());
      return last();
    },
    token: async () => token,
    renew: async (refused) => {
      renewals.push(refused);
      token = `token-${renewals.length + 1}`;
      return token;
    },
    online: () => online,
    onState: (next) => states.push(next),
    onEvent: (event) => events.push(event),
    onFleeting: () => undefined,
    onResync: () => {
      resyncs += 1;
    },
    random: () => 1,
  };
  live = new LiveConnection(port);
  live.start();
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

describe("connecting", () => {
  it("introduces itself, and refreshes what was fetched before", async () => {
    await connect();
    expect(last().sent[0]).toEqual({
      type: "operator.connect",
      operator_id: "anna",
      token: "token-1",
    });
    expect(state()).toBe("connected");
    expect(resyncs).toBe(1);
  });

  it("gives up on a server that does not answer", async () => {
    await settle();
    last().open();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(state()).toBe("waiting");
    expect(last().closed).toBe(true);
  });
});

describe("resuming", () => {
  it("asks for what follows the last event and takes each once", async () => {
    await connect(10);
    last().say(assigned(11));
    last().say(assigned(11));
    last().say({ type: "sync", seq: 15 });
    last().drop();
    await vi.advanceTimersByTimeAsync(500);
    last().open();
    expect(last().sent[0]).toMatchObject({ last_seq: 15, epoch: "one" });
    last().say({ type: "operator.connected", seq: 17, epoch: "one" });
    last().say(assigned(15));
    last().say(assigned(16));
    last().say(assigned(17));
    expect(events.map(({ seq }) => seq)).toEqual([11, 16, 17]);
    expect(resyncs).toBe(1);
  });

  it("fetches again when told to, or when the log is another one", async () => {
    await connect(10, "one");
    last().say({ type: "resync", seq: 90 });
    expect(resyncs).toBe(2);
    last().say(assigned(91));
    expect(events).toHaveLength(1);
    last().drop();
    await vi.advanceTimersByTimeAsync(500);
    await connect(3, "two");
    expect(resyncs).toBe(3);
    last().say(assigned(4));
    expect(events).toHaveLength(2);
  });

  it("counts events of kinds it does not know", async () => {
    await connect(10);
    last().say({ type: "something.newer", seq: 11 });
    last().drop();
    await vi.advanceTimersByTimeAsync(500);
    last().open();
    expect(last().sent[0]).toMatchObject({ last_seq: 11 });
    expect(events).toEqual([]);
  });
});

describe("losing the line", () => {
  it("waits longer each time, and not at all when nudged", async () => {
    await connect();
    last().drop();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const now = states.at(-1);
      if (now?.name !== "waiting") throw new Error(`unexpected ${now?.name}`);
      waits.push(now.retryAt - Date.now());
      await vi.advanceTimersByTimeAsync(now.retryAt - Date.now());
      last().drop();
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    const before = sockets.length;
    live.nudge();
    await settle();
    expect(sockets.length).toBe(before + 1);
  });

  it("notices a line that went silent", async () => {
    await connect();
    await vi.advanceTimersByTimeAsync(80_000);
    expect(sockets[0]?.sent.some(({ type }) => type === "ping")).toBe(true);
    expect(sockets[0]?.closed).toBe(true);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it("rests while the browser is offline", async () => {
    await connect();
    online = false;
    live.offline();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state()).toBe("offline");
    expect(sockets).toHaveLength(1);
    online = true;
    live.nudge();
    await connect();
    expect(state()).toBe("connected");
  });
});

describe("tokens", () => {
  it("replaces one that is refused, once at a time", async () => {
    await connect();
    last().drop(4401);
    await settle();
    expect(renewals).toEqual(["token-1"]);
    last().open();
    expect(last().sent[0]).toMatchObject({ token: "token-2" });
    last().drop(4401);
    await settle();
    expect(state()).toBe("waiting");
  });

  it("tells the server of the next one", async () => {
    await connect();
    live.refresh("token-9");
    live.refresh("token-9");
    expect(last().sent.filter(({ type }) => type === "operator.refresh")).toEqual([
      { type: "operator.refresh", token: "token-9" },
    ]);
  });
});

it("ignores what is no frame", async () => {
  await connect();
  last().onmessage?.({ data: "not json" });
  last().onmessage?.({ data: new ArrayBuffer(4) });
  last().onmessage?.({ data: "[1]" });
  expect(state()).toBe("connected");
});
