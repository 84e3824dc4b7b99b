import type { Message, Page } from "./types";

/** Screen readers look at a change a moment after it. */
const QUIET = 500;

/** What was said before the thread begins: on the server until the visitor wants it. */
export class Earlier {
  loading = false;
  failed = false;
  /** What comes in now was said long ago: it must not be read out as news. */
  quiet = false;
  /** Where the thread begins, if there is more before it. */
  #from: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #fetch: (before: string) => Promise<Page>;
  readonly #take: (messages: Message[]) => void;
  readonly #changed: () => void;

  constructor(
    fetch: (before: string) => Promise<Page>,
    take: (messages: Message[]) => void,
    changed: () => void,
  ) {
    this.#fetch = fetch;
    this.#take = take;
    this.#changed = changed;
  }

  get more(): boolean {
    return this.#from !== undefined;
  }

  /** The thread begins with this message. */
  starts(first: Message | undefined, more: boolean): void {
    this.#from = more ? first?.id : undefined;
    this.failed = false;
  }

  /** Fetches the page before the thread, if there is one and it is not on its way. */
  async load(): Promise<void> {
    const from = this.#from;
    if (!from || this.loading) return;
    clearTimeout(this.#timer);
    this.loading = this.quiet = true;
    this.failed = false;
    this.#changed();
    try {
      const { items, has_before } = await this.#fetch(from);
      // Meanwhile another thread may have taken the place of this one.
      if (from === this.#from) {
        this.starts(items[0], has_before);
        this.#take(items);
      }
    } catch {
      this.failed = from === this.#from;
    }
    this.loading = false;
    this.#timer = setTimeout(() => {
      this.quiet = false;
      this.#changed();
    }, QUIET);
    this.#changed();
  }
}
