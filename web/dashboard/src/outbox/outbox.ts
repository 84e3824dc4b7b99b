import { type ApiError, toApiError } from "../api/problem";
import type { ContentType, Message, MessageContent, StoredFile } from "../api/types";
import { backoff } from "../lib/backoff";
import { createStore, type Store } from "../lib/store";

/** What a draft was when it was sent. */
export interface SentDraft {
  text: string;
  files: StoredFile[];
  replyTo?: string;
}

/** A message on its way to the server. */
export interface Outgoing {
  /** Its Idempotency-Key: made once, sent with every attempt, so that the server stores it once. */
  key: string;
  conversation_id: string;
  content_type: ContentType;
  /** As shown; `wireContent` says what of it is sent. */
  content: MessageContent;
  /** The other files of an album. */
  rest?: { content_type: ContentType; content: MessageContent }[];
  /** The message it answers. */
  reply_to?: string;
  created_at: string;
  /** The newest `seq` when it was written: what it became stands after it. */
  after_seq: number;
  /** Held where somebody else has answered after this `seq`. */
  if_last_seq?: number;
  /** For the team only. */
  private?: true;
  /** It goes at `until` (ms) and can be taken back before, with all of its `batch`: it was `sent` as one. */
  held?: { batch: string; until: number; sent: SentDraft };
  state: "sending" | "waiting" | "failed" | "held";
  error?: { code: string; retryAfter?: number };
}

export interface OutboxPort {
  send(item: Outgoing): Promise<Message>;
  /** The server has stored it. */
  accepted(message: Message): void;
  load(): Outgoing[];
  save(items: Outgoing[]): void;
  random?: () => number;
}

/**
 * Messages on their way, in order within each conversation. A weak line makes them wait and try again
 * under the same key; a reload finds them again; only a refusal stops one, and a person can retry it.
 */
export class Outbox {
  readonly store: Store<readonly Outgoing[]>;
  readonly #port: OutboxPort;
  readonly #busy = new Set<string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #attempts = new Map<string, number>();
  #stopped = false;

  constructor(port: OutboxPort) {
    this.#port = port;
    this.store = createStore<readonly Outgoing[]>(port.load());
  }

  /** Goes on with what an earlier page of this tab left. */
  start(): void {
    for (const id of new Set(this.store.get().map((item) => item.conversation_id))) {
      void this.#pump(id);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  add(item: Omit<Outgoing, "state">): void {
    const state = item.held === undefined ? "sending" : "held";
    this.#update((items) => [...items, { ...item, state }]);
    void this.#pump(item.conversation_id);
  }

  /** Takes back what still waits to go; what it was when it was sent, or nothing where it is too late. */
  undo(key: string): SentDraft | undefined {
    const held = this.#find(key)?.held;
    const together = this.store.get().filter((item) => item.held?.batch === held?.batch);
    if (held === undefined || !together.every(({ state }) => state === "held")) return undefined;
    this.#update((items) => items.filter((item) => item.held?.batch !== held.batch));
    return held.sent;
  }

  /** Sends a refused message again. */
  retry(key: string): void {
    const item = this.#find(key);
    if (item?.state !== "failed") return;
    this.#set(key, "sending");
    void this.#pump(item.conversation_id);
  }

  /** Sends a message that was held, whoever else has answered. */
  sendAnyway(key: string): void {
    this.#update((items) =>
      items.map((item) => {
        if (item.key !== key) return item;
        const { if_last_seq: _, ...rest } = item;
        return rest;
      }),
    );
    this.retry(key);
  }

  /** Gives up a message that was refused. */
  discard(key: string): void {
    if (this.#find(key)?.state === "failed") this.#remove(key);
  }

  /** The line is back: nobody waits any longer. */
  nudge(): void {
    for (const id of [...this.#timers.keys()]) {
      clearTimeout(this.#timers.get(id));
      this.#timers.delete(id);
      this.#attempts.delete(id);
      void this.#pump(id);
    }
  }

  async #pump(conversationId: string): Promise<void> {
    if (this.#busy.has(conversationId) || this.#timers.has(conversationId)) return;
    this.#busy.add(conversationId);
    try {
      for (;;) {
        const next = this.store
          .get()
          .find((item) => item.conversation_id === conversationId && item.state !== "failed");
        if (next === undefined || this.#stopped) return;
        const rest = next.state === "held" ? (next.held?.until ?? 0) - Date.now() : 0;
        if (rest > 0) return this.#pumpIn(conversationId, rest);
        if (next.state !== "sending") this.#set(next.key, "sending");
        const goOn = await this.#attempt(next);
        if (!goOn) return;
      }
    } finally {
      this.#busy.delete(conversationId);
    }
  }

  /** Whether the next message may go. */
  async #attempt(item: Outgoing): Promise<boolean> {
    try {
      const message = await this.#port.send(item);
      this.#attempts.delete(item.conversation_id);
      this.#port.accepted(message);
      this.#remove(item.key);
      return true;
    } catch (thrown) {
      const error = toApiError(thrown);
      // Signed out: it waits for the same person to sign in again.
      if (!error.passing && error.status !== 401) {
        this.#set(item.key, "failed", error);
        return true;
      }
      this.#set(item.key, "waiting", error);
      this.#wait(item.conversation_id, error);
      return false;
    }
  }

  #wait(conversationId: string, error: ApiError): void {
    if (this.#stopped) return;
    const attempt = this.#attempts.get(conversationId) ?? 0;
    this.#attempts.set(conversationId, attempt + 1);
    const { random } = this.#port;
    const pause =
      error.retryAfter === undefined
        ? backoff(attempt, random === undefined ? {} : { random })
        : error.retryAfter * 1000;
    this.#pumpIn(conversationId, pause);
  }

  #pumpIn(conversationId: string, pause: number): void {
    this.#timers.set(
      conversationId,
      setTimeout(() => {
        this.#timers.delete(conversationId);
        void this.#pump(conversationId);
      }, pause),
    );
  }

  #find(key: string): Outgoing | undefined {
    return this.store.get().find((item) => item.key === key);
  }

  #remove(key: string): void {
    this.#update((items) => items.filter((item) => item.key !== key));
  }

  #set(key: string, state: Outgoing["state"], error?: ApiError): void {
    this.#update((items) =>
      items.map((item) => {
        if (item.key !== key) return item;
        const { error: _, ...rest } = item;
        return error === undefined
          ? { ...rest, state }
          : { ...rest, state, error: { code: error.code } };
      }),
    );
  }

  #update(change: (items: readonly Outgoing[]) => Outgoing[]): void {
    this.store.set(change);
    if (!this.#stopped) this.#port.save([...this.store.get()]);
  }
}

/** The part of the content the server takes: a file goes by its id. */
export function wireContent({ content }: { content: MessageContent }): Record<string, unknown> {
  if (content.buttons !== undefined) {
    const { text, buttons, kind } = content;
    return kind === undefined ? { text, buttons } : { text, buttons, kind };
  }
  if (content.file_id === undefined) return { text: content.text };
  const { file_id, caption } = content;
  return caption === undefined ? { file_id } : { file_id, caption };
}

/**
 * Those of `outgoing` not yet among `messages`. A live event can bring a message before the answer to
 * its request does; then the two are the same and only one is shown.
 */
export function stillOnTheWay(
  outgoing: readonly Outgoing[],
  messages: readonly Message[],
  me: string,
): Outgoing[] {
  const claimed = new Set<string>();
  return outgoing.filter((item) => {
    const arrived = messages.find(
      (message) =>
        message.seq > item.after_seq &&
        message.sender_id === me &&
        message.direction === "outbound" &&
        !claimed.has(message.id) &&
        sameContent(item, message),
    );
    if (arrived === undefined) return true;
    claimed.add(arrived.id);
    return false;
  });
}

function sameContent(item: Outgoing, message: Message): boolean {
  if (item.content_type !== message.content_type) return false;
  if (item.content.file_id !== undefined) return item.content.file_id === message.content.file_id;
  return item.content.text === message.content.text;
}
