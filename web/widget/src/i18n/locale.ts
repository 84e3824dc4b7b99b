/** The languages the widget speaks. */
export type Locale = "en" | "ru" | "ar";

/** The language of a tag such as `ru-RU`, if it is one of ours. */
export const localeOf = (tag: unknown): Locale | undefined => {
  const language = String(tag ?? "")
    .slice(0, 2)
    .toLowerCase();
  return language === "en" || language === "ru" || language === "ar" ? language : undefined;
};

/** What the embedding asks for, else the page's language, else the browser's. */
export const chooseLocale = (asked: unknown): Locale =>
  localeOf(asked) ??
  localeOf(document.documentElement.lang) ??
  navigator.languages.map(localeOf).find((found) => found) ??
  "en";

export const directionOf = (locale: Locale): "rtl" | "ltr" => (locale === "ar" ? "rtl" : "ltr");
