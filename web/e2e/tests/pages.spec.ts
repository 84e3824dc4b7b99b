import type { Page } from "@playwright/test";
import {
  expect,
  expectAccessible,
  expectNoFaults,
  expectNoOverflow,
  expectTranslated,
  inboxRows,
  open,
  openWidget,
  SETTINGS,
  signIn,
  test,
} from "../fixtures";
import { LANGUAGES, type Language, said } from "../texts";

const OWNER = "owner@demo.local";
const NARROW = { width: 360, height: 740 };

/** Goes through every page of the dashboard as the owner and looks at each. */
async function tour(
  page: Page,
  url: string,
  language: Language,
  look: (name: string) => Promise<void>,
): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await expect(page.getByRole("region", { name: said(language, "demo.title") })).toBeVisible();
  await look("sign-in");
  await signIn(page, url, OWNER, language);
  await look("inbox");
  await inboxRows(page).first().click();
  await expect(page.getByRole("log").getByRole("article").first()).toBeVisible();
  await look("thread");
  for (const part of SETTINGS) {
    await page.goto(`${url}/settings/${part}`);
    await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
    await expect(page.locator(".skeleton")).toHaveCount(0);
    await look(part);
  }
  await page.goto(`${url}/customers`);
  await page.locator('a[href^="/customers/"]').first().click();
  await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
  await expect(page.locator(".skeleton")).toHaveCount(0);
  await look("customer");
  await page.goto(`${url}/customers`);
  await expect(page.locator('a[href^="/customers/"]').first()).toBeVisible();
  await look("customers");
  await page.goto(`${url}/settings/channels`);
  await page.getByRole("button", { name: said(language, "channels.add") }).click();
  await page.getByRole("menuitem", { name: said(language, "channel.widget") }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("widget form");
  await page.keyboard.press("Escape");
  await page.goto(`${url}/inbox?status=closed&channel=telegram&assigned=me`);
  await look("empty or filtered");
  await page.goto(`${url}/no/such/page`);
  await expect(page.getByText(said(language, "not_found.title"))).toBeVisible();
  await look("not found");
}

for (const theme of ["light", "dark"] as const) {
  test(`nothing is in the way of anybody (${theme})`, async ({ server, browser }) => {
    const page = await open((options) => browser.newContext(options), { theme });
    await tour(page, server.url, "en", async (name) => {
      await test.step(name, () => expectAccessible(page));
    });
    expectNoFaults(page);
  });
}

for (const language of LANGUAGES) {
  test(`everything fits 360 pixels and is translated (${language})`, async ({
    server,
    browser,
  }) => {
    const page = await open((options) => browser.newContext(options), { language, ...NARROW });
    await tour(page, server.url, language, async (name) => {
      await test.step(name, async () => {
        await expectNoOverflow(page);
        await expectTranslated(page, language);
      });
    });
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
    expectNoFaults(page);
  });

  test(`the chat of a visitor fits and is accessible (${language})`, async ({
    server,
    browser,
  }) => {
    const page = await open((options) => browser.newContext(options), { language, ...NARROW });
    await openWidget(page, server.url, language);
    await expectNoOverflow(page);
    await expectAccessible(page);
    expectNoFaults(page);
  });
}

test("the keyboard is enough", async ({ server, browser }) => {
  const page = await open((options) => browser.newContext(options));
  await signIn(page, server.url, "anna@demo.local");
  await page.keyboard.press("j");
  await expect(page.getByRole("log")).toBeVisible();
  const first = page.url();
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await expect(page).not.toHaveURL(first);
  await page.keyboard.press("Escape");
  await page.keyboard.press("r");
  await expect(page.getByPlaceholder(said("en", "composer.placeholder"))).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+Slash");
  await expect(page.getByRole("dialog", { name: said("en", "shortcuts.title") })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a wrong password is told in words, with the request's number", async ({
  server,
  browser,
}) => {
  const page = await open((options) => browser.newContext(options), { language: "ru" });
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel(said("ru", "sign_in.email")).fill("anna@demo.local");
  await page.getByLabel(said("ru", "sign_in.password")).fill("not-the-password");
  await page.getByRole("button", { name: said("ru", "sign_in.submit"), exact: true }).click();
  await expect(page.getByRole("alert")).toContainText(said("ru", "error.bad_credentials"));
  await expect(page.getByRole("alert")).toContainText(/Запрос [\w-]+/);
});

test("the dashboard can be installed", async ({ server, page }) => {
  await page.goto(`${server.url}/sign-in`);
  const link = page.locator('link[rel="manifest"]');
  const address = new URL((await link.getAttribute("href")) ?? "", server.url).href;
  const answer = await page.request.get(address);
  expect(answer.headers()["content-type"]).toContain("application/manifest+json");
  const manifest: {
    start_url: string;
    display: string;
    icons: { src: string; sizes: string; type: string; purpose?: string }[];
  } = await answer.json();
  expect(manifest).toMatchObject({ start_url: "/inbox", display: "standalone" });
  expect(manifest.icons.some(({ purpose }) => purpose === "maskable")).toBe(true);
  for (const icon of manifest.icons) {
    const file = await page.request.get(new URL(icon.src, server.url).href);
    expect(file.headers()["content-type"], icon.src).toBe(icon.type);
    if (icon.type !== "image/png") continue;
    const size = await page.evaluate(async (src) => {
      const image = await createImageBitmap(await (await fetch(src)).blob());
      return `${image.width}x${image.height}`;
    }, icon.src);
    expect(size, icon.src).toBe(icon.sizes);
  }
});
