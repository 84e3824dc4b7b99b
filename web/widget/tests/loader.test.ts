import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

type Page = { OmniSupport?: ((...call: unknown[]) => unknown) & { q?: unknown[]; loaded?: true } };
const page = window as unknown as Page;

const launcher = () =>
  [...document.body.children]
    .map((child) => child.shadowRoot?.querySelector("button"))
    .find(Boolean);

/** Runs the loader as a page with this script tag would. */
const embed = async (attributes: Record<string, string>) => {
  const script = document.createElement("script");
  // Not run by the test's document; only its attributes count.
  script.type = "text/plain";
  for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
  script.src = "https://s.org/widget.js";
  document.head.append(script);
  vi.resetModules();
  await import("../src/loader/main");
};

describe("loader", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    document.head.replaceChildren();
    document.body.replaceChildren();
    delete page.OmniSupport;
  });
  afterEach(() => vi.useRealTimers());

  it("shows the button in the language of the page and loads nothing yet", async () => {
    await embed({ "data-channel": "wk", "data-locale": "ar" });
    expect(launcher()?.getAttribute("aria-label")).toBe("فتح المحادثة");
    expect(launcher()?.getAttribute("aria-busy")).toBeNull();
    expect(document.body.firstElementChild?.getAttribute("dir")).toBe("rtl");
  });

  it("does nothing without a channel, and nothing twice", async () => {
    await embed({});
    expect(launcher()).toBeUndefined();
    document.head.replaceChildren();
    await embed({ "data-channel": "wk" });
    await embed({ "data-channel": "wk" });
    expect(document.body.children).toHaveLength(1);
  });

  it("keeps trying to load the app, and says so", async () => {
    await embed({ "data-channel": "wk", "data-locale": "en" });
    launcher()?.click();
    expect(launcher()?.getAttribute("aria-busy")).toBe("true");
    await vi.waitFor(() =>
      expect(launcher()?.getAttribute("aria-label")).toContain("Still trying"),
    );
  });

  it("opens at once where asked, or where a talk is under way", async () => {
    await embed({ "data-channel": "wk", "data-open": "" });
    expect(launcher()?.getAttribute("aria-busy")).toBe("true");
    document.body.replaceChildren();
    document.head.replaceChildren();
    delete page.OmniSupport;
    localStorage.setItem("omnisupport:wk:s", JSON.stringify({ token: "t", talked: true }));
    localStorage.setItem("omnisupport:wk:u", "3");
    await embed({ "data-channel": "wk" });
    expect(launcher()?.getAttribute("aria-busy")).toBe("true");
  });

  it("takes the calls that a stub collected", async () => {
    const stub: Page["OmniSupport"] = () => undefined;
    stub.q = [["on", "open", () => undefined], ["open"]];
    page.OmniSupport = stub;
    await embed({ "data-channel": "wk" });
    expect(page.OmniSupport).not.toBe(stub);
    expect(launcher()?.getAttribute("aria-busy")).toBe("true");
  });

  it("gives back a way to stop listening", async () => {
    await embed({ "data-channel": "wk" });
    const stop = page.OmniSupport?.("on", "unread", () => undefined);
    expect(stop).toBeTypeOf("function");
  });

  it("works where storage is forbidden", async () => {
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    await embed({ "data-channel": "wk" });
    expect(launcher()).toBeTruthy();
  });
});
