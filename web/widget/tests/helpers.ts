import { vi } from "vitest";
import type { Message } from "../src/core/types";

let serial = 0;

/** A message with what a test cares about. */
export const message = (fields: Partial<Message> = {}): Message => {
  const seq = fields.seq ?? ++serial;
  return {
    id: `m${seq}`,
    seq,
    conversation_id: "c1",
    direction: "outbound",
    sender_type: "operator",
    content_type: "text",
    content: { text: `text ${seq}` },
    status: "sent",
    created_at: "2026-11-21T07:00:00Z",
    ...fields,
  };
};

/** A promise to be settled by hand. */
export const deferred = <T>() => {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
};

/** A socket that the test moves by hand. */
export class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error("no socket yet");
    return socket;
  }
  sent: { type: string; [field: string]: unknown }[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(data: string) {
    this.sent.push(JSON.parse(data));
  }
  close() {
    this.closed = true;
  }
  frame(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  accept() {
    this.onopen?.();
    this.frame({ type: "widget.connected" });
  }
  drop(code = 1006) {
    this.onclose?.({ code });
  }
}

export const useFakeSockets = () => {
  FakeSocket.all = [];
  vi.stubGlobal("WebSocket", FakeSocket);
};

/** Lets everything that is ready run. */
export const settle = () => vi.advanceTimersByTimeAsync(0);

/** Each test is a page of its own: what it listened to ends with it. Returns what ends it. */
export const newPage = (): (() => void) => {
  const undo: (() => void)[] = [];
  for (const target of [window, document]) {
    const add = target.addEventListener.bind(target) as EventTarget["addEventListener"];
    vi.spyOn(target, "addEventListener").mockImplementation((type: string, listener: unknown) => {
      add(type, listener as EventListener);
      undo.push(() => target.removeEventListener(type, listener as EventListener));
    });
  }
  return () => {
    for (const end of undo) end();
  };
};
