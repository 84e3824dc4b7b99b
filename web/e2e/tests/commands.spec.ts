import {
  expect,
  expectAccessible,
  expectNoFaults,
  expectNoOverflow,
  inboxRows,
  openBoth,
  test,
  visitorWrites,
} from "../fixtures";
import { said } from "../texts";

const t = (key: string, params?: Record<string, string>) => said("en", key, params);

test("everything is reached from the command bar, without a mouse", async ({ server, browser }) => {
  const { anna, panel } = await openBoth(browser, server.url);
  await visitorWrites(panel, "Anybody at the keyboard?");
  await inboxRows(anna).filter({ hasText: "Anybody at the keyboard?" }).click();
  const bar = anna.getByRole("dialog", { name: t("commands.title") });
  const find = bar.getByRole("combobox", { name: t("commands.find") });
  await anna.keyboard.press("Control+k");
  await expect(find).toBeFocused();
  await expect(bar.getByText(t("commands.conversation"))).toBeVisible();
  await expectAccessible(anna);
  await find.fill("note team");
  await expect(bar.getByRole("option")).toHaveCount(1);
  await anna.keyboard.press("Enter");
  await expect(bar).toHaveCount(0);
  await expect(anna.locator("main textarea")).toBeFocused();
  await expect(anna.locator("main textarea")).toHaveAttribute(
    "aria-label",
    t("composer.note_label"),
  );

  await anna.keyboard.press("Control+k");
  await find.fill("tag");
  await anna.keyboard.press("Enter");
  await expect(anna.getByRole("combobox", { name: t("tags.find") })).toBeFocused();
  await anna.keyboard.press("Escape");

  await anna.keyboard.press("Control+k");
  await find.fill("нет такого");
  await expect(bar.getByText(t("commands.none"))).toBeVisible();
  await anna.setViewportSize({ width: 390, height: 844 });
  await find.fill("Анн");
  await expectNoOverflow(anna);
  await find.fill("dark");
  await anna.keyboard.press("Enter");
  await expect(anna.locator("html")).toHaveAttribute("data-theme", "dark");
  await anna.setViewportSize({ width: 1440, height: 900 });
  await anna.keyboard.press("Control+k");
  await expectAccessible(anna);
  await find.fill(t("settings.profile"));
  await anna.keyboard.press("Enter");
  await expect(anna).toHaveURL(/\/settings\/profile/);
  expectNoFaults(anna);
});
