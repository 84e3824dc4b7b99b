import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Chat } from "../src/core/chat";
import { Store } from "../src/core/store";
import { createMock } from "./mock/server.mjs";

// Real HTTP and real sockets; the server dies and comes back as servers do.
describe("over a real network", () => {
  const mock = createMock({ settings: { name: "Mock" } });
  let origin = "";

  beforeEach(async () => {
    localStorage.clear();
    // The shortest pauses: the shape of the backoff is tested elsewhere.
    vi.spyOn(Math, "random").mockReturnValue(0);
    origin = await mock.listen();
  });
  afterEach(() => mock.stop());

  const open = () => {
    const chat = new Chat({
      origin,
      widgetKey: "wk_test",
      store: new Store("n:"),
      locale: () => "en",
      visible: () => true,
      changed: () => undefined,
      arrived: () => undefined,
    });
    chat.opened();
    return chat;
  };
  const until = (done: () => boolean) =>
    vi.waitFor(() => expect(done()).toBe(true), { timeout: 8_000, interval: 20 });

  it("loses and doubles nothing when the server dies in the middle of a talk", async () => {
    const chat = open();
    await until(() => chat.live);
    // The first message is stored, but its answer is lost; then the server is gone.
    mock.state.loseAnswers = 1;
    chat.send("one", []);
    await until(() => mock.state.messages.length === 1);
    const port = Number(new URL(origin).port);
    await mock.stop();
    chat.send("two", []);
    chat.send("three", []);
    await until(() => !chat.live);
    mock.operator.reply("while you were away");
    await mock.listen(port);
    await until(() => chat.live && chat.outbox.items.length === 0);
    mock.operator.reply("welcome back");
    await until(() => chat.messages.length === 5);
    const texts = ["one", "while you were away", "two", "three", "welcome back"];
    expect(mock.state.messages.map((m) => m.content.text)).toEqual(texts);
    expect(chat.messages.map((m) => m.content.text)).toEqual(texts);
    // The operator's words were seen, and the server knows.
    await until(() =>
      mock.state.messages.every((m) => m.direction === "inbound" || m.status === "read"),
    );
  }, 20_000);
});
