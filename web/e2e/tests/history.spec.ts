import {
  expect,
  expectAccessible,
  expectNoFaults,
  inboxRows,
  openBoth,
  ownerAt,
  test,
  visitorWrites,
} from "../fixtures";
import { widgetSaid } from "../texts";

const FIRST = "Where shall I begin?";
const line = (number: number) => `Line ${number} of a long story`;
const exact = { exact: true } as const;

test("a visitor who comes back reads back to his first words", async ({
  server,
  browser,
  request,
}) => {
  const { anna, visitor, panel } = await openBoth(browser, server.url);
  const log = panel.getByRole("log");
  const said = log.locator(".bubble > p");
  const button = log.getByRole("button", { name: widgetSaid("en", "earlier"), ...exact });
  const texts = [FIRST, ...Array.from({ length: 119 }, (_, index) => line(index + 2))];
  const asOwner = await ownerAt(request, server.url);
  await visitorWrites(panel, FIRST);
  const row = inboxRows(anna).filter({ hasText: FIRST });
  const id = (await row.getAttribute("id"))?.replace("row-", "");
  const writes = (text: string) =>
    asOwner("POST", `conversations/${id}/messages`, { content_type: "text", content: { text } });

  await test.step("after a long story only its end is there", async () => {
    for (const text of texts.slice(1)) await writes(text);
    await expect(log.getByText(line(120), exact)).toBeInViewport();
    await visitor.reload();
    await expect(log.getByText(line(120), exact)).toBeInViewport();
    await expect(said).toHaveText(texts.slice(70));
    await expect(button).toBeAttached();
    await expectAccessible(visitor);
  });

  await test.step("at the top more comes in, and what was there stays in sight", async () => {
    await log.evaluate((box) => box.scrollTo(0, 0));
    await expect(said).toHaveText(texts.slice(20));
    await expect(log.getByText(line(71), exact)).toBeInViewport();
    await expect(log.getByText(line(21), exact)).not.toBeInViewport();
  });

  await test.step("what is written meanwhile comes once, at the end", async () => {
    await writes(line(121));
    texts.push(line(121));
    await expect(panel.getByRole("button", { name: widgetSaid("en", "newer") })).toBeVisible();
    await expect(log.getByText(line(71), exact)).toBeInViewport();
    await expect(said).toHaveText(texts.slice(20));
  });

  await test.step("the keyboard gets to the beginning, too, and does not fall out", async () => {
    await button.focus();
    await visitor.keyboard.press("Enter");
    await expect(said.nth(1)).toHaveText(FIRST);
    await expect(button).toHaveCount(0);
    await expect(log).toBeFocused();
    await visitor.keyboard.press("Home");
    await expect(log.getByText(FIRST, exact)).toBeInViewport();
    // The greeting stands before everything.
    await expect(said).toHaveCount(texts.length + 1);
    expect((await said.allTextContents()).slice(1)).toEqual(texts);
  });
  expectNoFaults(visitor);
});
