import {
  expect,
  expectAccessible,
  expectNoFaults,
  open,
  signIn,
  testAlone as test,
} from "../fixtures";
import { said } from "../texts";

const OWNER = "owner@demo.local";
const t = (key: string, params?: Record<string, string>) => said("en", key, params);

test("hours are set, looked at before they count, given to a team, and told to who writes", async ({
  server,
  browser,
}) => {
  const page = await open((options) => browser.newContext(options));
  await signIn(page, server.url, OWNER);
  await page.goto(`${server.url}/settings/hours`);
  await page.getByRole("switch", { name: t("hours.enabled") }).click();
  const state = page.getByRole("main").getByRole("status");
  await expect(state).toHaveText(/Open now|Closed now/);
  await page.getByLabel(t("hours.zone")).fill("Mars/Olympus");
  await expect(page.getByText(t("hours.bad_zone"))).toBeVisible();
  await expect(state).toHaveText(t("hours.problem"));
  await page.getByLabel(t("hours.zone")).fill("Asia/Riyadh");
  await expect(state).toHaveText(/Open now|Closed now/);

  // Closed on every day but one, and that is a holiday: closed for sure.
  for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]) {
    await page
      .getByRole("button", { name: t("hours.remove_interval", { day, from: "09:00" }) })
      .click();
  }
  await expect(state).toHaveText(t("hours.closed_long"));
  await page.getByRole("button", { name: t("hours.add_interval", { day: "Monday" }) }).click();
  await page.getByLabel(t("hours.from", { day: "Monday" }), { exact: true }).fill("22:00");
  await page.getByLabel(t("hours.to", { day: "Monday" }), { exact: true }).fill("02:00");
  await expect(page.getByText(t("hours.next_day"))).toBeVisible();
  await page.getByRole("button", { name: t("hours.copy") }).click();
  await expect(page.getByText(t("hours.next_day"))).toHaveCount(5);
  await page.getByRole("button", { name: t("hours.add_holiday") }).click();
  await page.getByLabel(t("hours.holiday_name"), { exact: true }).fill("Renovation");
  const today = await page.getByLabel(t("hours.holiday_from")).inputValue();
  const eve = new Date(Date.parse(today) - 2 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel(t("hours.holiday_from")).fill(eve);
  const end = new Date(Date.parse(today) + 30 * 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel(t("hours.holiday_to")).fill(end);
  await expect(state).toHaveText(/Closed now\. Opens/);
  await page.getByLabel(t("hours.outside.queue"), { exact: true }).check();
  await page.getByLabel("English").fill("We are closed, back soon.");
  await expectAccessible(page);
  await page.getByRole("button", { name: t("action.save") }).click();
  await expect(page.getByText(t("hours.saved"), { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel(t("hours.holiday_name"), { exact: true })).toHaveValue("Renovation");

  // A visitor sees when somebody is back, is told once, and his conversation waits for the opening.
  const visitor = await open((options) => browser.newContext(options));
  await visitor.goto(`${server.url}/demo?lang=en`);
  await visitor.getByRole("button", { name: "Open chat" }).click();
  const chat = visitor.getByRole("dialog");
  await expect(chat.getByText(/We’re closed, back/)).toBeVisible();
  await chat.getByRole("textbox").fill("Is anybody there?");
  await chat.getByRole("textbox").press("Enter");
  await expect(chat.getByText("We are closed, back soon.")).toBeVisible();
  await expect(chat.getByText(/You’re number \d+ in the queue/)).toBeVisible();
  await page.goto(`${server.url}/inbox`);
  await page.locator('a[id^="row-"]').filter({ hasText: "We are closed" }).first().click();
  await expect(page.getByText(/It came outside business hours and waits until/)).toBeVisible();

  await page.goto(`${server.url}/settings/teams`);
  await page.getByRole("button", { name: t("teams.add"), exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("teams.name")).fill("Night");
  await dialog.getByRole("button", { name: t("action.save") }).click();
  await page.getByRole("button", { name: t("hours.team", { name: "Night" }) }).click();
  await dialog.getByLabel(t("hours.own"), { exact: true }).check();
  await expect(dialog.getByLabel(t("hours.zone"))).toHaveValue("Asia/Riyadh");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: t("action.save") }).click();
  await expect(page.getByText(t("hours.saved"), { exact: true })).toBeVisible();
  expectNoFaults(page);
});
