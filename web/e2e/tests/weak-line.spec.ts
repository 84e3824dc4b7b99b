import { expect, inboxRows, open, openBoth, signIn, test, visitorWrites } from "../fixtures";
import { said } from "../texts";

test("an answer lost on the way is asked for again, and the message is sent once", async ({
  server,
  browser,
}) => {
  const { anna, panel } = await openBoth(browser, server.url);
  await visitorWrites(panel, "Is there parking nearby?");
  await inboxRows(anna).filter({ hasText: "parking nearby" }).click();

  const keys: (string | undefined)[] = [];
  await anna.route("**/api/v1/conversations/*/messages", async (route) => {
    const request = route.request();
    if (request.method() !== "POST") return route.fallback();
    keys.push(request.headers()["idempotency-key"]);
    // The server hears each; the page hears the third.
    const answer = await route.fetch();
    if (keys.length < 3) await route.abort("connectionreset");
    else await route.fulfill({ response: answer });
  });
  const write = anna.getByPlaceholder(said("en", "composer.placeholder"));
  await write.fill("Yes, behind the house.");
  await write.press("Enter");
  await write.press("Enter");

  await expect.poll(() => keys.length, { timeout: 20_000 }).toBe(3);
  expect(new Set(keys).size).toBe(1);
  await expect(anna.locator("[data-outgoing]")).toHaveCount(0);
  const sent = anna.getByRole("log").getByText("Yes, behind the house.");
  await expect(sent).toHaveCount(1);
  await expect(panel.getByText("Yes, behind the house.")).toHaveCount(1);
  await anna.reload();
  await expect(sent).toHaveCount(1);
});

test("what was written without a network goes when it is back, even after a reload", async ({
  server,
  browser,
}) => {
  const page = await open((options) => browser.newContext(options));
  await signIn(page, server.url, "boris@demo.local");
  await inboxRows(page).first().click();
  const address = page.url();
  await expect(page.getByRole("log").getByRole("article").first()).toBeVisible();
  await page.context().setOffline(true);
  await expect(page.locator('[data-connection="offline"]').first()).toBeAttached();
  await page.getByPlaceholder(said("en", "composer.placeholder")).fill("Written in a tunnel");
  await page.keyboard.press("Enter");
  await expect(page.getByText(said("en", "outgoing.waiting"))).toBeVisible();
  await expect(page.getByText(said("en", "connection.offline"))).toBeVisible();

  await page.goto("about:blank");
  await page.context().setOffline(false);
  await page.goto(address);
  await expect(page.locator("[data-outgoing]")).toHaveCount(0);
  await expect(page.getByRole("log").getByText("Written in a tunnel")).toHaveCount(1);
});

test("a duplicated tab asks to sign in instead of ending the session of the first", async ({
  server,
  browser,
}) => {
  const context = await browser.newContext({ locale: "en-GB" });
  const first = await context.newPage();
  await signIn(first, server.url, "anna@demo.local");
  const kept = await first.evaluate(() => JSON.stringify({ ...sessionStorage }));

  const copy = await context.newPage();
  await copy.goto(`${server.url}/favicon.svg`);
  await copy.evaluate((stored) => {
    for (const [key, value] of Object.entries(JSON.parse(stored))) {
      sessionStorage.setItem(key, String(value));
    }
  }, kept);
  await copy.goto(`${server.url}/inbox`);
  await expect(copy.getByText(said("en", "sign_in.duplicate"))).toBeVisible();

  await first.reload();
  await expect(inboxRows(first).first()).toBeVisible();
});

test("a reload is no copy, however late the page before it lets go", async ({ server, browser }) => {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await signIn(page, server.url, "anna@demo.local");
  const before = await context.newPage();
  await before.goto(`${server.url}/favicon.svg`);
  const locks = await page.evaluate(() => navigator.locks.query());
  const name = locks.held?.[0]?.name ?? "";
  expect(name).toContain("omnisupport.session.");
  // Waits for the lock, has it as soon as the page goes, and answers nobody.
  await before.evaluate((lock) => {
    void navigator.locks.request(lock, () => new Promise(() => undefined));
  }, name);

  await page.reload();
  await expect(inboxRows(page).first()).toBeVisible();
});
