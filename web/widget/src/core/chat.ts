import { Api, ApiError } from "./api";
import { pause } from "./backoff";
import { Earlier } from "./earlier";
import { Link } from "./link";
import { type Item, Outbox } from "./outbox";
import { bodyOf, draftsOf, isTwin } from "./outgoing";
import { Presence } from "./presence";
import { Reading } from "./reading";
import type { Store } from "./store";
import { merge } from "./thread";
import type { Frame, Message, Page, Session, Settings, Visitor } from "./types";

const MAX_FILE = 20 * 1024 * 1024;
/** Answers fetched in one catching-up at most; a longer gap is left to the next session. */
const CATCH_UP_PAGES = 20;
/** Messages kept where nobody asks for earlier ones; the rest stays on the server. */
const KEPT = 500;

/** What of the session survives a reload. The loader reads it too. */
export interface Kept {
  token?: string;
  /** Who the page said is here: somebody else must not see this thread. */
  uid?: string;
  /** There is a conversation, so the app is worth loading before a click. */
  talked?: boolean;
}

export interface ChatOptions {
  origin: string;
  widgetKey: string;
  store: Store;
  locale(): string;
  /** Whether the visitor has the thread before his eyes. */
  visible(): boolean;
  /** Something visible changed. */
  changed(): void;
  /** A message for the visitor arrived. */
  arrived(message: Message): void;
}

/** Everything the widget knows and does, without a pixel. */
export class Chat {
  messages: Message[] = [];
  settings: Settings;
  /** The visitor's place in the queue while nobody has taken the conversation. */
  position: number | null | undefined;
  /** The site may not use this widget, or the widget is gone. */
  blocked = false;
  readonly outbox: Outbox;
  readonly presence: Presence;
  readonly earlier: Earlier;
  readonly #reading: Reading;
  /** What messages of this page were while they waited: their bubble stays the same element. */
  readonly origins = new Map<string, Item>();
  readonly #api: Api;
  readonly #link: Link;
  #visitor: Visitor = {};
  /** How many messages are kept: the newest, and as many as were asked for. */
  #most = KEPT;
  /** The newest message up to which none is missing. Our own ones get here before what others wrote meanwhile. */
  #after: string | undefined;
  /** The states of conversations, as far as told. */
  readonly #statuses = new Map<string, string>();
  #joining = false;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows when the person changes: answers that belong to the former one are dropped. */
  #epoch = 0;
  readonly #options: ChatOptions;

  constructor(options: ChatOptions) {
    this.#options = options;
    const { origin, store } = options;
    const base = `${origin}/api/v1`;
    this.settings = store.get<Settings>("c") ?? {};
    this.#api = new Api(base);
    this.#link = new Link(`${base.replace(/^http/, "ws")}/widget/ws`, {
      hello: () => this.#hello(),
      frame: (frame) => this.#frame(frame),
      up: () => this.#up(),
      down: (reached) => this.#down(reached),
      invalid: () => this.#lost(),
    });
    this.presence = new Presence((frame) => this.#link.send(frame), options.changed);
    this.earlier = new Earlier(
      (before) => this.#page({ before }),
      (messages) => {
        // What was asked for must not push itself out again.
        this.#most += messages.length;
        this.#grow(messages);
      },
      options.changed,
    );
    this.#reading = new Reading(store, () => this.#link.send({ type: "widget.read" }));
    this.outbox = new Outbox(store, {
      ready: () => this.#api.token !== "",
      upload: (file, progress) => this.#api.upload(file, progress),
      post: (item) => this.#post(item),
      sent: (item, message) => this.#confirmed(item, message),
      refused: () => this.#lost(),
      changed: options.changed,
    });
    store.watch((name) => {
      if (name === "s" && (this.#kept.token ?? "") !== this.#api.token) this.#restart();
      if (name === Reading.NAME) options.changed();
    });
    addEventListener("online", () => this.#kick());
    addEventListener("offline", () => options.changed());
    addEventListener("pageshow", () => this.#kick());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#kick();
    });
  }

  /** Whether live news reach us. */
  get live(): boolean {
    return this.#link.live;
  }

  get maxFileSize(): number {
    return this.settings.max_file_size || MAX_FILE;
  }

  /** Whether the newest conversation has ended, as far as told. */
  get ended(): boolean {
    const status = this.#statuses.get(this.messages.at(-1)?.conversation_id ?? "");
    return status === "resolved" || status === "closed";
  }

  get unread(): number {
    return this.#reading.unread(this.messages);
  }

  /** Joins if there is a reason: a stored session, messages still to be sent, or somebody looking. */
  resume(): void {
    if (this.#kept.token || this.outbox.items.length || this.#options.visible()) this.#join();
  }

  /** The visitor opened the panel. */
  opened(): void {
    if (this.#api.token) this.#kick();
    else this.#join();
  }

  /** Opens or resumes the session, or tells it who the visitor is; until it works. */
  #join(): void {
    if (this.#joining || this.blocked) return;
    clearTimeout(this.#timer);
    this.#joining = true;
    const [epoch, visitor] = [this.#epoch, this.#visitor];
    const token = this.#kept.token;
    const body = {
      widget_key: this.#options.widgetKey,
      ...(token && { session_token: token }),
      visitor: {
        ...visitor,
        locale: this.#options.locale(),
        ...pageUrl(),
      },
    };
    this.#api
      .json<Session>("POST", "/widget/sessions", body)
      .then(
        (session) => epoch === this.#epoch && this.#joined(session, visitor),
        (error: ApiError) => epoch === this.#epoch && this.#notJoined(error, token),
      )
      .finally(() => {
        this.#joining = false;
        if (epoch !== this.#epoch) this.resume();
        else if (visitor !== this.#visitor) this.#join();
      });
  }

  /** Sends a text and files; `false` when too much waits already. */
  send(text: string, files: readonly File[]): boolean {
    const drafts = draftsOf(text, files);
    if (!this.outbox.fits(drafts.length)) return false;
    for (const { type, content, file } of drafts) this.outbox.add(type, content, file);
    this.presence.stopped();
    if (!this.#api.token) this.#join();
    return true;
  }

  /** Tells who the visitor is; `null`: nobody any more. Another person never sees the former thread. */
  identify(visitor: Visitor | null): void {
    const { uid } = this.#kept;
    // Pages call this on every navigation, mostly with the same words.
    if (visitor && JSON.stringify(visitor) === JSON.stringify(this.#visitor)) return;
    this.#visitor = visitor ?? {};
    if (!visitor || (uid && visitor.external_id && uid !== visitor.external_id)) this.#forget();
    else if (this.#api.token) this.#join();
  }

  /** Fresh addresses for the files of the thread: signed ones live for minutes only. */
  async refresh(message: Message): Promise<Message> {
    const epoch = this.#epoch;
    const same = (m: Message) => m.id === message.id;
    const next = this.messages[this.messages.findIndex(same) + 1]?.id;
    const one = { limit: "1" };
    const page = await this.#page(next ? { ...one, before: next } : one).catch(() => undefined);
    if (page && epoch === this.#epoch) this.#take(page.items);
    return this.messages.find(same) ?? message;
  }

  get #kept(): Kept {
    return this.#options.store.get<Kept>("s") ?? {};
  }

  #keep(change: Partial<Kept>): void {
    this.#options.store.set("s", { ...this.#kept, ...change });
  }

  #joined(session: Session, visitor: Visitor): void {
    const { store } = this.#options;
    const same = this.#api.token === session.session_token;
    // A proven identity may bring another thread with it; the former one was moved, not doubled.
    const base = same && !visitor.external_id ? this.messages : [];
    this.#api.token = session.session_token;
    this.#keep({
      token: session.session_token,
      ...(visitor.external_id && { uid: visitor.external_id }),
      ...(session.conversation_id && { talked: true }),
    });
    this.settings = session.settings;
    store.set("c", session.settings);
    this.position = session.position;
    this.messages = merge(base, session.messages);
    if (!base.length) {
      this.#after = session.messages.at(-1)?.id;
      this.earlier.starts(session.messages[0], session.has_before);
    }
    // Whom a proof made another is told nothing where he listens as the one he was.
    if (!same || visitor.identity_hash) this.#link.stop();
    this.#link.start();
    this.#look();
    this.#options.changed();
    void this.outbox.wake();
  }

  #notJoined(error: ApiError, token: string | undefined): void {
    const claimed = Object.keys(this.#visitor).length > 0;
    if (claimed && (error.code === "bad_identity_hash" || error.status === 422)) {
      // biome-ignore lint/suspicious/noConsole: tells the page's developer, who has no other way to know
      console.warn("OmniSupport: identify was refused", error.code);
      this.#visitor = {};
    } else if (error.status === 401 && token) {
      this.#drop(token);
    } else if (!error.passing) {
      this.blocked = true;
    }
    this.#later(error.retryAfter);
    this.#options.changed();
  }

  #later(least = 0): void {
    this.#timer = setTimeout(() => this.#join(), Math.max(least, pause(this.#tries++)));
  }

  /** Something changed for the better: try at once what waits for its next attempt. */
  #kick(): void {
    this.#look();
    this.#options.changed();
    if (this.#api.token) {
      this.#link.kick();
      void this.outbox.wake();
    } else if (this.#tries) {
      this.#join();
    }
  }

  #hello(): object {
    return { type: "widget.connect", session_token: this.#api.token, after: this.#after };
  }

  #up(): void {
    this.#tries = 0;
    this.#look();
    this.#options.changed();
    void this.outbox.wake();
  }

  #down(reached: boolean): void {
    this.presence.typing = false;
    this.#options.changed();
    // Where sockets do not get through at all, each attempt asks over HTTP instead.
    if (!reached) void this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    try {
      for (let page = 0; page < CATCH_UP_PAGES; page++) {
        if (!(await this.#fetchAfter(this.#after))) return;
      }
    } catch (error) {
      if (!(error instanceof ApiError) || error.passing) return;
      if (error.status === 401) this.#lost();
      // Our newest message is of an older conversation: begin with the newest of the present one.
      else await this.#fetchAfter(undefined).catch(() => undefined);
    }
  }

  /** Takes a page of what came after a message, or the newest; whether there is more. */
  async #fetchAfter(id: string | undefined): Promise<boolean> {
    const epoch = this.#epoch;
    const page = await this.#page(id ? { after: id } : {});
    if (epoch !== this.#epoch) return false;
    this.#take(page.items);
    this.#after = page.items.at(-1)?.id ?? this.#after;
    return page.has_after && page.items.length > 0;
  }

  #page(query: Record<string, string>): Promise<Page> {
    return this.#api.json("GET", `/widget/messages?${new URLSearchParams(query)}`);
  }

  #frame(frame: Frame): void {
    const { message, conversation, type } = frame;
    if (message) {
      // What changes before the thread begins is fetched as it is then.
      const fresh = type === "message.new";
      if (fresh) this.#after = message.id;
      if (fresh || this.messages.some((m) => m.id === message.id)) this.#take([message]);
    } else if (type === "operator.typing") {
      this.presence.operator(frame.is_typing === true);
    } else if (type === "queue.position" || type === "widget.connected") {
      this.position = frame.position;
      this.#options.changed();
    } else if (type === "widget.availability") {
      this.settings = { ...this.settings, online: frame.online === true };
      this.#options.changed();
    } else if (type === "conversation.updated" && conversation) {
      this.#statuses.set(conversation.id, conversation.status);
      this.#options.changed();
    }
  }

  #take(messages: Message[]): void {
    const known = new Set(this.messages.map((m) => m.id));
    for (const message of messages) {
      if (known.has(message.id)) continue;
      if (message.direction === "inbound") {
        // Our own message may overtake the answer to its request: show it once.
        const twin = this.outbox.items.find((item) => isTwin(item, message));
        if (twin) twin.echo = message.id;
      } else {
        this.presence.typing = false;
        this.#options.arrived(message);
      }
    }
    this.#grow(messages);
    this.#look();
    this.#options.changed();
  }

  #grow(messages: readonly Message[]): void {
    const all = merge(this.messages, messages);
    this.messages = all.slice(-this.#most);
    // What had to go is there again for whoever wants it.
    if (all.length > this.#most) this.earlier.starts(this.messages[0], true);
  }

  #look(): void {
    if (this.#options.visible()) this.#reading.seen(this.messages);
  }

  async #post(item: Item): Promise<Message> {
    const headers = { "Idempotency-Key": item.key };
    return (
      await this.#api.json<{ message: Message }>("POST", "/widget/messages", bodyOf(item), headers)
    ).message;
  }

  #confirmed(item: Item, message: Message): void {
    this.origins.set(message.id, item);
    if (!this.#kept.talked) this.#keep({ talked: true });
    this.#take([message]);
    // What went through says that the server is back, perhaps long before the link's next attempt.
    if (!this.live) this.#link.kick();
  }

  /** The session is not valid any more: begin another one. Another tab may have done so already. */
  #lost(): void {
    this.#drop(this.#api.token);
    this.#api.token = "";
    this.#link.stop();
    this.#later();
    this.#options.changed();
  }

  #drop(token: string): void {
    if (this.#kept.token === token)
      this.#options.store.set("s", { ...this.#kept, token: undefined });
  }

  /** Another person: nothing of the former one stays. */
  #forget(): void {
    for (const name of ["s", Reading.NAME, "d"]) this.#options.store.remove(name);
    this.outbox.clear();
    this.#restart();
  }

  #restart(): void {
    this.#epoch++;
    this.#link.stop();
    this.#api.token = "";
    this.messages = [];
    this.position = 0;
    this.#after = undefined;
    this.earlier.starts(undefined, false);
    this.origins.clear();
    this.blocked = false;
    this.resume();
    this.#options.changed();
  }
}

/** Where the visitor is, without query and fragment: they may carry what is not ours to store. */
const pageUrl = (): { page_url?: string } => {
  const { protocol, origin, pathname } = location;
  return protocol.startsWith("http") ? { page_url: (origin + pathname).slice(0, 1000) } : {};
};
