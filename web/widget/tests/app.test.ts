import { beforeEach, describe, expect, it, vi } from "vitest";
import { openStore } from "../src/core/store";
import type { Bridge, Call } from "../src/loader/bridge";
import { createLauncher } from "../src/loader/launcher";
import { start } from "../src/main";
import { FakeSocket, message, useFakeSockets } from "./helpers";

let app: (call: Call) => void;
let root: ShadowRoot;
let bridge: Bridge;
let bodies: Record<string, unknown>[];
const emit = vi.fn();

const panel = () => root.querySelector<HTMLElement>("[role=dialog]");
const button = () => bridge.launcher.button;
const press = (element: Element, key: string) =>
  element.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }),
  );
const text = () => panel()?.querySelector("textarea") as HTMLTextAreaElement;
const write = (words: string) => {
  text().value = words;
  text().dispatchEvent(new Event("input", { bubbles: true }));
};
const shown = (what: () => unknown) =>
  vi.waitFor(() => expect(what()).toBeTruthy(), { timeout: 5_000 });
const bubbles = () =>
  [...(panel()?.querySelectorAll("li .bubble > p") ?? [])].map((p) => p.textContent);

const launch = () => {
  document.body.replaceChildren();
  const made = createLauncher(() => app(["open"]));
  root = made.root;
  const store = openStore("wk");
  bridge = {
    origin: "https://s.org",
    widgetKey: "wk",
    store,
    locale: "ru",
    root,
    launcher: made.launcher,
    emit,
  };
  app = start(bridge);
};

describe("app", () => {
  beforeEach(() => {
    localStorage.clear();
    sessionStorage.clear();
    emit.mockClear();
    useFakeSockets();
    bodies = [];
    let seq = 10;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      const body = JSON.parse(String(init.body));
      bodies.push(body);
      const answer = url.endsWith("/sessions")
        ? {
            session_token: "t",
            settings: { name: "Салон", color: "#ffd60a" },
            messages: [message({ seq: 1, status: "read" })],
          }
        : {
            message: message({
              seq: ++seq,
              direction: "inbound",
              sender_type: "customer",
              content: body.content,
            }),
          };
      return new Response(JSON.stringify(answer));
    });
    launch();
  });

  it("opens as a labelled dialog with the focus in the text, and Escape gives it back to the button", async () => {
    button().click();
    await shown(() => panel()?.getAttribute("aria-label") === "Салон");
    expect(panel()?.getAttribute("aria-modal")).toBe("true");
    expect(root.activeElement).toBe(text());
    expect(button().hidden).toBe(true);
    expect(panel()?.querySelector("[role=log]")?.getAttribute("aria-live")).toBe("polite");
    press(text(), "Escape");
    expect(panel()).toBeNull();
    expect(button().hidden).toBe(false);
    expect(root.activeElement).toBe(button());
    expect(emit.mock.calls.map(([event]) => event).filter((event) => event !== "unread")).toEqual([
      "open",
      "close",
    ]);
  });

  it("keeps Tab inside", async () => {
    button().click();
    await shown(panel);
    const inside = [...(panel()?.querySelectorAll<HTMLElement>("button:not(:disabled)") ?? [])];
    inside[0]?.focus();
    panel()
      ?.querySelector(".head button")
      ?.dispatchEvent(
        new KeyboardEvent("keydown", {
          key: "Tab",
          shiftKey: true,
          bubbles: true,
          cancelable: true,
        }),
      );
    expect(root.activeElement).toBe(text());
    press(text(), "Tab");
    expect(root.activeElement).toBe(inside[0]);
  });

  it("does not let the page hear what is typed", async () => {
    const heard = vi.fn();
    document.addEventListener("keydown", heard);
    button().click();
    await shown(panel);
    press(text(), "/");
    expect(heard).not.toHaveBeenCalled();
    document.removeEventListener("keydown", heard);
  });

  it("sends with Enter, not with Shift+Enter nor while a word is composed", async () => {
    button().click();
    await shown(() => bubbles().length > 1);
    write("привет");
    text().dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", shiftKey: true, bubbles: true }),
    );
    text().dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }),
    );
    expect(bodies).toHaveLength(1);
    await shown(() => text().value === "привет");
    press(text(), "Enter");
    await shown(() => bubbles().includes("привет"));
    expect(bodies.at(-1)).toEqual({ content_type: "text", content: { text: "привет" } });
    expect(text().value).toBe("");
  });

  it("keeps a draft over a reload", async () => {
    button().click();
    await shown(panel);
    write("недописанное");
    launch();
    button().click();
    await shown(() => text()?.value === "недописанное");
  });

  it("counts on the button what came while it was closed", async () => {
    button().click();
    await shown(() => FakeSocket.all.length > 0);
    FakeSocket.last.accept();
    app(["close"]);
    for (const seq of [2, 3])
      FakeSocket.last.frame({ type: "message.new", message: message({ seq }) });
    await shown(() => button().getAttribute("aria-label") === "2 непрочитанных сообщения");
    expect(button().textContent).toBe("2");
    expect(emit).toHaveBeenCalledWith("unread", 2);
    expect(emit).toHaveBeenCalledWith("message", {
      id: "m3",
      sender_type: "operator",
      content_type: "text",
    });
    button().click();
    await shown(() => button().getAttribute("aria-label") === "Открыть чат");
  });

  it("brings earlier messages on demand, and greets where the thread begins", async () => {
    let status = 503;
    vi.stubGlobal("fetch", async (url: string) => {
      const answer = url.endsWith("/sessions")
        ? { session_token: "t", settings: {}, messages: [message({ seq: 2 })], has_before: true }
        : { items: [message({ seq: 1 })], has_before: false, has_after: true };
      return new Response(JSON.stringify(answer), {
        status: url.endsWith("/sessions") ? 200 : status,
      });
    });
    const log = () => panel()?.querySelector("[role=log]");
    const earlier = () => panel()?.querySelector<HTMLButtonElement>(".day button");
    button().click();
    await shown(earlier);
    expect(earlier()?.textContent).toBe("Предыдущие сообщения");
    expect(bubbles()).toEqual(["text 2"]);
    earlier()?.click();
    await shown(() => panel()?.querySelector("[role=alert]"));
    expect(panel()?.querySelector("[role=alert]")?.textContent).toBe("Не загружено.");
    expect(earlier()?.textContent).toBe("Повторить");
    status = 200;
    earlier()?.focus();
    earlier()?.click();
    await shown(() => bubbles().length > 1);
    expect(bubbles()).toEqual(["Здравствуйте! Чем можем помочь?", "text 1", "text 2"]);
    expect(earlier()).toBeNull();
    expect(root.activeElement).toBe(log());
    // What was said long ago is not read out; what comes next is.
    expect(log()?.getAttribute("aria-live")).toBe("off");
    await shown(() => log()?.getAttribute("aria-live") === "polite");
  });

  it("writes dark on a light brand colour", async () => {
    button().click();
    await shown(() => panel()?.style.getPropertyValue("--accent") === "#ffd60a");
    expect(panel()?.style.getPropertyValue("--on-accent")).toBe("#111");
  });

  it("tells the server about the visitor only what the API knows", async () => {
    app(["identify", { name: "Анна", email: "", password: "secret", external_id: 42 }]);
    app(["open"]);
    await shown(() => bodies.length > 0);
    expect(bodies[0]?.visitor).toMatchObject({ name: "Анна", external_id: "42" });
    expect(JSON.stringify(bodies)).not.toContain("secret");
    expect(bodies[0]?.visitor).not.toHaveProperty("email");
  });

  it("changes its language on the fly, right to left included", async () => {
    button().click();
    await shown(panel);
    app(["set", { locale: "ar" }]);
    await shown(() => panel()?.dir === "rtl");
    expect(panel()?.lang).toBe("ar");
    expect(text().placeholder).toBe("اكتب رسالة…");
  });

  it("shows markup as text", async () => {
    button().click();
    await shown(() => FakeSocket.all.length > 0);
    FakeSocket.last.accept();
    const evil = "<img src=x onerror=alert(1)><b>жирно</b>";
    FakeSocket.last.frame({
      type: "message.new",
      message: message({ seq: 9, content: { text: evil } }),
    });
    await shown(() => bubbles().includes(evil));
    expect(panel()?.querySelector("li img, li b")).toBeNull();
  });

  it("says when somebody is back, and the place in the queue while it is known", async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const hours = { open: false, next_open_at: tomorrow };
    const session = { session_token: "t", settings: { online: true, hours }, messages: [] };
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ ...session, position: 51 })));
    button().click();
    await shown(() => panel()?.textContent?.includes("Мы закрыты, откроемся:"));
    const told = () => panel()?.querySelector("[role=status]")?.textContent;
    await shown(() => FakeSocket.all.length > 0);
    await shown(() => told() === "Вы в очереди под номером 50+");
    FakeSocket.last.onopen?.();
    FakeSocket.last.frame({ type: "widget.connected", position: 7 });
    await shown(() => told() === "Вы в очереди под номером 7");
    FakeSocket.last.frame({ type: "queue.position", position: null });
    await shown(() => told() === "");
  });
});
