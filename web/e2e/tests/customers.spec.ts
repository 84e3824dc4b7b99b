import {
  expect,
  expectAccessible,
  expectNoFaults,
  expectNoOverflow,
  inboxRows,
  open,
  openBoth,
  openWidget,
  signIn,
  testAlone as test,
  visitorWrites,
} from "../fixtures";
import { said } from "../texts";

const t = (key: string, params?: Record<string, string>) => said("en", key, params);

test("a customer's card is filled in, noted on, and read by a colleague", async ({
  server,
  browser,
}) => {
  const { anna, panel } = await openBoth(browser, server.url);
  const owner = await open((options) => browser.newContext(options));
  await signIn(owner, server.url, "owner@demo.local");
  await owner.goto(`${server.url}/settings/customer-fields`);
  await expect(owner.getByText(t("fields.none_title"))).toBeVisible();
  await owner.getByRole("button", { name: t("fields.add") }).click();
  const dialog = owner.getByRole("dialog");
  await dialog.getByLabel(t("fields.label")).fill("Plan");
  await dialog.getByLabel(t("fields.key"), { exact: true }).fill("plan");
  await dialog.getByLabel(t("fields.kind"), { exact: true }).selectOption("select");
  await dialog.getByLabel(t("fields.options"), { exact: true }).fill("Gold\nSilver");
  await expectAccessible(owner);
  await dialog.getByRole("button", { name: t("action.save") }).click();
  await expect(owner.getByRole("article", { name: "Plan" })).toContainText("Gold and Silver");
  await expectAccessible(owner);

  await visitorWrites(panel, "Do you know me?");
  await inboxRows(anna).filter({ hasText: "Do you know me?" }).click();
  await anna.getByRole("link", { name: t("customer.open_card") }).click();
  await anna.getByLabel(t("customer.name")).fill("Maria from the shop");
  await anna.getByLabel(t("customer.phone")).fill("+7 999 000-11-22");
  await anna.getByLabel("Plan").selectOption("Gold");
  await anna.getByRole("button", { name: t("action.save") }).click();
  await expect(anna.getByText(t("customer.saved"))).toBeVisible();
  await expect(anna.getByRole("heading", { name: "Maria from the shop" })).toBeVisible();
  await expect(anna.getByLabel(t("customer.phone"))).toHaveValue("+79990001122");
  await anna.getByLabel(t("notes.new")).fill("Prefers mornings");
  await anna.getByRole("button", { name: t("notes.add") }).click();
  await expect(anna.getByText("Prefers mornings")).toBeVisible();
  await expectAccessible(anna);

  const card = anna.url();
  await owner.goto(`${server.url}/customers`);
  await owner.getByLabel(t("customers.search")).fill("0001122");
  await owner.getByRole("link", { name: "Maria from the shop" }).click();
  await expect(owner.getByText("Prefers mornings")).toBeVisible();
  await expect(owner.getByLabel("Plan")).toHaveValue("Gold");
  await expect(owner.getByRole("button", { name: t("notes.change") })).toHaveCount(0);
  await owner.getByRole("link", { name: "Do you know me?" }).click();
  await expect(owner.getByRole("log").getByText("Do you know me?")).toBeVisible();

  const phone = await open((options) => browser.newContext(options), { width: 390, height: 844 });
  await signIn(phone, server.url, "anna@demo.local");
  await phone.goto(card);
  await expect(phone.getByText("Prefers mornings")).toBeVisible();
  await expectNoOverflow(phone);
  await expectAccessible(phone);
  for (const page of [anna, owner, phone]) expectNoFaults(page);
});

test("a blocked customer is not heard until unblocked", async ({ server, browser }) => {
  const { anna, panel } = await openBoth(browser, server.url);
  await visitorWrites(panel, "Buy my watches");
  const row = inboxRows(anna).filter({ hasText: "Buy my watches" });
  await row.click();
  const thread = anna.url();
  await anna.getByRole("link", { name: t("customer.open_card") }).click();
  await anna.getByRole("button", { name: t("customer.block") }).click();
  await expectAccessible(anna);
  await anna
    .getByRole("alertdialog")
    .getByRole("button", { name: t("customer.block") })
    .click();
  await expect(anna.getByText(t("customer.blocked"), { exact: true })).toBeVisible();
  await expectAccessible(anna);
  await visitorWrites(panel, "Buy more watches");
  await expect(panel.getByText("Buy more watches")).toBeVisible();

  await anna.goto(thread);
  await expect(anna.getByText(t("composer.blocked"))).toBeVisible();
  await expect(row).toHaveCount(0);
  await expect(anna.getByRole("log").getByText("Buy more watches")).toBeVisible();
  await anna.getByRole("link", { name: t("customer.open_card") }).click();
  await anna.getByRole("button", { name: t("customer.unblock") }).click();
  await expect(anna.getByRole("button", { name: t("customer.block") })).toBeVisible();
  await visitorWrites(panel, "Sorry");
  await anna.goto(`${server.url}/inbox`);
  await expect(inboxRows(anna).filter({ hasText: "Sorry" })).toBeVisible();
  expectNoFaults(anna);
});

test("two customers are merged after a look, and parted again", async ({ server, browser }) => {
  const { anna, panel } = await openBoth(browser, server.url);
  const second = await open((options) => browser.newContext(options));
  const other = await openWidget(second, server.url);
  await visitorWrites(panel, "From the office");
  await visitorWrites(other, "From home");
  const names = { "From the office": "Maria Office", "From home": "Maria Home" };
  for (const [words, name] of Object.entries(names)) {
    await anna.goto(`${server.url}/inbox`);
    await inboxRows(anna).filter({ hasText: words }).click();
    await anna.getByRole("link", { name: t("customer.open_card") }).click();
    await anna.getByLabel(t("customer.name")).fill(name);
    await anna.getByRole("button", { name: t("action.save") }).click();
    await expect(anna.getByRole("heading", { name })).toBeVisible();
  }
  await anna.getByRole("button", { name: t("merge.pick") }).click();
  const dialog = anna.getByRole("dialog");
  await dialog.getByLabel(t("customers.search")).fill("Maria Off");
  await expectAccessible(anna);
  await dialog.getByRole("button", { name: "Maria Office" }).click();
  await expect(dialog.getByText("Maria Office goes into Maria Home.")).toBeVisible();
  await expect(dialog.getByRole("row", { name: "Name Maria Home Maria Office" })).toBeVisible();
  await expectAccessible(anna);
  await dialog.getByRole("button", { name: t("merge.confirm"), exact: true }).click();
  await expect(anna.getByRole("link", { name: "From the office" })).toBeVisible();
  await expect(anna.getByRole("link", { name: "From home" })).toBeVisible();
  await expectAccessible(anna);

  await anna.getByRole("button", { name: t("merge.part") }).click();
  await anna
    .getByRole("alertdialog")
    .getByRole("button", { name: t("merge.part") })
    .click();
  await expect(anna.getByRole("link", { name: "From the office" })).toHaveCount(0);
  await expect(anna.getByRole("link", { name: "From home" })).toBeVisible();
  for (const page of [anna, second]) expectNoFaults(page);
});
