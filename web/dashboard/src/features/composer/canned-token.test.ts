import { describe, expect, it } from "vitest";
import type { CannedResponse } from "../../api/types";
import { ranked, tokenAt } from "./canned-token";

describe("the slash that is being typed", () => {
  it("stands at the start of a word", () => {
    expect(tokenAt("/", 1)).toEqual({ from: 0, to: 1, query: "" });
    expect(tokenAt("Hello /дост", 11)).toEqual({ from: 6, to: 11, query: "дост" });
    expect(tokenAt("Hello /price rest", 9)).toEqual({ from: 6, to: 9, query: "pr" });
  });

  it("is no address, fraction or finished word", () => {
    for (const text of ["1/2", "https://x", "/price now", "and/or", "//"]) {
      expect(tokenAt(text, text.length)).toBeNull();
    }
    expect(tokenAt(`/${"x".repeat(33)}`, 34)).toBeNull();
  });
});

describe("what is offered", () => {
  it("fits best first", () => {
    const of = (short_code: string, title = "") => ({ short_code, title }) as CannedResponse;
    const all = [of("a", "Hi all"), of("bhi"), of("c"), of("hi")];
    expect(ranked(all, "HI").map(({ short_code }) => short_code)).toEqual(["hi", "bhi", "a", "c"]);
  });
});
