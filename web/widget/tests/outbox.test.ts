import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/core/api";
import { type Carrier, Outbox } from "../src/core/outbox";
import { Store } from "../src/core/store";
import { deferred, message, settle } from "./helpers";

const carrier = () => ({
  ready: vi.fn(() => true),
  upload: vi.fn<Carrier["upload"]>(),
  post: vi.fn<Carrier["post"]>(),
  sent: vi.fn(),
  refused: vi.fn(),
  changed: vi.fn(),
});
const open = (with_: Carrier) => new Outbox(new Store("t:"), with_);
const keysOf = (mock: ReturnType<typeof carrier>) => mock.post.mock.calls.map(([item]) => item.key);

describe("outbox", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
  });
  afterEach(() => vi.useRealTimers());

  it("sends in order, one at a time", async () => {
    const with_ = carrier();
    const first = deferred<ReturnType<typeof message>>();
    with_.post.mockReturnValueOnce(first.promise).mockResolvedValue(message());
    const box = open(with_);
    box.add("text", { text: "one" });
    box.add("text", { text: "two" });
    await settle();
    expect(with_.post).toHaveBeenCalledTimes(1);
    expect(box.items.map((item) => item.state)).toEqual(["sending", "waiting"]);
    first.resolve(message());
    await settle();
    expect(with_.post.mock.calls.map(([item]) => item.content.text)).toEqual(["one", "two"]);
    expect(box.items).toEqual([]);
    expect(localStorage.length).toBe(0);
  });

  it("tries again under the same key, in order, after a lost connection", async () => {
    const with_ = carrier();
    with_.post.mockRejectedValueOnce(new ApiError(0)).mockResolvedValue(message());
    const box = open(with_);
    box.add("text", { text: "one" });
    box.add("text", { text: "two" });
    await settle();
    expect(box.items.map((item) => item.state)).toEqual(["waiting", "waiting"]);
    await box.wake();
    const [first, again, second] = keysOf(with_);
    expect(again).toBe(first);
    expect(second).not.toBe(first);
  });

  it("tries again by itself, ever more slowly", async () => {
    const with_ = carrier();
    with_.post.mockRejectedValue(new ApiError(503));
    open(with_).add("text", { text: "one" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(with_.post.mock.calls.length).toBeGreaterThanOrEqual(2);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(with_.post.mock.calls.length).toBeGreaterThan(20);
    expect(with_.post.mock.calls.length).toBeLessThan(60);
    expect(new Set(keysOf(with_)).size).toBe(1);
  });

  it("survives a reload under the same key and order", async () => {
    const away = carrier();
    away.post.mockRejectedValue(new ApiError(0));
    const before = open(away);
    before.add("text", { text: "one" });
    before.add("text", { text: "two" });
    await settle();
    const keys = before.items.map((item) => item.key);

    const back = carrier();
    back.post.mockResolvedValue(message());
    const after = open(back);
    expect(after.items.map((item) => item.key)).toEqual(keys);
    await after.wake();
    expect(keysOf(back)).toEqual(keys);
  });

  it("obeys Retry-After even when woken", async () => {
    const with_ = carrier();
    with_.post
      .mockRejectedValueOnce(new ApiError(429, "rate_limited", 7_000))
      .mockResolvedValue(message());
    const box = open(with_);
    box.add("text", { text: "one" });
    await settle();
    await box.wake();
    box.add("text", { text: "two" });
    await vi.advanceTimersByTimeAsync(6_900);
    expect(with_.post).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(with_.post).toHaveBeenCalledTimes(3);
  });

  it("marks what was refused for good, lets the rest pass, and retries under the same key", async () => {
    const with_ = carrier();
    with_.post.mockRejectedValueOnce(new ApiError(422, "invalid")).mockResolvedValue(message());
    const box = open(with_);
    box.add("text", { text: "bad" });
    box.add("text", { text: "good" });
    await settle();
    expect(box.items.map((item) => [item.content.text, item.state])).toEqual([["bad", "failed"]]);
    // Refused for good stays refused over a reload, until the visitor says otherwise.
    expect(open(carrier()).items[0]?.state).toBe("failed");
    const item = box.items[0];
    if (!item) throw new Error("gone");
    box.retry(item);
    await settle();
    expect(keysOf(with_).at(-1)).toBe(item.key);
    expect(box.items).toEqual([]);
  });

  it("waits for a new session when this one is refused", async () => {
    const with_ = carrier();
    with_.post.mockRejectedValueOnce(new ApiError(401)).mockResolvedValue(message());
    const box = open(with_);
    box.add("text", { text: "one" });
    await settle();
    expect(with_.refused).toHaveBeenCalledOnce();
    expect(box.items[0]?.state).toBe("waiting");
    await box.wake();
    expect(with_.sent).toHaveBeenCalledOnce();
  });

  it("does not send without a session", async () => {
    const with_ = carrier();
    with_.ready.mockReturnValue(false);
    open(with_).add("text", { text: "one" });
    await settle();
    expect(with_.post).not.toHaveBeenCalled();
  });

  it("uploads a file once, even when the message then needs several attempts", async () => {
    const with_ = carrier();
    with_.upload.mockResolvedValue({
      id: "f1",
      file_name: "a.png",
      mime_type: "image/png",
      size: 3,
      url: "/f1",
    });
    with_.post.mockRejectedValueOnce(new ApiError(0)).mockResolvedValue(message());
    const box = open(with_);
    box.add("image", { file_name: "a.png" }, new File(["abc"], "a.png", { type: "image/png" }));
    expect(localStorage.length).toBe(0);
    await settle();
    // From here on the message can survive a reload: its bytes are on the server.
    expect(localStorage.length).toBe(1);
    await box.wake();
    expect(with_.upload).toHaveBeenCalledOnce();
    expect(with_.post.mock.calls[1]?.[0].content.file_id).toBe("f1");
  });

  it("uploads again when a refused file is retried", async () => {
    const with_ = carrier();
    const stored = { file_name: "a.pdf", mime_type: "application/pdf", size: 3, url: "/" };
    with_.upload.mockResolvedValueOnce({ id: "f1", ...stored });
    with_.upload.mockResolvedValueOnce({ id: "f2", ...stored });
    with_.post.mockRejectedValueOnce(new ApiError(404)).mockResolvedValue(message());
    const box = open(with_);
    box.add("file", { file_name: "a.pdf" }, new File(["abc"], "a.pdf"));
    await settle();
    expect(localStorage.length).toBe(0);
    const [item] = box.items;
    if (!item) throw new Error("gone");
    box.retry(item);
    await settle();
    expect(with_.post.mock.calls.at(-1)?.[0].content.file_id).toBe("f2");
  });

  it("never sends for the next person what the one before left behind", async () => {
    const with_ = carrier();
    const stored = deferred<Awaited<ReturnType<Carrier["upload"]>>>();
    with_.upload.mockReturnValue(stored.promise);
    const box = open(with_);
    box.add("file", { file_name: "a.pdf" }, new File(["abc"], "a.pdf"));
    box.add("text", { text: "private" });
    await settle();
    box.clear();
    stored.resolve({
      id: "f1",
      file_name: "a.pdf",
      mime_type: "application/pdf",
      size: 3,
      url: "/",
    });
    await settle();
    expect(with_.post).not.toHaveBeenCalled();
    expect(localStorage.length).toBe(0);
  });

  it("works without storage", async () => {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    const with_ = carrier();
    with_.post.mockRejectedValueOnce(new ApiError(0)).mockResolvedValue(message());
    const box = open(with_);
    box.add("text", { text: "one" });
    await settle();
    expect(box.items).toHaveLength(1);
    await box.wake();
    expect(with_.sent).toHaveBeenCalledOnce();
  });

  it("is bounded", () => {
    const with_ = carrier();
    with_.ready.mockReturnValue(false);
    const box = open(with_);
    while (box.fits(1)) box.add("text", { text: "x" });
    expect(box.items).toHaveLength(50);
  });

  it("takes over what another tab wrote and drops what another tab sent", async () => {
    const with_ = carrier();
    with_.ready.mockReturnValue(false);
    const mine = open(with_);
    const other = open(with_);
    other.add("text", { text: "from the other tab" });
    const key = `t:q:${other.items[0]?.key}`;
    window.dispatchEvent(new StorageEvent("storage", { key }));
    expect(mine.items.map((item) => item.key)).toEqual(other.items.map((item) => item.key));
    localStorage.removeItem(key);
    window.dispatchEvent(new StorageEvent("storage", { key }));
    expect(mine.items).toEqual([]);
  });
});
