import { describe, expect, it } from "vitest";
import { localField, snoozeTimes } from "./snooze-times";

const fields = (now: string) => {
  const { laterToday, tomorrow, nextWeek } = snoozeTimes(new Date(now));
  return [laterToday && localField(laterToday), localField(tomorrow), localField(nextWeek)];
};

describe("when a conversation comes back", () => {
  it("goes by the clock on the wall", () => {
    // A Saturday.
    expect(fields("2026-11-21T10:05")).toEqual([
      "2026-11-21T13:30",
      "2026-11-22T09:00",
      "2026-11-23T09:00",
    ]);
  });

  it("knows no later today in the evening", () => {
    expect(fields("2026-11-21T21:10")[0]).toBeNull();
  });

  it("is a week away on Mondays, and crosses years", () => {
    expect(fields("2026-12-28T10:00")[2]).toBe("2027-01-04T09:00");
  });
});
