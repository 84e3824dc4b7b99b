import { pause } from "./backoff";
import type { Frame } from "./types";

/** A silent connection is asked for a sign of life this often. */
const PING_EVERY = 25_000;
/** No frame for so long after a ping: the other side is gone although nothing said so. */
const PONG_WITHIN = 8_000;
/** Connecting and being accepted takes at most this long. */
const HELLO_WITHIN = 10_000;
/** A connection that held so long was a good one: the next pause is short again. */
const STABLE = 5_000;
/** The server's word for "this session is not valid". */
const INVALID = 4401;

/** What the socket needs from its owner. */
export interface LinkOwner {
  /** The first frame, made anew for each connection: it carries the newest message we have. */
  hello(): object;
  frame(frame: Frame): void;
  /** Accepted: from now on nothing is missed until `down`. */
  up(): void;
  /** Not connected. `reached` tells whether this connection had been accepted. */
  down(reached: boolean): void;
  /** The session is refused; the link stays down until started again. */
  invalid(): void;
}

/**
 * One live connection that comes back by itself: jittered exponential pauses, at once when the browser
 * is online or the page visible again, and pings that notice a half-open connection.
 */
export class Link {
  live = false;
  #socket: WebSocket | undefined;
  #wanted = false;
  #tries = 0;
  #since = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  readonly #url: string;
  readonly #owner: LinkOwner;

  constructor(url: string, owner: LinkOwner) {
    this.#url = url;
    this.#owner = owner;
  }

  start(): void {
    this.#wanted = true;
    if (!this.#socket) this.#connect();
  }

  stop(): void {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#leave();
  }

  /** Something changed for the better: connect now, or make sure that the connection still lives. */
  kick(): void {
    if (!this.#wanted) return;
    if (this.live) {
      this.#ping();
    } else {
      // An attempt begun on the old network would only run into its deadline.
      this.#leave();
      this.#connect();
    }
  }

  send(frame: object): void {
    if (this.live) this.#socket?.send(JSON.stringify(frame));
  }

  #connect(): void {
    clearTimeout(this.#timer);
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.#url);
    } catch {
      // The page's own policy forbids sockets. The owner then asks over HTTP at each attempt.
      this.#again(false);
      return;
    }
    this.#socket = socket;
    this.#expect(HELLO_WITHIN);
    socket.onopen = () => socket.send(JSON.stringify(this.#owner.hello()));
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => this.#lost(event.code);
  }

  #received(data: unknown): void {
    let frame: Frame;
    try {
      frame = JSON.parse(String(data)) as Frame;
    } catch {
      return;
    }
    if (frame.type === "widget.connected" && !this.live) {
      this.live = true;
      this.#since = performance.now();
      this.#owner.up();
    }
    if (!this.live) return;
    this.#idle();
    this.#owner.frame(frame);
  }

  /** Any frame proves life; after a while without one, ask. */
  #idle(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#ping(), PING_EVERY);
  }

  #ping(): void {
    this.send({ type: "ping" });
    this.#expect(PONG_WITHIN);
  }

  #expect(within: number): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lost(0), within);
  }

  #lost(code: number): void {
    const reached = this.live;
    // A server that accepts and falls over again must not be asked every second.
    if (reached && performance.now() - this.#since > STABLE) this.#tries = 0;
    this.#leave();
    if (code === INVALID) {
      this.#wanted = false;
      this.#owner.invalid();
    } else if (this.#wanted) {
      this.#again(reached);
    }
  }

  #again(reached: boolean): void {
    this.#timer = setTimeout(() => this.#connect(), pause(this.#tries++));
    this.#owner.down(reached);
  }

  #leave(): void {
    clearTimeout(this.#watchdog);
    const socket = this.#socket;
    this.#socket = undefined;
    this.live = false;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
