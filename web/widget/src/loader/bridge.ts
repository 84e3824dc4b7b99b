import type { Store } from "../core/store";
import type { Locale } from "../i18n/locale";

/** A command of the page: `OmniSupport("open")` is `["open"]`. */
export type Call = readonly [name: string, ...values: unknown[]];

/** What the page can listen to with `OmniSupport("on", event, listener)`. */
export interface Events {
  ready: undefined;
  open: undefined;
  close: undefined;
  unread: number;
  message: { id: string; sender_type: string; content_type: string };
}

/** What the loader hands to the app it has loaded. */
export interface Bridge {
  /** Where the script came from: the only server the widget ever talks to. */
  readonly origin: string;
  readonly widgetKey: string;
  readonly store: Store;
  readonly locale: Locale;
  readonly root: ShadowRoot;
  readonly launcher: Launcher;
  emit<E extends keyof Events>(event: E, detail: Events[E]): void;
}

/** The round button. */
export interface Launcher {
  readonly button: HTMLButtonElement;
  /** Shows or hides it: the open panel has its own way out. */
  show(visible: boolean): void;
  /** The number on it and what a screen reader says. */
  badge(count: number, label: string): void;
  direction(dir: "ltr" | "rtl"): void;
  colour(value: unknown): void;
}

/** What the app's module exports. */
export interface App {
  start(bridge: Bridge): (call: Call) => void;
}
