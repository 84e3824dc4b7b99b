import {
  expect,
  expectAccessible,
  expectNoFaults,
  inboxRows,
  openBoth,
  testAlone as test,
  visitorWrites,
} from "../fixtures";
import { said } from "../texts";

const t = (key: string, params?: Record<string, string>) => said("en", key, params);

test("a note is for the team, and stays apart from the answer", async ({ server, browser }) => {
  const { anna, panel } = await openBoth(browser, server.url);
  await visitorWrites(panel, "May I pay later?");
  await inboxRows(anna).filter({ hasText: "May I pay later?" }).click();
  const box = anna.locator("main textarea");
  await box.fill("Let me ask");
  await box.press("Escape");
  await anna.keyboard.press("n");
  await expect(box).toBeFocused();
  await expect(box).toHaveAttribute("aria-label", t("composer.note_label"));
  await expect(box).toHaveValue("");
  await box.fill("She paid late twice");
  await expectAccessible(anna);
  await box.press("Enter");
  const log = anna.getByRole("log");
  await expect(log.getByText("She paid late twice")).toBeVisible();
  await expect(log.getByText(t("message.note"))).toBeVisible();

  await anna.getByRole("button", { name: t("composer.mode.reply"), exact: true }).click();
  await expect(box).toHaveValue("Let me ask");
  await box.press("Enter");
  await expect(panel.getByText("Let me ask")).toBeVisible();
  await expect(panel.getByText("She paid late twice")).toHaveCount(0);
  expectNoFaults(anna);
});

test("an answer is taken back before it goes", async ({ server, browser }) => {
  const { anna, panel } = await openBoth(browser, server.url);
  await anna.goto(`${server.url}/settings/profile`);
  await anna.getByLabel(t("profile.undo"), { exact: true }).selectOption("20");
  await expectAccessible(anna);
  await anna.goto(`${server.url}/inbox`);
  await visitorWrites(panel, "What does it cost?");
  await inboxRows(anna).filter({ hasText: "What does it cost?" }).click();
  const box = anna.locator("main textarea");
  await box.fill("100 roubles");
  await box.press("Enter");
  await expect(box).toHaveValue("");
  await anna.getByRole("button", { name: t("outgoing.undo") }).click();
  await expect(box).toHaveValue("100 roubles");
  await box.fill("1000 roubles");
  await box.press("Enter");
  await expect(anna.getByText(t("outgoing.held"))).toBeVisible();
  // Takes its time; what is held goes meanwhile on a slow machine.
  await expectAccessible(anna);
  await expect(panel.getByText("1000 roubles")).toBeVisible({ timeout: 40_000 });
  await expect(panel.getByText("100 roubles", { exact: true })).toHaveCount(0);
  expectNoFaults(anna);
});
