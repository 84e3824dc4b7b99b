import { describe, expect, it } from "vitest";
import { conversation } from "../../testing/fixtures";
import { inHeldOrder } from "./held-order";

const list = (ids: string) => [...ids].map((id) => conversation(id));
const ids = (items: { id: string }[]) => items.map(({ id }) => id).join("");

describe("inHeldOrder", () => {
  it("keeps rows in place while others pass them", () => {
    const { items, waiting } = inHeldOrder(list("cab"), ["a", "b", "c"]);
    expect(ids(items)).toBe("abc");
    expect(waiting).toBe(1);
  });

  it("lets arrivals wait, drops what is gone, and appends the next page", () => {
    const { items, waiting } = inHeldOrder(list("xyacde"), ["a", "b", "c"]);
    expect(ids(items)).toBe("acde");
    expect(waiting).toBe(2);
  });

  it("has nothing waiting where nothing moved", () => {
    expect(inHeldOrder(list("abc"), ["a", "b"]).waiting).toBe(0);
  });
});
