import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Language = "ru" | "en" | "ar";
export const LANGUAGES: readonly Language[] = ["ru", "en", "ar"];

type Catalogue = Record<string, string | Record<string, string>>;

const read = (folder: string, language: Language): Catalogue =>
  JSON.parse(readFileSync(join(import.meta.dirname, "..", folder, `${language}.json`), "utf8"));

const dashboard = (language: Language) => read("dashboard/src/i18n/messages", language);
const widget = (language: Language) => read("widget/src/i18n", language);

function text(catalogue: Catalogue, key: string, params: Record<string, string>): string {
  const entry = catalogue[key];
  if (typeof entry !== "string") throw new Error(`no plain text is called "${key}"`);
  return entry.replace(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);
}

/** A text of the dashboard, as its users read it. */
export const said = (language: Language, key: string, params: Record<string, string> = {}) =>
  text(dashboard(language), key, params);

/** A text of the widget. */
export const widgetSaid = (language: Language, key: string) => text(widget(language), key, {});

/** What must not be read on a page of `language`: names of texts, and English where there is a translation. */
export function foreignTexts(language: Language): Set<string> {
  const english = dashboard("en");
  const own = dashboard(language);
  const found = new Set(Object.keys(english));
  for (const [key, entry] of Object.entries(english)) {
    const translated = own[key];
    // Short words and names may be the same in any language.
    if (
      typeof entry === "string" &&
      entry.length > 8 &&
      !entry.includes("{") &&
      entry !== translated
    ) {
      found.add(entry);
    }
  }
  return found;
}
