import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../api/problem";
import { DraftSync, type Saved } from "./draft-sync";

/** A server with one draft, and a box to write in. */
function world(start = { text: "", version: 0 }) {
  const state = { kept: start, box: "", puts: 0, down: false };
  let heard: Saved | null = null;
  const sync = new DraftSync({
    put: async (_, draft) => {
      state.puts += 1;
      if (state.down) throw new ApiError({ status: 0, code: "network" });
      if (draft.version > state.kept.version) state.kept = draft;
      return state.kept;
    },
    get: async () => state.kept,
    recall: () => heard,
    remember: (_, draft) => {
      heard = draft;
    },
    written: () => state.box,
    adopt: (_, text) => {
      state.box = text;
    },
    kept: () => undefined,
  });
  const write = (text: string) => {
    state.box = text;
    sync.changed("c");
  };
  return { state, sync, write };
}

describe("drafts on the server", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are saved once writing pauses", async () => {
    const { state, write } = world();
    for (const text of ["G", "Go", "Goo", "Good"]) write(text);
    await vi.runAllTimersAsync();
    expect(state).toMatchObject({ puts: 1, kept: { text: "Good", version: 1 } });
  });

  it("go on in another browser", async () => {
    const { state, sync } = world({ text: "Good mor", version: 4 });
    await sync.open("c");
    expect(state.box).toBe("Good mor");
    await vi.runAllTimersAsync();
    expect(state.puts).toBe(0);
  });

  it("do not overwrite what is being written here", async () => {
    const { state, sync, write } = world({ text: "theirs", version: 4 });
    write("mine");
    await sync.open("c");
    await vi.runAllTimersAsync();
    expect(state).toMatchObject({ box: "mine", kept: { text: "mine", version: 5 } });
  });

  it("are gone here when they were sent elsewhere", async () => {
    const { state, sync, write } = world();
    write("sent elsewhere");
    await vi.runAllTimersAsync();
    state.kept = { text: "", version: 2 };
    await sync.open("c");
    await vi.runAllTimersAsync();
    expect(state).toMatchObject({ box: "", puts: 1, kept: { text: "", version: 2 } });
  });

  it("win over a newer version with what was written later", async () => {
    const { state, write } = world();
    write("one");
    await vi.runAllTimersAsync();
    state.kept = { text: "", version: 7 };
    write("two");
    await vi.runAllTimersAsync();
    expect(state).toMatchObject({ puts: 3, kept: { text: "two", version: 8 } });
  });

  it("are emptied by an empty box", async () => {
    const { state, write } = world();
    write("sent");
    await vi.runAllTimersAsync();
    write("");
    await vi.runAllTimersAsync();
    expect(state.kept).toEqual({ text: "", version: 2 });
  });

  it("wait for the line to be back", async () => {
    const { state, write } = world();
    state.down = true;
    write("Good");
    await vi.advanceTimersByTimeAsync(12_000);
    expect(state.puts).toBeGreaterThan(1);
    state.down = false;
    await vi.runAllTimersAsync();
    expect(state.kept.text).toBe("Good");
  });
});
