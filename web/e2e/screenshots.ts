import { join } from "node:path";
import type { Page } from "@playwright/test";
import {
  expect,
  inboxRows,
  type Look,
  open,
  openWidget,
  signIn,
  test,
  visitorWrites,
} from "./fixtures";
import { LANGUAGES, type Language } from "./texts";

/** The two pictures of the README stand here and are kept; all others go into `all` and are not. */
const FOLDER = join(import.meta.dirname, "../../docs/screenshots");

const shoot = (page: Page, name: string) => page.screenshot({ path: join(FOLDER, `${name}.png`) });

const LOOKS: (Look & { name: string })[] = [
  { name: "light" },
  { name: "dark", theme: "dark" },
  { name: "narrow", width: 390, height: 844 },
];

/** What a visitor and the salon say, so that the pictures show a chat and not a fixture. */
const WORDS: Record<Language, [question: string, answer: string]> = {
  ru: [
    "Здравствуйте! Есть окно на окрашивание в субботу утром?",
    "Да, в 10:30 у Елены. Записать вас?",
  ],
  en: [
    "Hello! Do you have a slot for colouring on Saturday morning?",
    "Yes, 10:30 with Elena. Shall I book it?",
  ],
  ar: ["مرحبًا! هل يوجد موعد لصبغ الشعر صباح السبت؟", "نعم، الساعة 10:30 مع إيلينا. هل أحجزه لك؟"],
};

for (const language of LANGUAGES) {
  for (const { name, ...look } of LOOKS) {
    test(`pictures (${language}, ${name})`, async ({ server, browser }) => {
      const contexts = (options: object) => browser.newContext(options);
      const suffix = `${language}-${name}`;
      const page = await open(contexts, { language, ...look });
      const visitor = await open(contexts, { language, ...look });
      const [question, answer] = WORDS[language];

      await page.goto(`${server.url}/sign-in`);
      await page.waitForLoadState("networkidle");
      await shoot(page, `all/sign-in-${suffix}`);
      await signIn(page, server.url, "owner@demo.local", language);
      const panel = await openWidget(visitor, server.url, language);
      await visitorWrites(panel, question, language);
      const row = inboxRows(page)
        .filter({ hasText: question.slice(0, 20) })
        .first();
      await expect(row).toBeVisible();
      await settled(page);
      await shoot(page, `all/inbox-${suffix}`);
      await row.click();
      const write = page.locator("main textarea");
      await write.fill(answer);
      await write.press("Enter");
      await expect(panel.getByText(answer)).toBeVisible();
      await settled(page);
      await shoot(page, `all/thread-${suffix}`);
      await shoot(visitor, `all/widget-${suffix}`);
      if (suffix === "en-light") {
        await shoot(page, "inbox");
        await shoot(visitor, "widget");
      }
      for (const part of ["channels", "routing", "profile"]) {
        await page.goto(`${server.url}/settings/${part}`);
        await settled(page);
        await shoot(page, `all/${part}-${suffix}`);
      }
    });
  }
}

/** Fonts, pictures and movements are there. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await expect(page.locator(".skeleton")).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(400);
}
