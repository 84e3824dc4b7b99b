import { backoff } from "../lib/backoff";
import {
  type ClientFrame,
  type DurableEvent,
  type FleetingEvent,
  isDurable,
  parseFrame,
} from "./events";

export type ConnectionState =
  | { name: "connecting" }
  | { name: "connected" }
  /** Tries again at `retryAt`, milliseconds of this computer's clock. */
  | { name: "waiting"; retryAt: number }
  /** The browser says there is no network. */
  | { name: "offline" }
  | { name: "stopped" };

/** The part of a WebSocket that is used. */
export interface SocketLike {
  readyState: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
}

export interface LivePort {
  open(): SocketLike;
  operatorId: string;
  /** A token good for a while; `null` where nobody is signed in. */
  token(): Promise<string | null>;
  /** Replaces the token the server refused. */
  renew(refused: string): Promise<string>;
  online(): boolean;
  onState(state: ConnectionState): void;
  onEvent(event: DurableEvent): void;
  onFleeting(event: FleetingEvent): void;
  /** What is shown may be out of date: fetch it again. */
  onResync(): void;
  random?: () => number;
}

const OPEN = 1;
const PING_MS = 25_000;
/** The server answers pings; silence for longer than two of them means a dead line. */
const SILENCE_MS = 55_000;
const CONNECT_MS = 10_000;
const REFUSED = 4401;

/** The operators' live connection: connects, resumes where it stopped, and says how it is doing. */
export class LiveConnection {
  readonly #port: LivePort;
  #socket: SocketLike | null = null;
  #state: ConnectionState = { name: "stopped" };
  #attempt = 0;
  #lastSeq: number | null = null;
  #epoch: string | null = null;
  #token: string | null = null;
  #heardAt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  /** Grows with each attempt, so that answers to an older one are recognised. */
  #generation = 0;

  constructor(port: LivePort) {
    this.#port = port;
  }

  start(): void {
    if (this.#state.name !== "stopped") return;
    void this.#connect();
  }

  stop(): void {
    this.#drop();
    this.#setState({ name: "stopped" });
  }

  /** Connects at once instead of waiting: the network is back, somebody pressed the button. */
  nudge(): void {
    if (this.#state.name !== "waiting" && this.#state.name !== "offline") return;
    this.#attempt = 0;
    void this.#connect();
  }

  /** The network is gone; the socket will not notice for long. */
  offline(): void {
    if (this.#state.name === "stopped") return;
    this.#drop();
    this.#setState({ name: "offline" });
  }

  /** Tells the server of the token that follows the one it knows. */
  refresh(token: string): void {
    if (token === this.#token || this.#state.name !== "connected") return;
    this.#token = token;
    this.send({ type: "operator.refresh", token });
  }

  /** Sends a frame if there is a connection; what is fleeting is not worth keeping. */
  send(frame: ClientFrame): boolean {
    if (this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  async #connect(): Promise<void> {
    this.#drop();
    if (!this.#port.online()) {
      this.#setState({ name: "offline" });
      return;
    }
    const generation = this.#generation;
    this.#setState({ name: "connecting" });
    const token = await this.#port.token().catch(() => null);
    if (generation !== this.#generation) return;
    if (token === null) {
      this.#waitAndRetry();
      return;
    }
    this.#token = token;
    this.#open(token);
  }

  #open(token: string): void {
    const socket = this.#port.open();
    this.#socket = socket;
    const deadline = setTimeout(() => this.#lost(), CONNECT_MS);
    this.#retry = deadline;
    socket.onopen = () => {
      this.send({
        type: "operator.connect",
        operator_id: this.#port.operatorId,
        token,
        ...(this.#lastSeq === null ? {} : { last_seq: this.#lastSeq }),
        ...(this.#epoch === null ? {} : { epoch: this.#epoch }),
      });
    };
    socket.onmessage = ({ data }) => {
      this.#heardAt = Date.now();
      this.#receive(data);
    };
    socket.onclose = ({ code }) => {
      if (code === REFUSED) void this.#refused(token);
      else this.#lost();
    };
  }

  #receive(data: unknown): void {
    const frame = parseFrame(data);
    if (frame === null) return;
    switch (frame.type) {
      case "operator.connected":
        this.#connected(frame.seq, frame.epoch);
        return;
      case "sync":
        this.#lastSeq = Math.max(this.#lastSeq ?? 0, frame.seq);
        return;
      case "resync":
        this.#lastSeq = frame.seq;
        this.#port.onResync();
        return;
      case "pong":
        return;
      case "customer.typing":
      case "operator.typing":
      case "operator.viewing":
      case "operator.status":
        this.#port.onFleeting(frame);
        return;
    }
    if (typeof frame.seq !== "number" || frame.seq <= (this.#lastSeq ?? 0)) return;
    this.#lastSeq = frame.seq;
    if (isDurable(frame)) this.#port.onEvent(frame);
  }

  #connected(seq: number, epoch: string): void {
    clearTimeout(this.#retry);
    this.#attempt = 0;
    const resumed = this.#lastSeq !== null && this.#epoch === epoch;
    this.#epoch = epoch;
    if (!resumed) {
      // What was fetched before this moment may lack what happened between the two.
      this.#lastSeq = seq;
      this.#port.onResync();
    }
    this.#setState({ name: "connected" });
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => {
      if (Date.now() - this.#heardAt > SILENCE_MS) this.#lost();
      else this.send({ type: "ping" });
    }, PING_MS);
  }

  /** The server did not take the token: one new one, then as with any loss. */
  async #refused(token: string): Promise<void> {
    this.#drop();
    this.#setState({ name: "connecting" });
    const generation = this.#generation;
    const renewed = await this.#port.renew(token).catch(() => null);
    if (generation !== this.#generation) return;
    if (renewed !== null && this.#attempt === 0) {
      this.#attempt = 1;
      void this.#connect();
    } else {
      this.#waitAndRetry();
    }
  }

  #lost(): void {
    this.#drop();
    this.#waitAndRetry();
  }

  #waitAndRetry(): void {
    const { random } = this.#port;
    const wait = backoff(this.#attempt, random === undefined ? {} : { random });
    this.#attempt += 1;
    this.#setState({ name: "waiting", retryAt: Date.now() + wait });
    this.#retry = setTimeout(() => void this.#connect(), wait);
  }

  #drop(): void {
    this.#generation += 1;
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.#port.onState(state);
  }
}
