import type { Locator, Page } from "@playwright/test";
import {
  expect,
  expectNoFaults,
  inboxRows,
  open,
  openBoth,
  openWidget,
  signIn,
  test,
  visitorWrites,
} from "../fixtures";
import { said } from "../texts";

const own = (page: Page, text: string): Locator =>
  page.getByRole("log").getByRole("article").filter({ hasText: text });
const inPanel = (panel: Locator, text: string): Locator =>
  panel.getByRole("listitem").filter({ hasText: text });

/** A mark that a reload would wipe away. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { notReloaded: true }));
const expectNotReloaded = async (page: Page) =>
  expect(await page.evaluate(() => "notReloaded" in window)).toBe(true);

test("a visitor writes, an operator answers, the server dies and comes back, both go on", async ({
  server,
  browser,
}) => {
  const { anna, visitor, panel } = await openBoth(browser, server.url);
  await mark(anna);
  await mark(visitor);
  const say = (text: string) => visitorWrites(panel, text);
  const answer = async (text: string) => {
    await anna.getByPlaceholder(said("en", "composer.placeholder")).fill(text);
    await anna.keyboard.press("Enter");
  };

  await test.step("the visitor writes and the operator sees it live", async () => {
    await say("Good morning, is Saturday free?");
    const row = inboxRows(anna).filter({ hasText: "is Saturday free" });
    await expect(row).toBeVisible();
    await row.click();
    await expect(own(anna, "is Saturday free")).toBeVisible();
  });

  await test.step("the operator answers and the visitor sees it", async () => {
    await answer("Yes, at half past ten.");
    await expect(inPanel(panel, "half past ten")).toBeVisible();
    await expect(own(anna, "half past ten").locator('[data-delivery="read"]')).toBeVisible();
  });

  await test.step("each sees the other type", async () => {
    await panel.getByRole("textbox").pressSequentially("wait");
    await expect(anna.getByText(said("en", "thread.typing")).first()).toBeAttached();
    await panel.getByRole("textbox").fill("");
  });

  await test.step("the server is killed; both write into the void", async () => {
    await server.kill();
    await expect(anna.locator('[data-connection="connected"]')).toHaveCount(0);
    await say("Then please book it, colouring with Elena.");
    await answer("One moment, I will book it.");
    await expect(anna.locator("[data-outgoing]")).toHaveCount(1);
    await expect(inPanel(panel, "colouring with Elena")).toBeVisible();
  });

  await test.step("it comes back and nothing is lost, doubled or reloaded", async () => {
    await server.start();
    await expect(own(anna, "colouring with Elena")).toHaveCount(1, { timeout: 45_000 });
    await expect(inPanel(panel, "I will book it")).toHaveCount(1, { timeout: 45_000 });
    await expect(anna.locator("[data-outgoing]")).toHaveCount(0);
    await expect(own(anna, "I will book it")).toHaveCount(1);
    await expect(anna.locator('[data-connection="connected"]').first()).toBeAttached();
    await say("Thank you!");
    await expect(own(anna, "Thank you!")).toHaveCount(1);
    await answer("See you on Saturday.");
    await expect(inPanel(panel, "See you on Saturday")).toHaveCount(1);
    await expectNotReloaded(anna);
    await expectNotReloaded(visitor);
  });

  await test.step("a reload on both sides shows the same, once", async () => {
    await anna.reload();
    await visitor.reload();
    for (const text of [
      "is Saturday free",
      "half past ten",
      "colouring with Elena",
      "I will book it",
    ]) {
      await expect(own(anna, text)).toHaveCount(1);
    }
  });
  expectNoFaults(anna);
  expectNoFaults(visitor);
});

test("two operators in one browser see each other's work", async ({ server, browser }) => {
  const context = await browser.newContext({ locale: "en-GB" });
  const anna = await context.newPage();
  const boris = await context.newPage();
  await signIn(anna, server.url, "anna@demo.local");
  await signIn(boris, server.url, "boris@demo.local");
  const visitor = await open((options) => browser.newContext(options));
  const panel = await openWidget(visitor, server.url);
  await visitorWrites(panel, "Do you have gift cards?");

  for (const page of [anna, boris]) {
    const row = inboxRows(page).filter({ hasText: "gift cards" });
    await expect(row).toBeVisible();
    await row.click();
    await expect(own(page, "gift cards")).toBeVisible();
  }
  await boris.getByPlaceholder(said("en", "composer.placeholder")).fill("Of course!");
  await boris.keyboard.press("Enter");
  await expect(own(anna, "Of course!")).toBeVisible();
  await expect(inPanel(panel, "Of course!")).toBeVisible();

  // Each tab stays who it is over a reload.
  await anna.reload();
  await boris.reload();
  await expect(anna.getByRole("button", { name: /^Анна/ })).toBeVisible();
  await expect(boris.getByRole("button", { name: /^Борис/ })).toBeVisible();
});

test("a file goes to the visitor, and one comes back", async ({ server, browser }) => {
  const { anna, panel } = await openBoth(browser, server.url);
  await visitorWrites(panel, "Please send the price list");
  await inboxRows(anna).filter({ hasText: "price list" }).click();

  const file = { name: "prices.txt", mimeType: "text/plain", buffer: Buffer.from("Haircut: 2500") };
  await anna.locator('main input[type="file"]').setInputFiles(file);
  await anna.getByPlaceholder(said("en", "composer.placeholder")).fill("Here it is");
  await expect(
    anna.getByRole("button", { name: said("en", "composer.send"), exact: true }),
  ).toBeEnabled();
  await anna.keyboard.press("Enter");
  await expect(inPanel(panel, "prices.txt")).toBeVisible();
  await expect(inPanel(panel, "Here it is")).toBeVisible();

  await panel.locator('input[type="file"]').setInputFiles({ ...file, name: "wish.txt" });
  await panel.getByRole("button", { name: "Send" }).click();
  const link = own(anna, "wish.txt").getByRole("link");
  await expect(link).toBeVisible();
  const [download] = await Promise.all([anna.waitForEvent("download"), link.click()]);
  expect(download.suggestedFilename()).toBe("wish.txt");
});
