/** "Typing" is told again this often while it goes on. */
const TELL_EVERY = 3_000;
/** Without a keystroke for so long, nobody types. */
const IDLE = 5_000;
/** The operator's sign fades by itself, should its end be lost. */
const FADES = 8_000;

/** Who is typing, both ways. */
export class Presence {
  /** The operator is typing. */
  typing = false;
  #told = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #fade: ReturnType<typeof setTimeout> | undefined;
  readonly #send: (frame: object) => void;
  readonly #changed: () => void;

  constructor(send: (frame: object) => void, changed: () => void) {
    this.#send = send;
    this.#changed = changed;
  }

  operator(isTyping: boolean): void {
    clearTimeout(this.#fade);
    if (isTyping) this.#fade = setTimeout(() => this.operator(false), FADES);
    this.typing = isTyping;
    this.#changed();
  }

  /** The visitor pressed a key. */
  typed(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stopped(), IDLE);
    const now = Date.now();
    if (now - this.#told < TELL_EVERY) return;
    this.#told = now;
    this.#send({ type: "widget.typing", is_typing: true });
  }

  /** The visitor sent, cleared or left the text. */
  stopped(): void {
    clearTimeout(this.#idle);
    if (!this.#told) return;
    this.#told = 0;
    this.#send({ type: "widget.typing", is_typing: false });
  }
}
