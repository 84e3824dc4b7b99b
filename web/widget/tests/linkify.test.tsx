import { render } from "preact";
import { describe, expect, it } from "vitest";
import { safeUrl } from "../src/ui/attachment";
import { linkify } from "../src/ui/linkify";

const show = (text: string) => {
  const box = document.createElement("p");
  render(linkify(text), box);
  return box;
};
const links = (text: string) =>
  [...show(text).querySelectorAll("a")].map((a) => [a.textContent, a.getAttribute("href")]);

describe("linkify", () => {
  it("keeps the text exactly", () => {
    for (const text of [
      "",
      "plain",
      "a https://x.org b",
      "x@y.org, www.z.org!",
      "مرحبا https://x.org/مسار",
    ]) {
      expect(show(text).textContent).toBe(text);
    }
  });

  it("links http, https, mailto, tel, www and bare e-mail addresses", () => {
    expect(
      links(
        "http://a.org https://b.org/x?y=1#z mailto:c@d.org tel:+79161234567 www.e.org f.g@h.co.uk",
      ),
    ).toEqual([
      ["http://a.org", "http://a.org/"],
      ["https://b.org/x?y=1#z", "https://b.org/x?y=1#z"],
      ["mailto:c@d.org", "mailto:c@d.org"],
      ["tel:+79161234567", "tel:+79161234567"],
      ["www.e.org", "https://www.e.org/"],
      ["f.g@h.co.uk", "mailto:f.g@h.co.uk"],
    ]);
  });

  it("leaves every other scheme as text", () => {
    for (const text of [
      "javascript:alert(1)",
      "JaVaScRiPt://x",
      "data:text/html,<b>",
      "vbscript:x",
      "file:///etc",
      "intent://x",
      "blob:x",
    ]) {
      expect(links(text)).toEqual([]);
    }
  });

  it("never makes markup of a text", () => {
    const box = show(
      `<img src=x onerror=alert(1)> <a href="javascript:x">y</a> https://x.org/"onmouseover="z <iframe src=https://e.org>`,
    );
    expect(box.querySelectorAll("img, iframe, [onmouseover]")).toHaveLength(0);
    for (const a of box.querySelectorAll("a")) expect(a.href).toMatch(/^https:/);
  });

  it("opens links apart from the page", () => {
    const a = show("https://x.org").querySelector("a");
    expect(a?.rel).toContain("noopener");
    expect(a?.rel).toContain("noreferrer");
    expect(a?.target).toBe("_blank");
  });

  it("leaves the sentence its punctuation and the address its brackets", () => {
    expect(links("(see https://x.org/a_(b)).")).toEqual([
      ["https://x.org/a_(b)", "https://x.org/a_(b)"],
    ]);
    expect(links("«https://x.org»?!")).toEqual([["https://x.org", "https://x.org/"]]);
  });

  it("does not take direction marks into an address", () => {
    expect(links("https://x.org/\u202Egpj.exe")).toEqual([["https://x.org/", "https://x.org/"]]);
  });

  it("is fast on hostile text", () => {
    const begun = performance.now();
    for (const text of [
      "a.".repeat(20_000),
      `${"a".repeat(30_000)}@`,
      "www.".repeat(8_000),
      `https://${"(".repeat(30_000)}`,
      `x@${"a-.".repeat(9_000)}`,
      `https://x${")".repeat(1_900)}`,
    ]) {
      linkify(text);
    }
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe("safeUrl", () => {
  it("takes http and https only, relative to the server", () => {
    expect(safeUrl("/api/v1/f/1?sig=x", "https://s.org")).toBe("https://s.org/api/v1/f/1?sig=x");
    expect(safeUrl("https://cdn.org/1", "https://s.org")).toBe("https://cdn.org/1");
    for (const url of [
      undefined,
      "",
      "javascript:x",
      "data:text/html,x",
      "blob:https://s.org/1",
      "http://[",
    ]) {
      expect(safeUrl(url, "https://s.org")).toBeUndefined();
    }
  });
});
