import {
  expect,
  expectAccessible,
  expectNoFaults,
  inboxRows,
  open,
  signIn,
  testAlone as test,
} from "../fixtures";
import { said } from "../texts";

const OWNER = "owner@demo.local";
const t = (key: string, params?: Record<string, string>) => said("en", key, params);

test("somebody is invited, joins, gets a team and its conversations, and is disabled", async ({
  server,
  browser,
}) => {
  const page = await open((options) => browser.newContext(options));
  await signIn(page, server.url, OWNER);
  await page.goto(`${server.url}/settings/people`);
  await expect(page.getByText("anna@demo.local")).toBeVisible();
  await page.getByRole("button", { name: t("people.add"), exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("people.email")).fill("vera@demo.local");
  await dialog.getByLabel(t("people.name")).fill("Vera");
  await dialog.getByLabel(t("people.skills")).fill("colouring, Arabic");
  await dialog.getByLabel(t("people.capacity")).fill("3");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: t("people.add_submit") }).click();
  await expect(page.getByText(t("people.invitation_title", { name: "Vera" }))).toBeVisible();
  const link = await dialog.locator("code").innerText();
  await dialog.getByRole("button", { name: t("action.done") }).click();
  const row = page.getByRole("article", { name: "Vera" });
  await expect(row.getByText(t("people.invited"))).toBeVisible();
  await expect(row.getByText("Arabic")).toBeVisible();
  await expectAccessible(page);

  const veras = await open((options) => browser.newContext(options));
  await veras.goto(link.replace(/^https?:\/\/[^/]+/, server.url));
  await veras.getByLabel(t("invitation.password"), { exact: true }).fill("a long password");
  await veras.getByLabel(t("invitation.repeat")).fill("another password");
  await veras.getByRole("button", { name: t("invitation.submit") }).click();
  await expect(veras.getByText(t("invitation.differs"))).toBeVisible();
  await expectAccessible(veras);
  await veras.getByLabel(t("invitation.repeat")).fill("a long password");
  await veras.getByRole("button", { name: t("invitation.submit") }).click();
  await expect(veras).toHaveURL(/\/inbox/);

  await page.goto(`${server.url}/settings/teams`);
  await expect(page.getByText(t("teams.none_title"))).toBeVisible();
  await page.getByRole("button", { name: t("teams.add"), exact: true }).click();
  await dialog.getByLabel(t("teams.name")).fill("Colour");
  await dialog.getByLabel("Vera").check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: t("action.save") }).click();
  const team = page.getByRole("article", { name: "Colour" });
  await expect(team.getByText("Vera")).toBeVisible();

  await page.goto(`${server.url}/settings/routing`);
  await page.getByLabel(t("routing.strategy.skills"), { exact: true }).check();
  await page.getByLabel(t("routing.fallback.wait"), { exact: true }).check();
  await page.getByLabel(t("routing.visibility.team"), { exact: true }).check();
  await page.getByRole("button", { name: t("action.save") }).click();
  await expect(page.getByText(t("routing.saved"), { exact: true })).toBeVisible();

  await page.goto(`${server.url}/inbox`);
  await inboxRows(page).first().click();
  await page.getByRole("button", { name: /Assigned to/ }).click();
  await page.getByRole("menuitemradio", { name: /Colour/ }).click();
  await expect(page.getByText(t("assigned.waits_for", { team: "Colour" }))).toBeVisible();
  await expectAccessible(page);

  await page.goto(`${server.url}/settings/people`);
  await row.getByRole("button", { name: t("people.disable", { name: "Vera" }) }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: t("people.disable_confirm") })
    .click();
  await expect(row.getByText(t("people.disabled"))).toBeVisible();
  await expect(veras).toHaveURL(/\/sign-in/);
  expectNoFaults(page);
});
