import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import {
  expect,
  inboxRows,
  type Look,
  open,
  openWidget,
  SETTINGS,
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

/** What a visitor and the salon say in turn, so that the pictures show a chat and not a fixture. */
const WORDS: Record<Language, { names: string[]; lines: string[] }> = {
  ru: {
    names: ["Дарья Лебедева", "Полина Зуева", "Ксения Белова"],
    lines: [
      "Здравствуйте! Есть окно на окрашивание в субботу утром?",
      "Доброе утро! Да, в 10:30 у Елены. Записать вас?",
      "Да, пожалуйста. Сколько это займёт времени?",
      "Около трёх часов вместе с укладкой. Записала, ждём вас!",
    ],
  },
  en: {
    names: ["Emily Clark", "Hannah Reed", "Olivia Stone"],
    lines: [
      "Hello! Do you have a slot for colouring on Saturday morning?",
      "Good morning! Yes, 10:30 with Elena. Shall I book it?",
      "Yes please. How long will it take?",
      "About three hours, styling included. It is booked, see you then!",
    ],
  },
  ar: {
    names: ["نور الهاشمي", "سارة منصور", "هدى العلي"],
    lines: [
      "مرحبًا! هل يوجد موعد لصبغ الشعر صباح السبت؟",
      "صباح الخير! نعم، الساعة 10:30 مع إيلينا. هل أحجزه لك؟",
      "نعم من فضلك. كم من الوقت يستغرق؟",
      "نحو ثلاث ساعات مع التصفيف. تم الحجز، بانتظارك!",
    ],
  },
};

for (const language of LANGUAGES) {
  LOOKS.forEach(({ name, ...look }, turn) => {
    test(`pictures (${language}, ${name})`, async ({ server, browser }) => {
      const contexts = (options: object) => browser.newContext(options);
      const suffix = `${language}-${name}`;
      const page = await open(contexts, { language, ...look });
      const visitor = await open(contexts, { language, ...look });

      await page.goto(`${server.url}/sign-in`);
      await settled(page);
      await shoot(page, `all/sign-in-${suffix}`);
      await signIn(page, server.url, "anna@demo.local", language);
      await settled(page);
      await shoot(page, `all/inbox-${suffix}`);

      const panel = await openWidget(visitor, server.url, language);
      await visitor.evaluate(
        (known) => Reflect.get(window, "OmniSupport")("identify", { name: known }),
        WORDS[language].names[turn],
      );
      await talk(page, panel, language);
      await settled(page);
      await shoot(page, `all/thread-${suffix}`);
      await shoot(visitor, `all/widget-${suffix}`);
      if (suffix === "en-light") {
        await shoot(page, "inbox");
        await shoot(visitor, "widget");
      }

      const owner = await open(contexts, { language, ...look });
      await signIn(owner, server.url, "owner@demo.local", language);
      for (const part of SETTINGS) {
        await owner.goto(`${server.url}/settings/${part}`);
        await settled(owner);
        await shoot(owner, `all/${part}-${suffix}`);
      }
      await owner.goto(`${server.url}/customers`);
      await settled(owner);
      await shoot(owner, `all/customers-${suffix}`);
      await owner.locator('a[href^="/customers/"]').first().click();
      await settled(owner);
      await shoot(owner, `all/customer-${suffix}`);
      await Promise.all([page, visitor, owner].map((one) => one.context().close()));
    });
  });
}

/** The visitor and the operator say their lines in turn, each waiting for the other's. */
async function talk(page: Page, panel: Locator, language: Language): Promise<void> {
  const { lines } = WORDS[language];
  for (const [index, line] of lines.entries()) {
    if (index % 2 === 0) {
      await visitorWrites(panel, line, language);
      if (index === 0)
        await inboxRows(page)
          .filter({ hasText: line.slice(0, 20) })
          .first()
          .click();
      await expect(page.getByRole("log").getByText(line)).toBeVisible();
    } else {
      await page.locator("main textarea").fill(line);
      await page.locator("main textarea").press("Enter");
      await expect(panel.getByText(line)).toBeVisible();
    }
  }
}

/** Fonts, pictures and movements are there. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  await expect(page.locator(".skeleton")).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(500);
}
