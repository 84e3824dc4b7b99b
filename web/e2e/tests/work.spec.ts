import {
  expect,
  expectAccessible,
  expectNoFaults,
  expectNoOverflow,
  inboxRows,
  open,
  openBoth,
  signIn,
  testAlone as test,
  visitorWrites,
} from "../fixtures";
import { said } from "../texts";

const t = (key: string, params?: Record<string, string>) => said("en", key, params);

test("a canned response is written, picked with the keyboard and sent", async ({
  server,
  browser,
}) => {
  const { anna, visitor, panel } = await openBoth(browser, server.url);
  await anna.goto(`${server.url}/settings/canned-responses`);
  await expect(anna.getByText(t("canned.none_title"))).toBeVisible();
  await anna.getByRole("button", { name: t("canned.add") }).click();
  const dialog = anna.getByRole("dialog");
  await dialog.getByLabel(t("canned.code")).fill("Price");
  await dialog.getByLabel(t("canned.name")).fill("Price list");
  await dialog.getByLabel(t("canned.text"), { exact: true }).fill("Hi {{customer.nam}}");
  await dialog.getByRole("button", { name: t("action.save") }).click();
  await expect(dialog.getByText(t("canned.unknown_variable"))).toBeVisible();
  await dialog.getByLabel(t("canned.text"), { exact: true }).fill("Hello, ");
  await dialog.getByRole("button", { name: t("canned.variable.customer_name") }).click();
  await expect(dialog.getByLabel(t("canned.text"), { exact: true })).toBeFocused();
  await anna.keyboard.type("! Here is {{company.name|ours}}.");
  await dialog
    .locator("input[type=file]")
    .setInputFiles({ name: "prices.txt", mimeType: "text/plain", buffer: Buffer.from("1 2 3") });
  await expect(dialog.getByText("prices.txt")).toBeVisible();
  await expectAccessible(anna);
  await dialog.getByRole("button", { name: t("action.save") }).click();
  const card = anna.getByRole("article", { name: "Price list" });
  await expect(card.getByText("/price")).toBeVisible();
  await anna.getByLabel(t("canned.search")).fill("no such thing");
  await expect(card).toHaveCount(0);
  await anna.getByLabel(t("canned.search")).fill("prc");
  await expect(card).toBeVisible();
  await expectAccessible(anna);

  await anna.goto(`${server.url}/inbox`);
  await visitorWrites(panel, "How much is it?");
  await inboxRows(anna).filter({ hasText: "How much is it?" }).click();
  const box = anna.locator("main textarea");
  await box.pressSequentially("/pr");
  const list = anna.getByRole("listbox", { name: t("canned.title") });
  await expect(list.getByRole("option", { name: "Price list" })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await expect(anna.getByRole("region", { name: t("canned.preview") })).toContainText("Hello, ");
  await expectAccessible(anna);
  await box.press("Enter");
  await expect(list).toHaveCount(0);
  await expect(box).toHaveValue(/^Hello, .*! Here is Салон «Лаванда»\.$/);
  await expect(anna.getByText("prices.txt")).toBeVisible();
  await box.press("Enter");
  await expect(panel.getByText("Here is Салон «Лаванда».")).toBeVisible();
  await expect(panel.getByText("prices.txt")).toBeVisible();
  for (const page of [anna, visitor]) expectNoFaults(page);
});

test("a conversation is marked, put off and found again", async ({ server, browser }) => {
  const { anna, panel } = await openBoth(browser, server.url);
  await visitorWrites(panel, "Call me next week");
  const row = inboxRows(anna).filter({ hasText: "Call me next week" });
  await row.click();
  const labels = anna.getByRole("region", { name: t("labels.title") });
  await anna.locator("main textarea").press("Escape");
  await anna.keyboard.press("t");
  await anna.getByRole("combobox", { name: t("tags.find") }).fill("call back");
  await anna.keyboard.press("Enter");
  await expect(anna.getByRole("option", { name: "call back" })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await expectAccessible(anna);
  await anna.keyboard.press("Escape");
  await expect(labels.getByText("call back")).toBeVisible();
  await labels
    .getByRole("button", { name: t("priority.menu", { priority: t("priority.normal") }) })
    .click();
  await anna.getByRole("menuitemradio", { name: t("priority.urgent") }).click();
  await expect(row.getByRole("img", { name: t("priority.urgent") })).toBeVisible();
  await expect(row.getByText("call back")).toBeVisible();

  await expect(anna.getByRole("menu")).toHaveCount(0);
  await anna.keyboard.press("s");
  await anna.getByRole("menuitem", { name: t("snooze.pick") }).click();
  await expectAccessible(anna);
  await anna.getByRole("button", { name: t("snooze.confirm") }).click();
  await expect(labels.getByRole("button", { name: t("snooze.wake") })).toBeVisible();
  await expect(row).toHaveCount(0);
  await anna.getByRole("button", { name: `${t("filter.status")}: ${t("status.open")}` }).click();
  await anna.getByRole("menuitemradio", { name: t("status.snoozed") }).click();
  await expect(row).toBeVisible();
  await anna.getByRole("button", { name: `${t("tags.filter")}: ${t("tags.any")}` }).click();
  await anna.getByRole("menuitemradio", { name: "call back" }).click();
  await expect(row).toBeVisible();
  await expectAccessible(anna);

  await anna.getByRole("button", { name: t("views.save") }).click();
  await anna.getByRole("dialog").getByLabel(t("views.name")).fill("To call back");
  await expectAccessible(anna);
  await anna
    .getByRole("dialog")
    .getByRole("button", { name: t("action.save") })
    .click();
  const views = anna.getByRole("navigation", { name: t("views.title") });
  await views.getByRole("button", { name: "To call back" }).click();
  await anna.getByRole("menuitem", { name: t("views.leave") }).click();
  await expect(row).toHaveCount(0);
  await views.getByRole("button", { name: "To call back" }).click();
  await expect(row).toBeVisible();
  await expectAccessible(anna);

  await row.click();
  await expect(labels.getByText("call back")).toBeVisible();
  await visitorWrites(panel, "I am here already");
  await expect(labels.getByText(t("woken.customer"))).toBeVisible();
  await expect(inboxRows(anna)).toHaveCount(0);
  expectNoFaults(anna);
});

test("many conversations are changed at once", async ({ server, browser }) => {
  const anna = await open((options) => browser.newContext(options));
  await signIn(anna, server.url, "owner@demo.local");
  const rows = inboxRows(anna);
  const boxes = anna.getByRole("checkbox");
  await rows.nth(0).hover();
  await boxes.nth(0).click();
  await boxes.nth(2).click({ modifiers: ["Shift"] });
  const bar = anna.getByRole("toolbar", { name: t("bulk.title") });
  await expect(bar).toContainText("3 selected");
  await expectAccessible(anna);
  await bar.getByRole("button", { name: t("priority.label") }).click();
  await anna.getByRole("menuitemradio", { name: t("priority.high") }).click();
  await expect(bar).toHaveCount(0);
  for (const at of [0, 1, 2]) {
    await expect(rows.nth(at).getByRole("img", { name: t("priority.high") })).toBeVisible();
  }
  await rows.nth(1).focus();
  await anna.keyboard.press("x");
  await expect(bar).toContainText("1 selected");
  const name = await rows.nth(1).getAttribute("id");
  await bar.getByRole("button", { name: t("filter.status") }).click();
  await anna.getByRole("menuitem", { name: t("set_status.resolved") }).click();
  await expect(anna.locator(`#${name}`)).toHaveCount(0);
  expectNoFaults(anna);
});

test("a draft goes on in another browser", async ({ server, browser }) => {
  const { anna, panel } = await openBoth(browser, server.url);
  await visitorWrites(panel, "Is somebody there?");
  const row = inboxRows(anna).filter({ hasText: "Is somebody there?" });
  await row.click();
  const path = new URL(anna.url()).pathname;
  const saved = anna.waitForResponse(
    (answer) => answer.url().endsWith("/draft") && answer.request().method() === "PUT",
  );
  await anna.locator("main textarea").fill("Just a mom");
  expect((await saved).ok()).toBe(true);

  const laptop = await open((options) => browser.newContext(options), { width: 390, height: 844 });
  await signIn(laptop, server.url, "anna@demo.local");
  await expect(laptop.getByText(t("inbox.draft")).first()).toBeVisible();
  await expectNoOverflow(laptop);
  await laptop.goto(server.url + path);
  const box = laptop.locator("main textarea");
  await expect(box).toHaveValue("Just a mom");
  await expectNoOverflow(laptop);
  await expectAccessible(laptop);
  await box.fill("Just a moment");
  await box.press("Enter");
  await expect(panel.getByText("Just a moment")).toBeVisible();
  await anna.reload();
  await expect(anna.getByRole("log").getByText("Just a moment")).toBeVisible();
  for (const page of [anna, laptop]) expectNoFaults(page);
});

test("two who answer at once see each other, and no answer is doubled", async ({
  server,
  browser,
}) => {
  const { anna, panel } = await openBoth(browser, server.url);
  const boris = await open((options) => browser.newContext(options));
  await signIn(boris, server.url, "boris@demo.local");
  await visitorWrites(panel, "Who will answer me?");
  for (const page of [anna, boris]) {
    await inboxRows(page).filter({ hasText: "Who will answer me?" }).click();
  }
  const here = anna.locator(`[aria-label^="${t("colleagues.look", { names: "" })}"]`);
  await expect(here).toBeVisible();
  await expectAccessible(anna);
  await anna.locator("main textarea").fill("I will");
  await boris.locator("main textarea").pressSequentially("Me");
  await expect(anna.getByText("is writing an answer…")).toBeVisible();
  await boris.locator("main textarea").press("Enter");
  await expect(panel.getByText("Me", { exact: true })).toBeVisible();

  await anna.locator("main textarea").press("Enter");
  await expect(anna.getByText(t("error.answered_meanwhile"))).toBeVisible();
  await expect(anna.getByText(t("outgoing.held"), { exact: true })).toBeVisible();
  await expect(panel.getByText("I will", { exact: true })).toHaveCount(0);
  await expectAccessible(anna);
  await anna.getByRole("button", { name: t("outgoing.send_anyway") }).click();
  await expect(panel.getByText("I will", { exact: true })).toBeVisible();
  await boris.context().close();
  await expect(here).toHaveCount(0);
  expectNoFaults(anna);
});
