/**
 * A small memory that survives reloads: JSON values in the browser's storage under one prefix.
 *
 * Storage may be forbidden (private windows, blocked third-party data) or full. Then the value lives
 * in RAM and the widget works until the page is left.
 */
export class Store {
  readonly #ram = new Map<string, string>();

  readonly #prefix: string;
  readonly #kind: "localStorage" | "sessionStorage";

  constructor(prefix: string, kind: "localStorage" | "sessionStorage" = "localStorage") {
    this.#prefix = prefix;
    this.#kind = kind;
  }

  get<T>(name: string): T | undefined {
    try {
      const text = this.#ram.get(name) ?? window[this.#kind].getItem(this.#prefix + name);
      return text == null ? undefined : (JSON.parse(text) as T);
    } catch {
      return undefined;
    }
  }

  set(name: string, value: unknown): void {
    const text = JSON.stringify(value);
    try {
      window[this.#kind].setItem(this.#prefix + name, text);
      this.#ram.delete(name);
    } catch {
      this.#ram.set(name, text);
    }
  }

  remove(name: string): void {
    this.#ram.delete(name);
    try {
      window[this.#kind].removeItem(this.#prefix + name);
    } catch {
      // Nothing was stored there either.
    }
  }

  /** The names that begin so, in no particular order. */
  names(start: string): string[] {
    const found = new Set([...this.#ram.keys()].filter((name) => name.startsWith(start)));
    try {
      const whole = this.#prefix + start;
      for (const key of Object.keys(window[this.#kind])) {
        if (key.startsWith(whole)) found.add(key.slice(this.#prefix.length));
      }
    } catch {
      // RAM is all there is.
    }
    return [...found];
  }

  /** Calls back with the name of a value that another tab changed. */
  watch(changed: (name: string) => void): void {
    addEventListener("storage", (event) => {
      if (event.key?.startsWith(this.#prefix)) changed(event.key.slice(this.#prefix.length));
    });
  }
}

const prefix = (widgetKey: string) => `omnisupport:${widgetKey}:`;

/** The memory of one widget key; the loader and the app share it, and so do all tabs. */
export const openStore = (widgetKey: string) => new Store(prefix(widgetKey));

/** The same for this tab alone, gone with it. */
export const openTabStore = (widgetKey: string) => new Store(prefix(widgetKey), "sessionStorage");
