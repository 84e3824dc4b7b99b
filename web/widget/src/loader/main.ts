/**
 * The script of the embed snippet: a few kilobytes that show the button, keep the page's calls, and
 * fetch the app when somebody needs it.
 */
import { LONGEST_PAUSE } from "../core/backoff";
import type { Kept } from "../core/chat";
import { openStore, openTabStore } from "../core/store";
import type { Settings } from "../core/types";
import labels from "../i18n/loader.json";
import { chooseLocale, directionOf } from "../i18n/locale";
import type { App, Call, Events } from "./bridge";
import { createLauncher } from "./launcher";

/** The app's file name with its hash, put in by the build. */
declare const __APP_FILE__: string;

type Listener = (detail: never) => void;
/** The function the page calls; before the script came it may be a stub that collects calls in `q`. */
interface Facade {
  (...call: Call): unknown;
  q?: ArrayLike<unknown>[];
  loaded?: true;
}

const page = window as unknown as { OmniSupport?: Facade };

const boot = (script: HTMLScriptElement): void => {
  const { channel = "", locale: asked, open, color } = script.dataset;
  const origin = new URL(script.src).origin;
  const store = openStore(channel);
  const locale = chooseLocale(asked);
  const words = labels[locale];
  const listeners = new Map<string, Set<Listener>>();
  const waiting: Call[] = [];
  let app: ((call: Call) => void) | undefined;
  let loading = false;

  const emit = <E extends keyof Events>(event: E, detail: Events[E]): void => {
    for (const listener of listeners.get(event) ?? []) {
      try {
        listener(detail as never);
      } catch (error) {
        // The page's mistake must not stop the chat, and must not be hidden from the page either.
        setTimeout(() => {
          throw error;
        });
      }
    }
  };

  const call: Facade = (...values: Call): unknown => {
    const [name, event, listener] = values;
    if (name === "on" && typeof listener === "function") {
      const known = listeners.get(String(event)) ?? new Set();
      listeners.set(String(event), known.add(listener as Listener));
      return () => known.delete(listener as Listener);
    }
    if (app) app(values);
    else if (waiting.length < 100) waiting.push(values);
    if (name === "open") void load();
    return undefined;
  };

  const { root, launcher } = createLauncher(() => call("open"));
  const bridge = { origin, widgetKey: channel, store, locale, root, launcher, emit };

  /** Fetches and starts the app, however long the network takes. */
  const load = async (): Promise<void> => {
    if (app || loading) return;
    loading = true;
    launcher.button.setAttribute("aria-busy", "true");
    for (let wait = 1000; !app; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
      const module = await fetchApp(`${origin}/widget/`);
      if (module) {
        app = module.start(bridge);
      } else {
        launcher.badge(0, words.failed);
        await sleepOrOnline(wait);
      }
    }
    launcher.button.removeAttribute("aria-busy");
    emit("ready", undefined);
    for (const values of waiting.splice(0)) app(values);
  };

  const kept = store.get<Kept>("s") ?? {};
  const known = store.get<Settings>("c")?.color;
  launcher.colour(known ?? color);
  launcher.direction(directionOf(locale));
  launcher.badge(store.get<number>("u") ?? 0, words.open);

  for (const values of page.OmniSupport?.q ?? []) call(...(Array.from(values) as unknown as Call));
  page.OmniSupport = call;
  call.loaded = true;
  // Nobody clicked, so the focus stays where it is.
  if (open !== undefined) call("open", false);
  // Somebody may answer, something waits to be sent, or the panel was open before the reload.
  const reopen = openTabStore(channel).get<boolean>("o");
  if (kept.talked || reopen || store.names("q:").length > 0) void load();
};

const fetchApp = async (base: string): Promise<App | undefined> => {
  try {
    return (await import(/* @vite-ignore */ base + __APP_FILE__)) as App;
  } catch {
    try {
      // Another address: browsers remember a failed module, and a new release has another hash.
      return (await import(/* @vite-ignore */ `${base}widget-app.js?${Date.now()}`)) as App;
    } catch {
      return undefined;
    }
  }
};

const sleepOrOnline = (wait: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, wait);
    addEventListener("online", () => resolve(), { once: true });
  });

const script =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>("script[data-channel][src$='/widget.js']");
if (script?.dataset.channel && !page.OmniSupport?.loaded) {
  if (document.body) boot(script);
  else addEventListener("DOMContentLoaded", () => boot(script), { once: true });
}
