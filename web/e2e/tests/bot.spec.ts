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

test("a bot asks for a number, takes reactions, leaves groups, and its log tells", async ({
  server,
  telegram,
  browser,
  request,
}) => {
  const asOwner = await ownerAt(request, server.url);
  await asOwner("POST", "channels", {
    type: "telegram",
    name: "Salon bot",
    settings: { mode: "polling" },
    secrets: { bot_token: "4343:simulated" },
  });
  const contexts = (options: object) => browser.newContext(options);
  const anna = await open(contexts);
  await signIn(anna, server.url, "anna@demo.local");
  const customer = await telegram.customer("Nora Green");
  await customer.writes("/start spring-sale");
  await inboxRows(anna).filter({ hasText: "Nora Green" }).click();
  const log = anna.getByRole("log");
  const panel = anna.getByRole("complementary", { name: t("customer.title") });

  await test.step("where she comes from stands beside the thread", async () => {
    await expect(panel.getByText("spring-sale", exact)).toBeVisible();
  });

  await test.step("she is asked for her number, and sends it with one tap", async () => {
    await anna.getByRole("button", { name: t("composer.ask_phone"), ...exact }).click();
    await expect(log.getByText("Share my number", exact)).toBeVisible();
    await expect.poll(() => customer.sees("Share my number")).toBe(true);
    await customer.sendsThing({ kind: "tap", title: "Share my number", number: "79990001122" });
    await expect(log.getByText(t("content.own_contact"), exact)).toBeVisible();
    await expect(panel.getByText("+79990001122")).toBeVisible();
  });

  await test.step("both react", async () => {
    const first = log.getByRole("article").filter({ hasText: "/start spring-sale" });
    await first.hover();
    await first.getByRole("button", { name: t("message.actions") }).click();
    await anna.getByRole("menuitem", { name: t("message.react", { emoji: "👍" }) }).click();
    await expect(first.getByLabel(t("message.reaction_team", { emoji: "👍" }))).toBeVisible();
    // The question was the second message of the chat.
    await customer.sendsThing({ kind: "reaction", message_id: 2, emoji: "❤" });
    await expect(log.getByLabel(t("message.reaction_customer", { emoji: "❤" }))).toBeVisible();
  });
  await expectAccessible(anna);
  expectNoFaults(anna);

  const owner = await open(contexts);
  await signIn(owner, server.url, "owner@demo.local");
  await owner.goto(`${server.url}/settings/channels`);
  const card = owner.getByRole("article", { name: "Salon bot", ...exact });

  await test.step("a link to the bot is made", async () => {
    await card.getByLabel(t("telegram.link_mark")).fill("insta gram!");
    await expect(card.getByText("https://t.me/simulated_4343_bot?start=instagram")).toBeVisible();
  });

  await test.step("the log shows what came, and takes it up again", async () => {
    await customer.sendsThing({ kind: "group", title: "Neighbours" });
    await card.getByRole("link", { name: t("channel_log.open"), ...exact }).click();
    await expect(owner.getByRole("article").first()).toBeVisible();
    await owner.getByLabel(t("channel_log.filter")).selectOption("unsupported");
    const event = owner.getByRole("article", { name: /my_chat_member/ }).last();
    await expect(async () => {
      await owner.getByRole("button", { name: t("channel_log.refresh") }).click();
      await expect(event).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await event.getByText(t("channel_log.payload")).click();
    await expect(event.getByText('"Neighbours"')).toBeVisible();
    await expectAccessible(owner);
    await event.getByRole("button", { name: t("channel_log.replay") }).click();
    await expect(owner.getByText(t("channel_log.replayed"))).toBeVisible();
  });
  expectNoFaults(owner);

  for (const language of ["ru", "ar"] as Language[]) {
    await test.step(`it reads well in ${language}, on a phone`, async () => {
      const page = await open(contexts, { language, theme: "dark", width: 390, height: 844 });
      await signIn(page, server.url, "owner@demo.local", language);
      await page.goto(owner.url());
      await expect(page.getByRole("article").first()).toBeVisible();
      await expectNoOverflow(page);
      await expectTranslated(page, language);
      await expectAccessible(page);
      await page.goto(`${server.url}/settings/channels`);
      await expect(page.getByLabel(said(language, "telegram.link_mark"))).toBeVisible();
      await expectNoOverflow(page);
      await expectAccessible(page);
    });
  }
});
