import type { Locator, Page } from "@playwright/test";
import {
  expect,
  expectNoFaults,
  inboxRows,
  open,
  openBoth,
  openWidget,
  ownerAt,
  signIn,
  testWithTelegram as test,
  visitorWrites,
} from "../fixtures";
import { said } from "../texts";

const OWNER = "owner@demo.local";
const t = (key: string, params?: Record<string, string>) => said("en", key, params);
const exact = { exact: true } as const;

const CUSTOMER = '<img src=x onerror="window.pwned=1">';
const VISITOR = '"><script>window.pwned=1</script>';
/** An address may hold no angle brackets, so this one tries to end an attribute. */
const EMAIL = '"onfocus=window.pwned=1"@evil.example';
const SVG = "<svg onload=window.pwned=1>";
const BOT = `${SVG} bot`;
const TEXTS = [
  "<iframe src=javascript:window.pwned=1>",
  '<form action="javascript:window.pwned=1">',
  "<input autofocus onfocus=window.pwned=1>",
  "javascript:window.pwned=1",
];

/** A name is kept from its last slash on, and without what means something to a file system. */
const PICTURE = { sent: '"><script>window.pwned=1</script>.png', kept: "script.png" };
const DRAWING = { sent: '"><script>window.pwned=1</script>.svg', kept: "script.svg" };
/** The smallest picture there is. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const SCRIPTED =
  '<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned=1"><script>window.pwned=1</script></svg>';

/** What the texts would become, were one of them taken for markup. */
const ALIVE = [
  "script",
  "iframe",
  "form[action]",
  "[onerror]",
  "[onload]",
  "[onfocus]",
  '[href^="javascript:"]',
  '[src^="javascript:"]',
].join(", ");

const list = (page: Page) => page.getByRole("list", { name: t("inbox.list") });
const thread = (page: Page) => page.getByRole("log");
const aboutCustomer = (page: Page) =>
  page.getByRole("complementary", { name: t("customer.title") });
const rowOf = (page: Page, name: string) => inboxRows(page).filter({ hasText: name });

async function expectOnlyText(page: Page, ...parts: Locator[]): Promise<void> {
  for (const part of parts) {
    await expect(part).toBeVisible();
    await expect(part.locator(ALIVE)).toHaveCount(0);
  }
  expect(await page.evaluate(() => "pwned" in window)).toBe(false);
  expectNoFaults(page);
}

/** Whoever opens the address by itself saves the file; and if not, nothing in it may run. */
async function expectOnlySaved(link: Locator, url: string): Promise<void> {
  const address = new URL((await link.getAttribute("href")) ?? "", url);
  const answer = await link.page().request.get(address.href);
  const headers = answer.headers();
  expect(answer.status()).toBe(200);
  expect(headers["content-disposition"]).toMatch(/^attachment;/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  // Without a word after it the sandbox allows nothing.
  expect(headers["content-security-policy"]).toMatch(/(^|; ?)sandbox(;|$)/);
}

test("a Telegram customer's name, words and file are text to an operator, and back", async ({
  server,
  telegram,
  browser,
  request,
}) => {
  const owner = await open((options) => browser.newContext(options));
  await signIn(owner, server.url, OWNER);
  const row = rowOf(owner, CUSTOMER);

  await test.step("the bot gets a name of the same kind", async () => {
    await owner.goto(`${server.url}/settings/channels`);
    await owner.getByRole("button", { name: t("channels.add") }).click();
    await owner.getByRole("menuitem", { name: t("channel.telegram") }).click();
    const dialog = owner.getByRole("dialog");
    await dialog.getByLabel(t("channels.name")).fill(BOT);
    await dialog.getByLabel(t("telegram.token")).fill("1234:simulated");
    await dialog.getByRole("button", { name: t("channels.connect") }).click();
    await expect(owner.getByText(t("channels.added", { name: BOT }), exact)).toBeVisible();
    const card = owner.getByRole("article", { name: BOT, ...exact });
    await expect(card.getByRole("heading", { name: BOT, ...exact })).toBeVisible();
    await expectOnlyText(owner, owner.getByRole("main"));
  });

  const customer = await telegram.customer(CUSTOMER);
  await test.step("the list shows each message as it was written", async () => {
    await owner.goto(`${server.url}/inbox`);
    await expect(owner.locator('[data-connection="connected"]').first()).toBeAttached();
    for (const text of TEXTS) {
      await customer.writes(text);
      await expect(row.getByText(text, exact)).toBeVisible();
    }
    await expect(row.getByText(CUSTOMER, exact)).toBeVisible();
    await expectOnlyText(owner, list(owner));
  });

  await test.step("the thread and the customer's panel do, too", async () => {
    await row.click();
    for (const text of TEXTS) await expect(thread(owner).getByText(text, exact)).toBeVisible();
    await expect(owner.getByRole("heading", { name: CUSTOMER, ...exact })).toBeVisible();
    await expect(aboutCustomer(owner).getByText(CUSTOMER, exact).first()).toBeVisible();
    await expectOnlyText(owner, list(owner), owner.getByRole("main"), aboutCustomer(owner));
  });

  await test.step("a drawing with a script can only be saved", async () => {
    await customer.sends({ name: DRAWING.sent, mimeType: "image/svg+xml", content: SCRIPTED });
    const name = t("content.download", { name: DRAWING.kept });
    const link = thread(owner).getByRole("link", { name, ...exact });
    await expectOnlySaved(link, server.url);
    await expectOnlyText(owner, thread(owner));
  });

  await test.step("the customer reads the operator's markup", async () => {
    await owner.getByPlaceholder(t("composer.placeholder")).fill("<b>x</b>");
    await owner.keyboard.press("Enter");
    await expect(thread(owner).getByText("<b>x</b>", exact)).toBeVisible();
    // The simulator refuses every parse_mode, so what arrives came without one.
    await expect.poll(() => customer.reads()).toEqual(["<b>x</b>"]);
  });

  await test.step("a tag is kept as it is", async () => {
    // No page shows tags yet; one that will must find this one harmless.
    const id = (await row.getAttribute("id"))?.replace("row-", "");
    const asOwner = await ownerAt(request, server.url);
    const changed = await asOwner<{ tags: string[] }>("PATCH", `conversations/${id}`, {
      tags: [SVG],
    });
    expect(changed.tags).toEqual([SVG]);
    await owner.reload();
    await expect(thread(owner).getByText("<b>x</b>", exact)).toBeVisible();
    await expectOnlyText(owner, list(owner), owner.getByRole("main"), aboutCustomer(owner));
  });
});

test("a visitor's name, words and files are text to an operator, and to himself", async ({
  server,
  browser,
}) => {
  const { anna, visitor, panel } = await openBoth(browser, server.url);
  const row = rowOf(anna, VISITOR);
  await visitor.evaluate((known) => Reflect.get(window, "OmniSupport")("identify", known), {
    name: VISITOR,
    email: EMAIL,
  });

  await test.step("both see each message as it was written", async () => {
    for (const text of TEXTS) {
      await visitorWrites(panel, text);
      await expect(panel.getByText(text, exact)).toBeVisible();
      await expect(row.getByText(text, exact)).toBeVisible();
    }
    await expect(row.getByText(VISITOR, exact)).toBeVisible();
    await row.click();
    for (const text of TEXTS) await expect(thread(anna).getByText(text, exact)).toBeVisible();
    await expect(anna.getByRole("heading", { name: VISITOR, ...exact })).toBeVisible();
    await expect(aboutCustomer(anna).getByText(EMAIL, exact)).toBeVisible();
  });

  await test.step("files show their names and their caption", async () => {
    await panel.locator('input[type="file"]').setInputFiles([
      { name: PICTURE.sent, mimeType: "image/png", buffer: Buffer.from(PIXEL, "base64") },
      { name: DRAWING.sent, mimeType: "image/svg+xml", buffer: Buffer.from(SCRIPTED) },
    ]);
    for (const { sent } of [PICTURE, DRAWING]) {
      await expect(panel.getByText(sent, exact)).toBeVisible();
    }
    await expectOnlyText(visitor, panel);
    await visitorWrites(panel, SVG);

    const picture = t("content.open_image", { name: PICTURE.kept });
    await expect(thread(anna).getByRole("button", { name: picture, ...exact })).toBeVisible();
    const drawing = t("content.download", { name: DRAWING.kept });
    const link = thread(anna).getByRole("link", { name: drawing, ...exact });
    await expectOnlySaved(link, server.url);
    for (const side of [thread(anna), panel]) {
      await expect(side.getByText(SVG, exact)).toBeVisible();
      await expect(side.getByAltText(PICTURE.kept, exact)).toBeVisible();
    }
  });

  await test.step("the operator's answer is text to the visitor", async () => {
    await anna.getByPlaceholder(t("composer.placeholder")).fill(CUSTOMER);
    await anna.keyboard.press("Enter");
    await expect(panel.getByText(CUSTOMER, exact)).toBeVisible();
  });

  await expectOnlyText(anna, list(anna), anna.getByRole("main"), aboutCustomer(anna));
  await expectOnlyText(visitor, panel);
});

test("what a company calls itself and its people is text to it and to its visitors", async ({
  server,
  browser,
  request,
}) => {
  const asOwner = await ownerAt(request, server.url);
  const { items } = await asOwner<{ items: { id: string; type: string; settings: object }[] }>(
    "GET",
    "channels",
  );
  const widget = items.find(({ type }) => type === "widget");
  await asOwner("PATCH", `channels/${widget?.id}`, {
    name: SVG,
    settings: { ...widget?.settings, name: SVG, greeting: { en: SVG } },
  });
  await asOwner("POST", "operators", { email: "svg@demo.local", name: SVG, role: "operator" });
  const contexts = (options: object) => browser.newContext(options);

  await test.step("in the settings", async () => {
    const owner = await open(contexts);
    await signIn(owner, server.url, OWNER);
    await owner.goto(`${server.url}/settings/channels`);
    const card = owner.getByRole("article", { name: SVG, ...exact });
    await expect(card.getByRole("heading", { name: SVG, ...exact })).toBeVisible();

    await card.getByRole("button", { name: t("channels.edit", { name: SVG }) }).click();
    const dialog = owner.getByRole("dialog");
    await expect(dialog.getByLabel("English", exact)).toHaveValue(SVG);
    await expectOnlyText(owner, dialog);
    await dialog.getByRole("button", { name: t("action.cancel") }).click();

    await card.getByRole("button", { name: t("channels.delete", { name: SVG }) }).click();
    const question = owner.getByRole("alertdialog", {
      name: t("channels.delete_title", { name: SVG }),
    });
    await expectOnlyText(owner, question);
    await question.getByRole("button", { name: t("action.cancel") }).click();
    await expectOnlyText(owner, owner.getByRole("main"));

    await owner.goto(`${server.url}/inbox`);
    await inboxRows(owner).first().click();
    await owner.getByRole("button", { name: /^Assigned to/ }).click();
    await expect(owner.getByRole("menuitemradio", { name: SVG })).toBeVisible();
    await expectOnlyText(owner, owner.getByRole("menu"));
  });

  await test.step("in the chat", async () => {
    const visitor = await open(contexts);
    const panel = await openWidget(visitor, server.url);
    await expect(panel.getByRole("heading", { name: SVG, ...exact })).toBeVisible();
    await expect(panel.getByRole("log").getByText(SVG, exact)).toBeVisible();
    await expectOnlyText(visitor, panel);
  });
});
