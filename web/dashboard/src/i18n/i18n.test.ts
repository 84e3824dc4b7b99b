import { describe, expect, it } from "vitest";
import { ApiError } from "../api/problem";
import { createI18n, type Locale } from "./i18n";
import ar from "./messages/ar.json";
import en from "./messages/en.json";
import ru from "./messages/ru.json";
import { problemText } from "./problem-text";

const languages: Record<Locale, ReturnType<typeof createI18n>> = {
  en: createI18n("en", en),
  ru: createI18n("ru", ru),
  ar: createI18n("ar", ar),
};

describe("plurals", () => {
  it("follow the language", () => {
    const { ru, en } = languages;
    expect([1, 2, 5, 11, 21, 102].map((count) => ru.t("inbox.unread", { count }))).toEqual([
      "1 непрочитанное сообщение",
      "2 непрочитанных сообщения",
      "5 непрочитанных сообщений",
      "11 непрочитанных сообщений",
      "21 непрочитанное сообщение",
      "102 непрочитанных сообщения",
    ]);
    expect(en.t("inbox.unread", { count: 1 })).toBe("1 unread message");
    expect(languages.ar.t("inbox.unread", { count: 2 })).toBe("رسالتان غير مقروءتين");
  });
});

describe("names", () => {
  it("are put in as they are, whatever they contain", () => {
    const name = "{name} <b>$& \\1";
    expect(languages.en.t("assign.self", { name })).toBe(`${name} (you)`);
  });

  it("keep their direction in Arabic", () => {
    expect(languages.ar.t("assign.self", { name: "Anna" })).toBe("\u2068Anna\u2069 (أنت)");
  });
});

describe("relative times", () => {
  const now = Date.parse("2026-11-21T12:00:00");
  const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

  it("are short and never in the future", () => {
    const { fmt } = languages.en;
    expect(fmt.ago(ago(-5), now)).toBe("now");
    expect(fmt.ago(ago(3), now)).toBe("3 min");
    expect(fmt.ago(ago(120), now)).toBe("10:00 AM");
    expect(fmt.ago(ago(3 * 24 * 60), now)).toBe("Wed");
    expect(fmt.day(ago(0), now)).toBe("Today");
    expect(languages.ru.fmt.day(ago(24 * 60), now)).toBe("Вчера");
  });
});

it("sizes are told in the reader's units", () => {
  expect(languages.en.fmt.bytes(1_234_567)).toBe("1.2 MB");
  expect(languages.ru.fmt.bytes(900)).toBe("900 Б");
});

describe("errors", () => {
  it("have words in each language, and never the server's own", () => {
    for (const language of Object.values(languages)) {
      const known = new ApiError({ status: 503, code: "storage_full", detail: "/var/x" });
      expect(problemText(language, known)).not.toContain("/var");
      expect(problemText(language, new Error("secret"))).toBe(language.t("error.unknown"));
    }
    const slow = new ApiError({ status: 429, code: "rate_limited", retryAfter: 2 });
    expect(problemText(languages.ru, slow)).toContain("2 секунды");
  });
});
