import { beforeEach, describe, expect, it } from "vitest";
import {
  clearSelection,
  keepSelected,
  SELECTED_MOST,
  selection,
  toggleSelected,
} from "./selection";

const ORDER = ["a", "b", "c", "d", "e"];
const now = () => [...selection()];

describe("selecting rows", () => {
  beforeEach(clearSelection);

  it("goes one by one", () => {
    toggleSelected("b", ORDER);
    toggleSelected("d", ORDER);
    toggleSelected("b", ORDER);
    expect(now()).toEqual(["d"]);
  });

  it("goes by ranges, both ways", () => {
    toggleSelected("d", ORDER);
    toggleSelected("b", ORDER, true);
    expect(now().sort()).toEqual(["b", "c", "d"]);
    toggleSelected("e", ORDER, true);
    expect(now().sort()).toEqual(["b", "c", "d", "e"]);
  });

  it("takes one where the range has no beginning", () => {
    toggleSelected("c", ORDER, true);
    expect(now()).toEqual(["c"]);
  });

  it("keeps to what the server takes, and to what is left", () => {
    const many = Array.from({ length: SELECTED_MOST + 50 }, (_, n) => `row-${n}`);
    toggleSelected("row-0", many);
    toggleSelected(`row-${many.length - 1}`, many, true);
    expect(selection().size).toBe(SELECTED_MOST);
    keepSelected(["row-3"]);
    expect(now()).toEqual(["row-3"]);
  });
});
