import { describe, expect, it } from "vitest";
import { DEFAULT_FILTER, filterOfView, parseFilter, sameFilter, viewFilter } from "./filter";

describe("views and filters", () => {
  it("are the same thing in other words", () => {
    for (const filter of [
      DEFAULT_FILTER,
      { ...DEFAULT_FILTER, status: "all" as const },
      { ...DEFAULT_FILTER, status: "snoozed" as const, tag: "vip" },
      { ...DEFAULT_FILTER, status: "pending" as const, assigned: "me" as const },
      { ...DEFAULT_FILTER, channel: "telegram" as const, assigned: "unassigned" as const },
    ]) {
      expect(filterOfView(viewFilter(filter))).toEqual(filter);
    }
  });

  it("differ in any part", () => {
    expect(sameFilter(DEFAULT_FILTER, { ...DEFAULT_FILTER })).toBe(true);
    expect(sameFilter(DEFAULT_FILTER, { ...DEFAULT_FILTER, tag: "vip" })).toBe(false);
  });

  it("come from addresses that anybody may write", () => {
    expect(parseFilter({ status: "<b>", tag: 7 })).toEqual(DEFAULT_FILTER);
    expect(parseFilter({ tag: "x".repeat(99) }).tag).toHaveLength(64);
  });
});
