import { expect, it } from "vitest";
import { allows } from "./session";

it("grants by name, by area and by star, and nothing beside it", () => {
  expect(allows(["*"], "settings:update")).toBe(true);
  expect(allows(["settings:*"], "settings:update")).toBe(true);
  expect(allows(["conversations:read"], "conversations:reply")).toBe(false);
  expect(allows(["conversations:*"], "customers:read")).toBe(false);
});
