import { describe, expect, it } from "vitest";
import { message } from "../testing/fixtures";
import { hasGap, joinNewest, prepend, type Thread, trim, upsert } from "./thread";

const thread = (from: number, to: number, has_before = false): Thread => ({
  items: Array.from({ length: to - from + 1 }, (_, index) => message(from + index)),
  has_before,
});
const seqs = ({ items }: Thread) => items.map(({ seq }) => seq);
const never = () => false;

describe("upsert", () => {
  it("appends, replaces and puts late messages where they belong", () => {
    const grown = upsert(upsert(thread(1, 2), message(4)), message(3));
    expect(seqs(grown)).toEqual([1, 2, 3, 4]);
    const read = upsert(grown, message(2, { status: "read" }));
    expect(seqs(read)).toEqual([1, 2, 3, 4]);
    expect(read.items[1]?.status).toBe("read");
  });

  it("applied twice changes nothing", () => {
    const once = upsert(thread(1, 2), message(3));
    expect(upsert(once, message(3))).toEqual(once);
  });

  it("leaves history that is not loaded alone", () => {
    const loaded = thread(10, 12, true);
    expect(upsert(loaded, message(4, { status: "read" }))).toBe(loaded);
  });
});

describe("gaps", () => {
  it("are noticed by the numbers", () => {
    expect(hasGap(thread(5, 9))).toBe(false);
    expect(hasGap(upsert(thread(5, 9), message(11)))).toBe(true);
    expect(hasGap({ items: [], has_before: false })).toBe(false);
  });
});

describe("joinNewest", () => {
  const page = (from: number, to: number) => ({ ...thread(from, to, true), has_after: false });

  it("keeps older loaded messages when the page meets them", () => {
    const joined = joinNewest(thread(1, 60), page(51, 100), never);
    expect(seqs(joined)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(joined.has_before).toBe(false);
  });

  it("starts anew when something between is unknown", () => {
    const joined = joinNewest(thread(1, 20), page(51, 100), never);
    expect(seqs(joined)[0]).toBe(51);
    expect(joined.has_before).toBe(true);
  });

  it("does not keep older messages that have a hole among them", () => {
    const holed = upsert(thread(1, 20), message(60));
    const joined = joinNewest(holed, page(51, 100), never);
    expect(seqs(joined)[0]).toBe(51);
    expect(hasGap(joined)).toBe(false);
  });

  it("does not let a slow answer undo a live event", () => {
    const live = upsert(upsert(thread(1, 3), message(3, { status: "read" })), message(4));
    const newer = (id: string) => id === message(3).id || id === message(4).id;
    const joined = joinNewest(live, { ...page(1, 3), has_before: false }, newer);
    expect(seqs(joined)).toEqual([1, 2, 3, 4]);
    expect(joined.items[2]?.status).toBe("read");
  });
});

it("prepends without doubling and lets go of the oldest", () => {
  const older = prepend(thread(11, 20, true), {
    ...thread(5, 11),
    has_before: true,
    has_after: true,
  });
  expect(seqs(older)).toEqual(Array.from({ length: 16 }, (_, index) => index + 5));
  const trimmed = trim(older, 4);
  expect(seqs(trimmed)).toEqual([17, 18, 19, 20]);
  expect(trimmed.has_before).toBe(true);
});
