import type { Store } from "./store";
import { orderOf } from "./thread";
import type { Message } from "./types";

/** A look takes so long; what arrives meanwhile is seen with it. */
const READ_AFTER = 200;

/** What the visitor has read, in this browser and to the server's knowledge. */
export class Reading {
  /** Where the place up to which he has read is kept. */
  static readonly NAME = "r";
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #store: Store;
  readonly #tell: () => void;

  constructor(store: Store, tell: () => void) {
    this.#store = store;
    this.#tell = tell;
  }

  /** How many messages for the visitor he has not seen. */
  unread(thread: readonly Message[]): number {
    const upTo = this.#upTo;
    return thread.filter((m) => isUnread(m) && orderOf(m) > upTo).length;
  }

  /** He sees the thread: remembered here at once, told to the server in a moment. */
  seen(thread: readonly Message[]): void {
    clearTimeout(this.#timer);
    const last = thread.findLast((m) => m.direction === "outbound");
    if (!last || !isUnread(last)) return;
    const order = orderOf(last);
    if (order > this.#upTo) this.#store.set(Reading.NAME, order);
    // Once for a burst, and after it: the server counts as read what this socket was sent before.
    this.#timer = setTimeout(this.#tell, READ_AFTER);
  }

  get #upTo(): string {
    return this.#store.get<string>(Reading.NAME) ?? "";
  }
}

const isUnread = ({ direction, status }: Message): boolean =>
  direction === "outbound" && status !== "read";
