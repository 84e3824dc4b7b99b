import { expect, it } from "vitest";
import { matching } from "./commands";

const labels = (typed: string) =>
  matching(
    ["Go to settings", "Settings of the site", "Счёт", "Resolve"].map((label) => ({ label })),
    typed,
  ).map(({ label }) => label);

it("finds all words in any order, whatever their case", () => {
  expect(labels("SETTINGS go")).toEqual(["Go to settings"]);
  expect(labels("счет")).toEqual(["Счёт"]);
  expect(labels("nothing")).toEqual([]);
});

it("puts first what begins with what is typed, and keeps the order otherwise", () => {
  expect(labels("settings")).toEqual(["Settings of the site", "Go to settings"]);
  expect(labels("")).toHaveLength(4);
});
