import { ApiError } from "./api";
import { pause } from "./backoff";
import type { Store } from "./store";
import type { Content, ContentType, Message, StoredFile } from "./types";
import { uuid } from "./uuid";

/** Messages that may wait at once; beyond that the visitor is told instead of filling the storage. */
const MOST = 50;
const NAME = "q:";

/** A message of ours that the server has not confirmed yet. */
export interface Item {
  /** The Idempotency-Key: made once, kept through every retry and reload, so nothing is sent twice. */
  readonly key: string;
  /** Rises with every message, also across tabs and reloads. */
  readonly order: number;
  readonly type: ContentType;
  content: Content;
  state: "waiting" | "sending" | "failed";
  /** The bytes to upload first. Lives only in this tab: a reload forgets a file not yet uploaded. */
  file?: File;
  /** The share of the file that has left. */
  progress?: number;
  /** The live copy of this message, when it overtook the answer to our own request. */
  echo?: string;
}

/** What is kept of an item. */
interface Kept {
  order: number;
  type: ContentType;
  content: Content;
  failed?: boolean;
}

/** How messages leave. */
export interface Carrier {
  /** Whether there is a session to send with. */
  ready(): boolean;
  upload(file: File, progress: (share: number) => void): Promise<StoredFile>;
  post(item: Item): Promise<Message>;
  /** The server confirmed the item. */
  sent(item: Item, message: Message): void;
  /** The session was refused. The item waits for the next `wake`. */
  refused(): void;
  changed(): void;
}

/**
 * Sends messages one by one in the order they were written and keeps them until they are confirmed.
 * What can pass (no network, server down, too many requests) is tried again by itself under the same
 * key; what cannot (a refused file) is marked and does not hold up the rest.
 */
export class Outbox {
  items: Item[] = [];
  #busy = false;
  #tries = 0;
  #notBefore = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #store: Store;
  readonly #carrier: Carrier;

  constructor(store: Store, carrier: Carrier) {
    this.#store = store;
    this.#carrier = carrier;
    for (const name of store.names(NAME)) this.#load(name);
    store.watch((name) => this.#changedElsewhere(name));
  }

  /** Whether so many more may wait. */
  fits(count: number): boolean {
    return this.items.length + count <= MOST;
  }

  add(type: ContentType, content: Content, file?: File): void {
    const order = Math.max(Date.now(), (this.items.at(-1)?.order ?? 0) + 1);
    const item: Item = { key: uuid(), order, type, content, state: "waiting" };
    if (file) item.file = file;
    this.items.push(item);
    this.#save(item);
    this.#carrier.changed();
    void this.wake();
  }

  /** Sends a refused item again, at the visitor's wish. */
  retry(item: Item): void {
    item.state = "waiting";
    this.#save(item);
    this.#carrier.changed();
    void this.wake();
  }

  discard(item: Item): void {
    this.items = this.items.filter((other) => other !== item);
    this.#store.remove(NAME + item.key);
    this.#carrier.changed();
  }

  /** Forgets everything that waits: another person uses this browser now. */
  clear(): void {
    for (const item of this.items) this.#store.remove(NAME + item.key);
    this.items = [];
    this.#carrier.changed();
  }

  /** Tries at once, unless the server asked for a pause. */
  async wake(): Promise<void> {
    if (this.#busy || Date.now() < this.#notBefore) return;
    clearTimeout(this.#timer);
    this.#busy = true;
    try {
      while (this.#carrier.ready()) {
        const item = this.items.find((other) => other.state === "waiting");
        if (!item || !(await this.#deliver(item))) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  /** Whether the next item may follow. */
  async #deliver(item: Item): Promise<boolean> {
    item.state = "sending";
    this.#carrier.changed();
    try {
      if (item.file && !item.content.file_id) await this.#upload(item, item.file);
      // Meanwhile another person may have taken over this browser, with a session of his own.
      if (!this.items.includes(item)) return true;
      const message = await this.#carrier.post(item);
      this.#tries = 0;
      if (this.items.includes(item)) {
        this.discard(item);
        this.#carrier.sent(item, message);
      }
      return true;
    } catch (error) {
      return this.#failed(item, error instanceof ApiError ? error : new ApiError(0));
    }
  }

  async #upload(item: Item, file: File): Promise<void> {
    const stored = await this.#carrier.upload(file, (share) => {
      item.progress = share;
      this.#carrier.changed();
    });
    item.content = { ...item.content, file_id: stored.id };
    this.#save(item);
  }

  #failed(item: Item, error: ApiError): boolean {
    if (!this.items.includes(item)) return true;
    delete item.echo;
    delete item.progress;
    const lost = error.status === 401;
    item.state = lost || error.passing ? "waiting" : "failed";
    if (item.state === "failed") this.#refused(item);
    this.#carrier.changed();
    if (item.state === "failed") return true;
    if (lost) {
      this.#carrier.refused();
    } else {
      const wait = Math.max(error.retryAfter, pause(this.#tries++));
      this.#notBefore = error.retryAfter ? Date.now() + error.retryAfter : 0;
      this.#timer = setTimeout(() => void this.wake(), wait);
    }
    return false;
  }

  #refused(item: Item): void {
    if (!item.file) {
      this.#save(item);
      return;
    }
    // Perhaps the stored file is what was refused (it belongs to its session): a retry uploads again.
    const { file_id: _, ...content } = item.content;
    item.content = content;
    this.#store.remove(NAME + item.key);
  }

  #save(item: Item): void {
    if (item.file && !item.content.file_id) return;
    const kept: Kept = { order: item.order, type: item.type, content: item.content };
    if (item.state === "failed") kept.failed = true;
    if (this.items.includes(item)) this.#store.set(NAME + item.key, kept);
  }

  #load(name: string): void {
    const kept = this.#store.get<Kept>(name);
    const key = name.slice(NAME.length);
    if (!kept?.content || this.items.some((item) => item.key === key)) return;
    const { order, type, content, failed } = kept;
    this.items.push({ key, order, type, content, state: failed ? "failed" : "waiting" });
    this.items.sort((a, b) => a.order - b.order);
  }

  /** Another tab wrote a message (show it, help sending: the key is the same) or got it confirmed. */
  #changedElsewhere(name: string): void {
    if (!name.startsWith(NAME)) return;
    if (this.#store.get(name)) {
      this.#load(name);
      void this.wake();
    } else {
      const key = name.slice(NAME.length);
      this.items = this.items.filter((item) => item.key !== key || item.state === "sending");
    }
    this.#carrier.changed();
  }
}
