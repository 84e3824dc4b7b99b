import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pause } from "../src/core/backoff";
import { Link } from "../src/core/link";
import { FakeSocket, useFakeSockets } from "./helpers";

const owner = () => ({
  hello: vi.fn(() => ({ type: "widget.connect", session_token: "s", after: "m1" })),
  frame: vi.fn(),
  up: vi.fn(),
  down: vi.fn(),
  invalid: vi.fn(),
});
const open = () => {
  const events = owner();
  const link = new Link("ws://host/ws", events);
  link.start();
  return { link, events };
};

describe("link", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    useFakeSockets();
  });
  afterEach(() => vi.useRealTimers());

  it("introduces itself first and is up only when accepted", () => {
    const { link, events } = open();
    FakeSocket.last.onopen?.();
    expect(FakeSocket.last.sent[0]).toEqual({
      type: "widget.connect",
      session_token: "s",
      after: "m1",
    });
    FakeSocket.last.frame({ type: "message.new" });
    expect(events.frame).not.toHaveBeenCalled();
    FakeSocket.last.frame({ type: "widget.connected" });
    expect(link.live).toBe(true);
    expect(events.up).toHaveBeenCalledOnce();
  });

  it("comes back by itself, with pauses that grow to thirty seconds and no further", async () => {
    open();
    const starts: number[] = [];
    for (let n = 0; n < 12; n++) {
      starts.push(Date.now());
      const count = FakeSocket.all.length;
      FakeSocket.last.drop();
      while (FakeSocket.all.length === count) await vi.advanceTimersByTimeAsync(100);
    }
    const pauses = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(pauses[0]).toBeLessThanOrEqual(1_100);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(30_100);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(15_000);
  });

  it("jitters its pauses", () => {
    expect(pause(3, () => 0)).toBe(4_000);
    expect(pause(3, () => 1)).toBe(8_000);
    expect(pause(99, () => 1)).toBe(30_000);
  });

  it("connects at once when kicked, also out of a hanging attempt", async () => {
    const { link } = open();
    const hanging = FakeSocket.last;
    link.kick();
    expect(hanging.closed).toBe(true);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.last.drop();
    link.kick();
    expect(FakeSocket.all).toHaveLength(3);
    FakeSocket.last.accept();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(FakeSocket.all).toHaveLength(3);
  });

  it("notices a connection that died without a word", async () => {
    const { link, events } = open();
    FakeSocket.last.accept();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(FakeSocket.last.sent.at(-1)).toEqual({ type: "ping" });
    FakeSocket.last.frame({ type: "pong" });
    await vi.advanceTimersByTimeAsync(33_100);
    expect(link.live).toBe(false);
    expect(events.down).toHaveBeenCalledWith(true);
  });

  it("gives up an invalid session and tells so", async () => {
    const { events } = open();
    FakeSocket.last.drop(4401);
    expect(events.invalid).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it("does not hammer a server that accepts and falls over", async () => {
    open();
    for (let n = 0; n < 6; n++) {
      FakeSocket.last.accept();
      FakeSocket.last.drop();
      const count = FakeSocket.all.length;
      while (FakeSocket.all.length === count) await vi.advanceTimersByTimeAsync(100);
    }
    const begun = Date.now();
    FakeSocket.last.accept();
    FakeSocket.last.drop();
    const count = FakeSocket.all.length;
    while (FakeSocket.all.length === count) await vi.advanceTimersByTimeAsync(100);
    expect(Date.now() - begun).toBeGreaterThan(10_000);
  });

  it("ignores frames that are not JSON", () => {
    const { events } = open();
    FakeSocket.last.accept();
    events.frame.mockClear();
    FakeSocket.last.onmessage?.({ data: "<html>" });
    expect(events.frame).not.toHaveBeenCalled();
  });
});
