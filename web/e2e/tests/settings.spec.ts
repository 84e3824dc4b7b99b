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

test("a widget is made, checked, changed and deleted", async ({ server, browser }) => {
  const page = await open((options) => browser.newContext(options));
  await signIn(page, server.url, OWNER);
  await page.goto(`${server.url}/settings/channels`);
  await page.getByRole("button", { name: t("channels.add") }).click();
  await page.getByRole("menuitem", { name: t("channel.widget") }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("channels.name")).fill("Second site");
  await dialog.getByLabel(t("widget.origins")).fill("https://second.example/contacts");
  await dialog.getByRole("button", { name: t("channels.connect") }).click();
  await expect(dialog.getByText(t("widget.identity_secret"), { exact: true })).toBeVisible();
  await expect(dialog.getByText(`<script src="${server.url}/widget.js"`)).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: t("action.done") }).click();

  const card = page.getByRole("article", { name: "Second site" });
  await card.getByRole("button", { name: t("channels.check"), exact: true }).click();
  await expect(card.getByText(t("channels.check_good"))).toBeVisible();

  await card.getByRole("button", { name: t("channels.edit", { name: "Second site" }) }).click();
  await expect(dialog.getByLabel(t("widget.origins"))).toHaveValue("https://second.example");
  await dialog.getByLabel(t("channels.name")).fill("Third site");
  await dialog.getByRole("button", { name: t("action.save") }).click();
  const renamed = page.getByRole("article", { name: "Third site" });
  await expect(renamed).toBeVisible();

  await renamed.getByRole("button", { name: t("channels.delete", { name: "Third site" }) }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: t("channels.delete_confirm") })
    .click();
  await expect(renamed).toHaveCount(0);
  expectNoFaults(page);
});

test("how conversations are given out is kept", async ({ server, browser }) => {
  const page = await open((options) => browser.newContext(options));
  await signIn(page, server.url, OWNER);
  await page.goto(`${server.url}/settings/routing`);
  await page.getByLabel(t("routing.strategy.manual"), { exact: true }).check();
  await page.getByLabel(t("routing.capacity")).fill("7");
  await page.getByRole("button", { name: t("action.save") }).click();
  await expect(page.getByText(t("routing.saved"), { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel(t("routing.strategy.manual"), { exact: true })).toBeChecked();
  await expect(page.getByLabel(t("routing.capacity"))).toHaveValue("7");
});

test("a password is changed and the new one works", async ({ server, browser }) => {
  const page = await open((options) => browser.newContext(options));
  await signIn(page, server.url, "boris@demo.local");
  await page.goto(`${server.url}/settings/profile`);
  const change = async (current: string, next: string) => {
    await page.getByLabel(t("profile.current_password"), { exact: true }).fill(current);
    await page.getByLabel(t("profile.new_password"), { exact: true }).fill(next);
    await page.getByLabel(t("profile.repeat_password"), { exact: true }).fill(next);
    await page.getByRole("button", { name: t("profile.change_password") }).click();
  };
  await change("not the password", "another-demo");
  await expect(page.getByText(t("profile.password_wrong"))).toBeVisible();
  await change("demo-demo", "another-demo");
  await expect(page.getByText(t("profile.password_changed"))).toBeVisible();

  const again = await open((options) => browser.newContext(options));
  await again.goto(`${server.url}/sign-in`);
  await again.getByLabel(t("sign_in.email")).fill("boris@demo.local");
  await again.getByLabel(t("sign_in.password")).fill("another-demo");
  await again.getByRole("button", { name: t("sign_in.submit"), exact: true }).click();
  await expect(inboxRows(again).first()).toBeVisible();
});

test("work is taken, given back and resolved", async ({ server, browser }) => {
  const page = await open((options) => browser.newContext(options));
  await signIn(page, server.url, OWNER);
  // Given back, a conversation would else be given to the next operator at once.
  await page.goto(`${server.url}/settings/routing`);
  await page.getByLabel(t("routing.strategy.manual"), { exact: true }).check();
  await page.getByRole("button", { name: t("action.save") }).click();
  await expect(page.getByText(t("routing.saved"), { exact: true })).toBeVisible();
  await page.goto(`${server.url}/inbox`);
  await inboxRows(page).first().click();
  const menu = page.getByRole("button", { name: /^Assigned to/ });
  await menu.click();
  await page.getByRole("menuitem", { name: t("assign.to_nobody") }).click();
  await expect(page.getByText(t("assigned.waits"))).toBeVisible();
  await page.getByRole("button", { name: /^Assigned to/ }).click();
  await page.getByRole("menuitem", { name: t("assign.take") }).click();
  await expect(
    page.getByRole("button", { name: t("assign.menu", { name: t("assign.you") }) }),
  ).toBeVisible();

  const row = inboxRows(page).and(page.locator("[aria-current]"));
  await expect(row).toHaveCount(1);
  await page.getByRole("button", { name: t("thread.resolve"), exact: true }).click();
  await expect(row).toHaveCount(0);
  await page.getByRole("button", { name: t("thread.reopen"), exact: true }).click();
  await expect(row).toHaveCount(1);
});

test("a colleague's status is seen by others", async ({ server, browser }) => {
  const owner = await open((options) => browser.newContext(options));
  await signIn(owner, server.url, OWNER);
  const anna = await open((options) => browser.newContext(options));
  await signIn(anna, server.url, "anna@demo.local");
  const set = async (status: string) => {
    await anna.getByRole("button", { name: /Menu$/ }).click();
    await anna
      .getByRole("menuitemradio", { name: t(`operator_status.${status}`), exact: true })
      .click();
  };
  await set("away");
  await expect(anna.getByText(t("status_nudge.away"))).toBeVisible();
  await inboxRows(owner).first().click();
  await owner.getByRole("button", { name: /^Assigned to/ }).click();
  const line = owner.getByRole("menuitemradio", { name: /Анна/ });
  await expect(line).toContainText(t("operator_status.away"));
  await anna.getByRole("button", { name: t("status_nudge.go_online") }).click();
  await expect(line).toContainText(t("operator_status.online"));
});
