import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { colleagues, forgetColleagues, setColleague } from "./colleagues";

describe("what colleagues do", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    forgetColleagues();
    vi.useRealTimers();
  });

  it("is known by conversation and person until it ends", () => {
    setColleague("looks", "c", "anna", true);
    setColleague("looks", "c", "boris", true);
    setColleague("types", "c", "boris", true);
    expect(colleagues("looks", "c")).toEqual(["anna", "boris"]);
    expect(colleagues("types", "c")).toEqual(["boris"]);
    expect(colleagues("looks", "d")).toEqual([]);
    setColleague("looks", "c", "anna", false);
    expect(colleagues("looks", "c")).toEqual(["boris"]);
  });

  it("ends by itself unless it is heard of again", () => {
    setColleague("looks", "c", "anna", true);
    vi.advanceTimersByTime(8_000);
    setColleague("looks", "c", "anna", true);
    vi.advanceTimersByTime(8_000);
    expect(colleagues("looks", "c")).toEqual(["anna"]);
    vi.advanceTimersByTime(5_000);
    expect(colleagues("looks", "c")).toEqual([]);
  });
});
