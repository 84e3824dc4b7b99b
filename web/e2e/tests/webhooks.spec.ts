import {
  expect,
  expectAccessible,
  expectNoFaults,
  expectNoOverflow,
  expectTranslated,
  type Look,
  open,
  ownerAt,
  signIn,
  testWithReceiver as test,
} from "../fixtures";
import { LANGUAGES, said } from "../texts";

const OWNER = "owner@demo.local";
const t = (key: string, params?: Record<string, string>) => said("en", key, params);

test("a program is told, looked after and sent again what it missed", async ({
  server,
  receiver,
  browser,
}) => {
  const page = await open((options) => browser.newContext(options));
  await signIn(page, server.url, OWNER);
  await page.goto(`${server.url}/settings/webhooks`);
  await expect(page.getByText(t("webhooks.none_title"))).toBeVisible();
  await page.getByRole("button", { name: t("webhooks.add") }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("webhook.url")).fill("http://10.0.0.1/inside");
  await dialog.getByRole("button", { name: t("webhook.add"), exact: true }).click();
  await expect(dialog.getByText(t("error.field"))).toBeVisible();
  await dialog.getByLabel(t("webhook.url")).fill(receiver.url);
  await dialog.getByLabel(t("webhook.description")).fill("Warehouse");
  await dialog.getByLabel(t("webhook_type.conversation_updated")).check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: t("webhook.add"), exact: true }).click();
  await expect(dialog.getByText(/^whsec_/)).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: t("action.done") }).click();

  const card = page.getByRole("article", { name: receiver.url });
  await card.getByRole("button", { name: t("webhooks.test") }).click();
  await expect(card.getByText(/^It took the test: 200/)).toBeVisible();
  expect(receiver.letters.map(({ type }) => type)).toEqual(["webhook.test"]);
  await card.getByRole("button", { name: t("webhooks.renew") }).click();
  const confirm = page.getByRole("alertdialog");
  await confirm.getByRole("button", { name: t("webhooks.renew_confirm") }).click();
  await expect(dialog.getByText(/^whsec_/)).toBeVisible();
  await dialog.getByRole("button", { name: t("action.done") }).click();
  await expect(card.getByText(/^The secret before signs along/)).toBeVisible();

  const owner = await ownerAt(page.request, server.url);
  const { items } = await owner<{ items: { id: string }[] }>("GET", "conversations?limit=1");
  const tag = (word: string) => owner("PATCH", `conversations/${items[0]?.id}`, { tags: [word] });
  await tag("one");
  await expect.poll(() => receiver.letters.length).toBe(2);
  await card.getByRole("link", { name: t("webhooks.log") }).click();
  const rows = page.getByRole("article");
  await expect(rows).toHaveCount(1);
  await expect(rows.first().getByText(t("webhook_state.delivered"))).toBeVisible();
  await rows.first().getByText("1 attempt").click();
  await expect(rows.first().getByText(receiver.letters[1]?.id ?? "")).toBeVisible();
  await expectAccessible(page);
  await rows
    .first()
    .getByRole("button", { name: t("webhook_log.replay") })
    .click();
  await expect.poll(() => receiver.letters.length).toBe(3);
  expect(receiver.letters[2]?.id).toBe(receiver.letters[1]?.id);

  // Gone: it is switched off, and what happens meanwhile waits to be asked for.
  receiver.answers = 410;
  await tag("two");
  await expect.poll(() => receiver.letters.length).toBe(4);
  await page.getByRole("link", { name: t("webhook_log.back") }).click();
  await expect(async () => {
    await page.reload();
    await expect(card.getByText(/the address answered 410/)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  const mark = page.getByRole("img", { name: t("webhooks.off_mark") });
  await expect(mark).toBeVisible();
  receiver.answers = 200;
  await card.getByRole("button", { name: t("webhooks.switch_on") }).click();
  await expect(mark).toHaveCount(0);
  await expect(card.getByText(t("webhook_status.on"), { exact: true })).toBeVisible();
  await card.getByRole("link", { name: t("webhooks.log") }).click();
  await page.getByLabel(t("webhook_log.filter")).selectOption("failed");
  await expect(rows).toHaveCount(1);
  await page.getByRole("button", { name: t("webhook_replay.open") }).click();
  await dialog.getByRole("button", { name: t("webhook_replay.send") }).click();
  await expect(dialog).toHaveCount(0);
  await expect.poll(() => receiver.letters.length).toBe(5);
  expect(receiver.letters[4]?.id).toBe(receiver.letters[3]?.id);

  await page.goto(`${server.url}/settings/webhooks`);
  await card.getByRole("button", { name: t("webhooks.delete", { name: receiver.url }) }).click();
  await confirm.getByRole("button", { name: t("webhooks.delete_confirm") }).click();
  await expect(card).toHaveCount(0);
  expectNoFaults(page);
});

const LOOKS: (Look & { name: string })[] = [
  { name: "light" },
  { name: "dark", theme: "dark" },
  { name: "narrow", width: 390, height: 844 },
];

test("the pages are read in every language, wide and narrow", async ({
  server,
  receiver,
  browser,
}, info) => {
  test.slow();
  const first = await open((options) => browser.newContext(options));
  await first.goto(`${server.url}/sign-in`);
  const owner = await ownerAt(first.request, server.url);
  const address = `${receiver.url}?for=${"a-long-name-".repeat(6)}`;
  const types = ["message.new", "conversation.updated"];
  const made = await owner<{ id: string }>("POST", "webhooks", { url: address, types });
  await owner("POST", "webhooks", { url: "https://crm.example/hook", enabled: false });
  const { items } = await owner<{ items: { id: string }[] }>("GET", "conversations?limit=1");
  receiver.answers = 500;
  await owner("PATCH", `conversations/${items[0]?.id}`, { tags: ["a"] });
  await expect.poll(() => receiver.letters.length).toBeGreaterThan(0);
  receiver.answers = 200;
  await owner("PATCH", `conversations/${items[0]?.id}`, { tags: ["b"] });
  await expect.poll(() => receiver.letters.length).toBeGreaterThan(1);
  for (const language of LANGUAGES) {
    for (const { name, ...look } of LOOKS) {
      const page = await open((options) => browser.newContext(options), { language, ...look });
      await signIn(page, server.url, OWNER, language);
      for (const path of ["webhooks", `webhooks/${made.id}`]) {
        await page.goto(`${server.url}/settings/${path}`);
        await expect(page.getByRole("article").first()).toBeVisible();
        await expectNoOverflow(page);
        await expectTranslated(page, language);
        if (language === "en") await expectAccessible(page);
        const kind = path === "webhooks" ? "list" : "log";
        await page.screenshot({ path: info.outputPath(`${kind}-${language}-${name}.png`) });
      }
      expectNoFaults(page);
      await page.context().close();
    }
  }
});
