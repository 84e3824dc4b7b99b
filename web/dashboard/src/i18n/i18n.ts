import { browserShelf } from "../lib/storage";
import { createStore, useStore } from "../lib/store";
import { type Formatters, formatters } from "./format";
import type english from "./messages/en.json";

export type Locale = "en" | "ru" | "ar";
export const LOCALES: readonly { locale: Locale; name: string }[] = [
  { locale: "ru", name: "Русский" },
  { locale: "en", name: "English" },
  { locale: "ar", name: "العربية" },
];

/** A text's name; every language has the same (`npm run check`). */
export type MessageKey = keyof typeof english;
export type Params = Record<string, string | number>;

/** A text, or its plural forms, of which `{count}` picks one. */
export type Entry = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Catalogue = Record<string, Entry>;

export interface I18n {
  locale: Locale;
  dir: "ltr" | "rtl";
  t: (key: MessageKey, params?: Params) => string;
  fmt: Formatters;
}

const CATALOGUES: Record<Locale, () => Promise<{ default: Catalogue }>> = {
  en: () => import("./messages/en.json"),
  ru: () => import("./messages/ru.json"),
  ar: () => import("./messages/ar.json"),
};

export function createI18n(locale: Locale, catalogue: Catalogue): I18n {
  const plurals = new Intl.PluralRules(locale);
  const fmt = formatters(locale);
  const dir = locale === "ar" ? "rtl" : "ltr";
  // A foreign name inside a right-to-left sentence keeps its own direction.
  const insert = (text: string) => (dir === "rtl" ? `\u2068${text}\u2069` : text);
  return {
    locale,
    dir,
    fmt,
    t(key, params = {}) {
      const entry = catalogue[key];
      if (entry === undefined) return key;
      const text =
        typeof entry === "string"
          ? entry
          : (entry[plurals.select(Number(params.count ?? 0))] ?? entry.other ?? key);
      return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
        const value = params[name];
        if (value === undefined) return whole;
        return insert(typeof value === "number" ? fmt.number(value) : value);
      });
    },
  };
}

const store = createStore<I18n>(createI18n("en", {}));

/** The language in use, for code outside React. */
export const i18n = (): I18n => store.get();

export const useI18n = (): I18n => useStore(store);

/** Loads a language and turns the page to it; `remember` keeps the choice in this browser. */
export async function setLocale(locale: Locale, remember = true): Promise<void> {
  const catalogue = await CATALOGUES[locale]();
  const next = createI18n(locale, catalogue.default);
  document.documentElement.lang = locale;
  document.documentElement.dir = next.dir;
  if (remember) browserShelf.write("locale", locale);
  store.set(next);
}

/** What was chosen before, else what the browser asks for, else `null`. */
export function preferredLocale(): Locale | null {
  const wanted = [browserShelf.read<string>("locale"), ...navigator.languages];
  for (const tag of wanted) {
    const found = LOCALES.find(({ locale }) => tag?.toLowerCase().split("-")[0] === locale);
    if (found !== undefined) return found.locale;
  }
  return null;
}
