import { describe, expect, it } from "vitest";
import { linkify } from "./linkify";

const links = (text: string) =>
  linkify(text)
    .filter(({ href }) => href !== undefined)
    .map(({ text, href }) => [text, href]);

describe("linkify", () => {
  it("finds addresses and leaves the sentence's own marks", () => {
    expect(links("См. https://example.com/a?b=1, и www.site.ru.")).toEqual([
      ["https://example.com/a?b=1", "https://example.com/a?b=1"],
      ["www.site.ru", "https://www.site.ru/"],
    ]);
    expect(links("пишите на anna@example.com!")).toEqual([
      ["anna@example.com", "mailto:anna@example.com"],
    ]);
  });

  it("never makes anything but web and mail links", () => {
    for (const text of [
      "javascript:alert(1)",
      "data:text/html,<script>alert(1)</script>",
      "<img src=x onerror=alert(1)>",
      "jAvAsCrIpT://example.com/%0aalert(1)",
      "file:///etc/passwd",
    ]) {
      for (const [, href] of links(text)) expect(href).toMatch(/^(https?|mailto):/);
    }
  });

  it("loses nothing of the text", () => {
    for (const text of ["", "a", "x https://a.b y@z.io w", "https://", "((https://a.b))", "@@@"]) {
      expect(
        linkify(text)
          .map((part) => part.text)
          .join(""),
      ).toBe(text);
    }
  });
});
