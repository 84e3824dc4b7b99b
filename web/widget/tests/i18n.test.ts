import { describe, expect, it } from "vitest";
import { I18n } from "../src/i18n";
import ar from "../src/i18n/ar.json";
import en from "../src/i18n/en.json";
import { chooseLocale, directionOf, localeOf } from "../src/i18n/locale";
import ru from "../src/i18n/ru.json";

describe("languages", () => {
  it("have the same sentences", () => {
    expect(Object.keys(ru).sort()).toEqual(Object.keys(en).sort());
    expect(Object.keys(ar).sort()).toEqual(Object.keys(en).sort());
  });

  it("count rightly", () => {
    const said = (locale: "en" | "ru" | "ar", n: number) => new I18n(locale).count("unread", n);
    expect(said("en", 1)).toBe("1 unread message");
    expect(said("en", 5)).toBe("5 unread messages");
    expect([1, 2, 5, 21, 22, 111].map((n) => said("ru", n))).toEqual([
      "1 непрочитанное сообщение",
      "2 непрочитанных сообщения",
      "5 непрочитанных сообщений",
      "21 непрочитанное сообщение",
      "22 непрочитанных сообщения",
      "111 непрочитанных сообщений",
    ]);
    expect(said("ar", 2)).toBe("رسالتان غير مقروءتين");
    expect(new Set([0, 1, 2, 3, 11].map((n) => said("ar", n).replace(/[\d٠-٩]+/g, "#"))).size).toBe(
      5,
    );
  });

  it("name days", () => {
    const now = new Date(2026, 10, 21, 0, 5);
    const day = (at: Date) => new I18n("en").day(at, now);
    expect(day(new Date(2026, 10, 21, 0, 1))).toBe("Today");
    expect(day(new Date(2026, 10, 20, 23, 59))).toBe("Yesterday");
    expect(day(new Date(2026, 10, 3))).toMatch(/November/);
    expect(day(new Date(2025, 10, 3))).toMatch(/2025/);
    expect(new I18n("ru").day(now, now)).toBe("Сегодня");
  });

  it("measure files as the limit is meant", () => {
    expect(new I18n("en").size(20 * 1024 * 1024)).toBe("20 MB");
    expect(new I18n("ru").size(1536)).toBe("1,5 кБ");
  });

  it("are chosen by embedding, page, browser", () => {
    document.documentElement.lang = "ru-RU";
    expect(chooseLocale("ar")).toBe("ar");
    expect(chooseLocale("fr")).toBe("ru");
    document.documentElement.lang = "";
    expect(chooseLocale(undefined)).toBe("en");
    expect(localeOf("AR_eg")).toBe("ar");
    expect(directionOf("ar")).toBe("rtl");
  });
});
