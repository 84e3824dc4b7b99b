import { AxeBuilder } from "@axe-core/playwright";
import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  expect,
  type Locator,
  type Page,
  test as plain,
} from "@playwright/test";
import { Receiver } from "./receiver";
import { Server } from "./server";
import { Telegram } from "./telegram";
import { foreignTexts, type Language, said, widgetSaid } from "./texts";

interface Worker {
  server: Server;
}

/** A running demo installation. */
async function withServer(
  use: (server: Server) => Promise<void>,
  settings: Record<string, string> = {},
): Promise<void> {
  const server = await Server.create(settings);
  await use(server);
  await server.dispose();
}

async function withTelegram(use: (telegram: Telegram) => Promise<void>): Promise<void> {
  const telegram = await Telegram.create();
  await use(telegram);
  await telegram.dispose();
}

/** Pages that a test opened end with it: left open, they call for their server and draw for as long as the worker lives. */
const base = plain.extend<{ tidied: undefined }>({
  tidied: [
    async ({ browser }, use) => {
      await use(undefined);
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    { auto: true },
  ],
});

const STARTING = { scope: "worker", timeout: 90_000 } as const;

/** Tests that share an installation with others: they may add to it, but change nothing others rely on. */
export const test = base.extend<object, Worker>({
  // biome-ignore lint/correctness/noEmptyPattern: the test runner reads the pattern
  server: [async ({}, use) => withServer(use), STARTING],
});

/**
 * Each test with an installation for it alone, whose settings and passwords it may change. What is
 * made once for a worker is shared by all the files that this worker runs.
 */
export const testAlone = base.extend<Worker>({
  // biome-ignore lint/correctness/noEmptyPattern: the test runner reads the pattern
  server: [async ({}, use) => withServer(use), { scope: "test", timeout: 90_000 }],
});

/** Tests that share an installation whose Telegram we play ourselves. */
export const testWithTelegram = base.extend<object, Worker & { telegram: Telegram }>({
  // biome-ignore lint/correctness/noEmptyPattern: the test runner reads the pattern
  telegram: [async ({}, use) => withTelegram(use), STARTING],
  server: [
    async ({ telegram }, use) => withServer(use, { TELEGRAM_API_URL: telegram.url }),
    STARTING,
  ],
});

/** An installation alone that may call this machine, and a program on it that takes webhooks. */
export const testWithReceiver = base.extend<{ server: Server; receiver: Receiver }>({
  // biome-ignore lint/correctness/noEmptyPattern: the test runner reads the pattern
  receiver: async ({}, use) => {
    const receiver = await Receiver.create();
    await use(receiver);
    receiver.dispose();
  },
  // biome-ignore lint/correctness/noEmptyPattern: the test runner reads the pattern
  server: async ({}, use) => withServer(use, { OUTBOUND_ALLOW_HOSTS: "127.0.0.1" }),
});

export { expect };

export interface Look {
  language?: Language;
  theme?: "light" | "dark";
  width?: number;
  height?: number;
}

const LOCALES: Record<Language, string> = { ru: "ru-RU", en: "en-GB", ar: "ar" };

/** A browser of its own, with nothing remembered. */
export async function open(
  context: (options: object) => Promise<BrowserContext>,
  { language = "en", theme = "light", width = 1440, height = 900 }: Look = {},
): Promise<Page> {
  const browser = await context({
    locale: LOCALES[language],
    colorScheme: theme,
    viewport: { width, height },
    hasTouch: width < 600,
    timezoneId: "Europe/Moscow",
  });
  const page = await browser.newPage();
  watch(page);
  return page;
}

const faults = new WeakMap<Page, string[]>();

/** Collects what the page itself complains about; the network may fail, the page may not. */
function watch(page: Page): void {
  const list: string[] = [];
  faults.set(page, list);
  page.on("pageerror", (error) => list.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|React/.test(message.text())) {
      list.push(message.text());
    }
  });
}

export function expectNoFaults(page: Page): void {
  expect(faults.get(page) ?? []).toEqual([]);
}

/** Signs in with one click of the demo banner. */
export async function signIn(
  page: Page,
  url: string,
  email: string,
  language: Language = "en",
): Promise<void> {
  await page.goto(`${url}/sign-in`);
  const config = (await (await page.request.get(`${url}/api/v1/public/config`)).json()) as {
    demo_users: { email: string; name: string }[];
  };
  const name = config.demo_users.find((user) => user.email === email)?.name ?? "";
  const banner = page.getByRole("region", { name: said(language, "demo.title") });
  await banner.getByRole("button").filter({ hasText: name }).click();
  await expect(inboxRows(page).first()).toBeVisible();
  await expect(page.locator('[data-connection="connected"]').first()).toBeAttached();
}

/** Below `/settings`: every page that an owner has there. */
export const SETTINGS = [
  "channels",
  "routing",
  "hours",
  "people",
  "teams",
  "canned-responses",
  "customer-fields",
  "webhooks",
  "api-keys",
  "profile",
] as const;

export const inboxRows = (page: Page): Locator => page.locator('a[id^="row-"]');

/** Opens the chat of the demo page. */
export async function openWidget(
  page: Page,
  url: string,
  language: Language = "en",
): Promise<Locator> {
  await page.goto(`${url}/demo?lang=${language}`);
  await page.getByRole("button", { name: widgetSaid(language, "open") }).click();
  const panel = page.getByRole("dialog");
  await expect(panel).toBeVisible();
  return panel;
}

/** Anna at her inbox, and a visitor at the chat of the demo page, each in a browser of their own. */
export async function openBoth(browser: Browser, url: string) {
  const contexts = (options: object) => browser.newContext(options);
  const anna = await open(contexts);
  await signIn(anna, url, "anna@demo.local");
  const visitor = await open(contexts);
  const panel = await openWidget(visitor, url);
  return { anna, visitor, panel };
}

/** Writes in the widget as a visitor. */
export async function visitorWrites(panel: Locator, text: string, language: Language = "en") {
  await panel.getByLabel(widgetSaid(language, "placeholder")).fill(text);
  await panel.getByRole("button", { name: widgetSaid(language, "send") }).click();
}

/** The owner at the API, for what no page lets anybody write. */
export async function ownerAt(request: APIRequestContext, url: string) {
  const signedIn = await request.post(`${url}/api/v1/auth/login`, {
    data: { email: "owner@demo.local", password: "demo-demo" },
  });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  const headers = { Authorization: `Bearer ${token}` };
  return async <T>(method: string, path: string, data?: object): Promise<T> => {
    const options = data === undefined ? { method, headers } : { method, headers, data };
    const answer = await request.fetch(`${url}/api/v1/${path}`, options);
    await expect(answer).toBeOK();
    return (await answer.json()) as T;
  };
}

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const found = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`);
  expect(found).toEqual([]);
}

/** Nothing may be wider than the window: people would have to scroll sideways. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const sticking = await page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll("*")]
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return left < -1 || right > clientWidth + 1;
      })
      .map((element) => element.outerHTML.slice(0, 200));
  });
  expect(sticking).toEqual([]);
}

/** No name of a text and no text of another language may be read, aloud or on the screen. */
export async function expectTranslated(page: Page, language: Language): Promise<void> {
  const read = await page.evaluate(() => {
    const lines = (document.body.innerText ?? "").split("\n");
    const labels = [...document.querySelectorAll("[aria-label], [placeholder], [title], img[alt]")];
    const attributes = ["aria-label", "placeholder", "title", "alt"];
    return [
      ...lines,
      ...labels.flatMap((element) => attributes.map((name) => element.getAttribute(name) ?? "")),
    ].map((line) => line.trim());
  });
  const foreign = foreignTexts(language);
  expect(read.filter((line) => foreign.has(line))).toEqual([]);
}
