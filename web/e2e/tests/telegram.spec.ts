import type { Page } from "@playwright/test";
import {
  expect,
  expectAccessible,
  expectNoFaults,
  expectNoOverflow,
  expectTranslated,
  inboxRows,
  open,
  ownerAt,
  signIn,
  testWithTelegram as test,
} from "../fixtures";
import { type Language, said } from "../texts";

const t = (key: string, params?: Record<string, string>) => said("en", key, params);
const exact = { exact: true } as const;

/** The smallest picture there is. */
const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const picture = (name: string) => ({ name, mimeType: "image/png", content: new Uint8Array(PIXEL) });

const article = (page: Page, text: string) =>
  page.getByRole("log").getByRole("article").filter({ hasText: text });

async function act(page: Page, text: string, action: string): Promise<void> {
  const bubble = article(page, text);
  await bubble.hover();
  await bubble.getByRole("button", { name: t("message.actions") }).click();
  await page.getByRole("menuitem", { name: t(action), ...exact }).click();
}

test("all that Telegram brings is shown, answered, changed and taken back", async ({
  server,
  telegram,
  browser,
  request,
}) => {
  const asOwner = await ownerAt(request, server.url);
  await asOwner("POST", "channels", {
    type: "telegram",
    name: "Bot",
    settings: { mode: "polling" },
    secrets: { bot_token: "4242:simulated" },
  });
  const contexts = (options: object) => browser.newContext(options);
  const anna = await open(contexts);
  await signIn(anna, server.url, "anna@demo.local");
  const customer = await telegram.customer("Emily Clark");

  await test.step("every kind is shown as what it is", async () => {
    await customer.writes("Could you do it like this?");
    await customer.sends({ ...picture("one.png"), album: "a" });
    await customer.sends({ ...picture("two.png"), album: "a" });
    await customer.sends({
      ...picture("s.tgs"),
      mimeType: "application/x-tgsticker",
      kind: "sticker",
    });
    await customer.sendsThing({ kind: "location", latitude: 55.75, longitude: 37.62 });
    await customer.sendsThing({ kind: "phone", number: "79990001122" });
    await customer.sendsThing({ kind: "dice" });
    await inboxRows(anna).filter({ hasText: "Emily Clark" }).click();
    const log = anna.getByRole("log");
    await expect(article(anna, "Could you do it like this?")).toBeVisible();
    // Two pictures, one bubble.
    const album = log.getByRole("article").filter({ has: anna.locator(".grid-cols-2") });
    await expect(album.locator("img")).toHaveCount(2);
    await expect(log.getByText(t("content.location"), exact)).toBeVisible();
    await expect(log.getByText(t("content.own_contact"), exact)).toBeVisible();
    await expect(log.getByText(t("content.kind.dice"), exact)).toBeVisible();
    const panel = anna.getByRole("complementary", { name: t("customer.title") });
    await expect(panel.getByText("+79990001122")).toBeVisible();
    await expect(panel.getByLabel(t("customer.proven"))).toBeVisible();
  });

  const box = anna.getByPlaceholder(t("composer.placeholder"));
  await test.step("an answer quotes, and leads back", async () => {
    await act(anna, "Could you do it like this?", "message.reply");
    await box.fill("Yes, 2500");
    await box.press("Enter");
    const answer = article(anna, "Yes, 2500");
    const quote = answer.getByTitle(t("message.quote"));
    await expect(quote).toContainText("Could you do it like this?");
    await quote.click();
    await expect(article(anna, "Could you do it like this?").first()).toBeInViewport();
    await expect.poll(() => customer.reads()).toEqual(["Yes, 2500"]);
    await expect(answer.locator('[data-delivery="sent"]')).toBeVisible();
  });

  await test.step("what was written is changed on the phone, too", async () => {
    await act(anna, "Yes, 2500", "message.edit");
    const field = anna.getByRole("textbox", { name: t("message.edit_label") });
    await field.fill("Yes, 2700");
    await field.press("Enter");
    await expect(article(anna, "Yes, 2700").getByText(t("message.edited"), exact)).toBeVisible();
    await expect.poll(() => customer.reads()).toEqual(["Yes, 2700"]);
  });

  await test.step("files go as one album", async () => {
    const files = ["red.png", "blue.png"].map((name) => ({
      name,
      mimeType: "image/png",
      buffer: PIXEL,
    }));
    await anna.locator('main input[type="file"]').setInputFiles(files);
    await box.fill("Both colours");
    await expect(anna.getByRole("button", { name: t("composer.send"), ...exact })).toBeEnabled();
    await box.press("Enter");
    const album = article(anna, "Both colours");
    await expect(album).toHaveCount(1);
    await expect(album.locator("img")).toHaveCount(2);
    await expect(album.locator('[data-delivery="sent"]')).toBeVisible();
  });
  await expectAccessible(anna);

  await test.step("and taken back from it", async () => {
    await act(anna, "Yes, 2700", "message.delete");
    await anna
      .getByRole("alertdialog")
      .getByRole("button", { name: t("message.delete"), ...exact })
      .click();
    await expect(article(anna, t("message.deleted"))).toBeVisible();
    await expect.poll(async () => (await customer.reads()).includes("Yes, 2700")).toBe(false);
  });
  expectNoFaults(anna);

  for (const language of ["ru", "ar"] as Language[]) {
    await test.step(`it reads well in ${language}, on a phone`, async () => {
      const page = await open(contexts, { language, theme: "dark", width: 390, height: 844 });
      await signIn(page, server.url, "anna@demo.local", language);
      await inboxRows(page).filter({ hasText: "Emily Clark" }).click();
      await expect(page.getByText(said(language, "message.deleted"))).toBeVisible();
      await expectNoOverflow(page);
      await expectTranslated(page, language);
      await expectAccessible(page);
    });
  }
});
