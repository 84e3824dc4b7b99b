import { browserShelf } from "./storage";
import { createStore, useStore } from "./store";

export type Theme = "system" | "light" | "dark";

/** What a person chose in this browser. */
export interface Prefs {
  theme: Theme;
  sound: boolean;
  /** Desktop notices; the browser's own permission is asked for when this is switched on. */
  notices: boolean;
  /** Single-key shortcuts. */
  shortcuts: boolean;
  /** How long an answer waits before it goes, so that it can be taken back; 0 = it goes at once. */
  undoSeconds: number;
}

const DEFAULTS: Prefs = {
  theme: "system",
  sound: true,
  notices: false,
  shortcuts: true,
  undoSeconds: 0,
};

const store = createStore<Prefs>({ ...DEFAULTS, ...browserShelf.read<Partial<Prefs>>("prefs") });

export const prefs = (): Prefs => store.get();
export const usePrefs = (): Prefs => useStore(store);

export function setPrefs(change: Partial<Prefs>): void {
  store.set((current) => ({ ...current, ...change }));
  browserShelf.write("prefs", store.get());
  applyTheme();
}

/** Turns the page to the chosen theme; without a choice the system's is used. */
export function applyTheme(): void {
  const { theme } = store.get();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
