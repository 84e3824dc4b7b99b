import type { QueryClient } from "@tanstack/react-query";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import { toApiError } from "../../api/problem";
import type { DraftBrief } from "../../api/types";

/** A pause in writing this long saves what is written. */
const PAUSE_MS = 700;
/** Where the server is out of reach, the next try comes later. */
const RETRY_MS = 5_000;
/** As the server shortens it in lists. */
const PREVIEW = 200;

export interface Saved {
  text: string;
  version: number;
}

const NOTHING: Saved = { text: "", version: 0 };

export interface DraftPort {
  /** Keeps a draft; answers the one that is kept now. */
  put(conversationId: string, draft: Saved): Promise<Saved>;
  get(conversationId: string): Promise<Saved>;
  /** What is written now, here. */
  written(conversationId: string): string;
  /** What the server kept when this tab last heard of it. */
  recall(conversationId: string): Saved | null;
  remember(conversationId: string, draft: Saved): void;
  /** Shows what another browser left. */
  adopt(conversationId: string, text: string): void;
  /** It is kept, for those who list drafts. */
  kept(conversationId: string, draft: Saved): void;
}

/**
 * Keeps drafts on the server. The last write wins by version: a save that was overtaken by another browser
 * or by sending learns the newer version and, where something else is written here now, is made again.
 */
export class DraftSync {
  readonly #port: DraftPort;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #saving = new Set<string>();

  constructor(port: DraftPort) {
    this.#port = port;
  }

  /** Something was written or sent. */
  changed(id: string): void {
    this.#saveIn(id, PAUSE_MS);
  }

  #saveIn(id: string, pause: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.set(
      id,
      setTimeout(() => void this.#save(id), pause),
    );
  }

  /** A conversation is opened: what was begun or sent elsewhere holds here, too, unless more is written here. */
  async open(id: string): Promise<void> {
    try {
      const found = await this.#port.get(id);
      const written = this.#port.written(id);
      const unsaved = written !== this.#known(id).text;
      this.#learn(id, found);
      if (written === found.text) return;
      if (unsaved) this.changed(id);
      else this.#port.adopt(id, found.text);
    } catch {
      // Out of reach: the draft of this tab is there, and is saved with its next change.
    }
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #known(id: string): Saved {
    return this.#port.recall(id) ?? NOTHING;
  }

  #learn(id: string, { text, version }: Saved): void {
    if (version >= this.#known(id).version) this.#port.remember(id, { text, version });
  }

  async #save(id: string): Promise<void> {
    this.#timers.delete(id);
    if (this.#saving.has(id)) return this.#saveIn(id, PAUSE_MS);
    const text = this.#port.written(id);
    const known = this.#known(id);
    if (known.text === text) return;
    this.#saving.add(id);
    try {
      const kept = await this.#port.put(id, { text, version: known.version + 1 });
      this.#learn(id, kept);
      this.#port.kept(id, kept);
    } catch (thrown) {
      // What is refused would be refused again; what did not arrive may.
      if (toApiError(thrown).passing) this.#saveIn(id, RETRY_MS);
      return;
    } finally {
      this.#saving.delete(id);
    }
    if (this.#known(id).text !== this.#port.written(id)) this.#saveIn(id, PAUSE_MS);
  }
}

/** Drafts at the server's API, and in the list of drafts. */
export function draftPort(
  client: QueryClient,
  local: Pick<DraftPort, "written" | "adopt" | "recall" | "remember">,
): DraftPort {
  const at = (id: string) => ({ params: { path: { id } } });
  const path = "/api/v1/conversations/{id}/draft";
  return {
    ...local,
    put: (id, body) => call(api.PUT(path, { ...at(id), body })),
    get: (id) => call(api.GET(path, at(id))),
    kept: (conversation_id, { text, version }) =>
      client.setQueryData<DraftBrief[]>(keys.drafts, (drafts) => {
        const others = drafts?.filter((one) => one.conversation_id !== conversation_id);
        if (others === undefined || text === "") return others;
        const updated_at = new Date().toISOString();
        const preview = [...text].slice(0, PREVIEW).join("");
        return [{ conversation_id, preview, version, updated_at }, ...others];
      }),
  };
}
