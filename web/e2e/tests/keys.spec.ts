import {
  expect,
  expectAccessible,
  expectNoFaults,
  expectNoOverflow,
  expectTranslated,
  open,
  signIn,
  testAlone as test,
} from "../fixtures";
import { said } from "../texts";

const OWNER = "owner@demo.local";
const ROOT = { email: "root@omni.example", password: "correct-horse-battery" };
const t = (key: string, params?: Record<string, string>) => said("en", key, params);

test("a key is made, shown once, used and revoked", async ({ server, browser, request }) => {
  const page = await open((options) => browser.newContext(options));
  await signIn(page, server.url, OWNER);
  await page.goto(`${server.url}/settings/channels`);
  await page.getByRole("link", { name: t("settings.api_keys") }).click();
  await expect(page.getByText(t("api_keys.none"), { exact: true })).toBeVisible();
  await page.getByRole("button", { name: t("api_keys.make") }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel(t("api_keys.name"), { exact: true })).toBeFocused();
  await dialog.getByLabel(t("api_keys.name"), { exact: true }).fill("Web shop");
  await dialog.getByLabel(t("permission.conversations_reply")).check();
  await dialog.getByLabel(t("api_keys.expires")).selectOption("90");
  await dialog.getByLabel(t("api_keys.limit")).fill("60");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: t("api_keys.make") }).click();
  await expect(dialog.getByText(t("api_keys.made_title"))).toBeVisible();
  const key = (await dialog.locator("code").textContent()) ?? "";
  expect(key).toMatch(/^omni_[\w-]{43}$/);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: t("action.done") }).click();

  const card = page.getByRole("article", { name: "Web shop" });
  await expect(card.getByText(`omni_…${key.slice(-4)}`)).toBeVisible();
  await expect(card.getByText(t("permission.conversations_read"))).toBeVisible();
  expect(await page.content()).not.toContain(key);
  await expectAccessible(page);

  const headers = { "X-API-Key": key };
  const inbox = () => request.get(`${server.url}/api/v1/conversations`, { headers });
  expect((await inbox()).status()).toBe(200);

  await card.getByRole("button", { name: t("api_keys.edit", { name: "Web shop" }) }).click();
  await dialog.getByLabel(t("api_keys.name"), { exact: true }).fill("Old shop");
  await dialog.getByRole("button", { name: t("action.save") }).click();
  const renamed = page.getByRole("article", { name: "Old shop" });
  await renamed.getByRole("button", { name: t("api_keys.revoke", { name: "Old shop" }) }).click();
  const sure = page.getByRole("alertdialog");
  await sure.getByRole("button", { name: t("api_keys.revoke_confirm"), exact: true }).click();
  await expect(renamed).toHaveCount(0);
  expect((await inbox()).status()).toBe(401);
  expectNoFaults(page);
});

test("a company is suspended and restored", async ({ server, browser }) => {
  await server.command("superadmin", "create", "--email", ROOT.email, "--password", ROOT.password);
  const owner = await open((options) => browser.newContext(options));
  await signIn(owner, server.url, OWNER);
  const page = await open((options) => browser.newContext(options));
  await page.goto(`${server.url}/superadmin`);
  await expectAccessible(page);
  await page.getByLabel(t("sign_in.email")).fill(ROOT.email);
  await page.getByLabel(t("sign_in.password")).fill("not the password");
  await page.getByRole("button", { name: t("sign_in.submit"), exact: true }).click();
  await expect(page.getByText(t("error.bad_credentials"))).toBeVisible();
  await page.getByLabel(t("sign_in.password")).fill(ROOT.password);
  await page.getByRole("button", { name: t("sign_in.submit"), exact: true }).click();
  const card = page.getByRole("article").filter({ hasText: "demo" });
  await expect(card).toBeVisible();
  await page.getByLabel(t("superadmin.search")).fill("nobody has this");
  await expect(page.getByText(t("superadmin.not_found"))).toBeVisible();
  await page.getByLabel(t("superadmin.search")).fill("DEM");
  await expect(card.getByText(t("superadmin.works"), { exact: true })).toBeVisible();
  await expectAccessible(page);

  await card.getByRole("button", { name: t("superadmin.suspend") }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("superadmin.reason"), { exact: true }).fill("does not pay");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: t("superadmin.suspend") }).click();
  await expect(card.getByText("does not pay")).toBeVisible();
  await expectAccessible(page);
  // Whoever was in is told why he is not any more.
  await expect(owner.getByText(t("error.tenant_suspended"))).toBeVisible();

  await card.getByRole("button", { name: t("superadmin.restore") }).click();
  await dialog.getByLabel(t("superadmin.reason"), { exact: true }).fill("has paid");
  await dialog.getByRole("button", { name: t("superadmin.restore") }).click();
  await expect(card.getByText(t("superadmin.works"), { exact: true })).toBeVisible();
  await signIn(owner, server.url, OWNER);
  await page.reload();
  await expect(card).toBeVisible();
  await page.getByRole("button", { name: t("person.sign_out") }).click();
  await expect(page.getByLabel(t("sign_in.password"))).toBeVisible();
  expectNoFaults(page);
});

for (const language of ["ru", "ar"] as const) {
  test(`keys and companies fit 360 pixels (${language})`, async ({ server, browser, request }) => {
    const email = `${language}@omni.example`;
    await server.command("superadmin", "create", "--email", email, "--password", ROOT.password);
    const narrow = { language, theme: "dark", width: 360, height: 740 } as const;
    const page = await open((options) => browser.newContext(options), narrow);
    const look = async () => {
      await expectNoOverflow(page);
      await expectTranslated(page, language);
      await expectAccessible(page);
    };
    await signIn(page, server.url, OWNER, language);
    const { access_token: token } = (await (
      await request.post(`${server.url}/api/v1/auth/login`, {
        data: { email: OWNER, password: "demo-demo" },
      })
    ).json()) as { access_token: string };
    await request.post(`${server.url}/api/v1/api-keys`, {
      headers: { Authorization: `Bearer ${token}` },
      data: {
        name: "CRM",
        permissions: ["conversations:*", "customers:read"],
        rate_limit_per_minute: 60,
      },
    });
    await page.goto(`${server.url}/settings/api-keys`);
    await expect(page.getByRole("article", { name: "CRM" }).first()).toBeVisible();
    await look();
    await page.getByRole("button", { name: said(language, "api_keys.make") }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look();
    await page.goto(`${server.url}/superadmin`);
    await page.getByLabel(said(language, "sign_in.email")).fill(email);
    await page.getByLabel(said(language, "sign_in.password")).fill(ROOT.password);
    await look();
    await page.getByRole("button", { name: said(language, "sign_in.submit"), exact: true }).click();
    await expect(page.getByRole("article").first()).toBeVisible();
    await look();
    await page.getByRole("button", { name: said(language, "superadmin.suspend") }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look();
    expectNoFaults(page);
  });
}
