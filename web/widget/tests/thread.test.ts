import { describe, expect, it } from "vitest";
import { merge } from "../src/core/thread";
import { message } from "./helpers";

const ids = (thread: { id: string }[]) => thread.map(({ id }) => id);

describe("merge", () => {
  it("orders by seq, whatever order frames come in", () => {
    const [a, b, c] = [message({ seq: 1 }), message({ seq: 2 }), message({ seq: 10 })];
    expect(ids(merge(merge([], [c]), [b, a]))).toEqual(["m1", "m2", "m10"]);
  });

  it("takes a message any number of times", () => {
    const a = message({ seq: 1 });
    expect(merge(merge([a], [a, a]), [a])).toEqual([a]);
  });

  it("puts a later conversation after an earlier one although its seq begins anew", () => {
    const old = message({ id: "x", seq: 7, conversation_id: "0190-a" });
    const young = message({ id: "y", seq: 1, conversation_id: "0191-b" });
    expect(ids(merge([young], [old]))).toEqual(["x", "y"]);
  });

  it("moves a status forward only, and takes new content either way", () => {
    const read = message({ seq: 1, status: "read" });
    const late = message({ seq: 1, status: "sent", content: { text: "edited" } });
    expect(merge([read], [late])).toEqual([{ ...late, status: "read" }]);
    expect(merge([late], [read])).toEqual([read]);
  });

  it("never shows a private note", () => {
    expect(merge([], [message({ private: true })])).toEqual([]);
  });
});
