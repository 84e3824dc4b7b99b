import {
  expect,
  expectAccessible,
  expectNoFaults,
  expectNoOverflow,
  inboxRows,
  openBoth,
  ownerAt,
  test,
  visitorWrites,
} from "../fixtures";
import { said } from "../texts";

const FIRST = "My appointment is about the turquoise armchair";
const line = (number: number) => `Line ${number} of a long story`;

test("what was said long ago is found and opens where it stands", async ({
  server,
  browser,
  request,
}) => {
  const { anna, panel } = await openBoth(browser, server.url);
  const asOwner = await ownerAt(request, server.url);
  await visitorWrites(panel, FIRST);
  const row = inboxRows(anna).filter({ hasText: FIRST });
  const id = (await row.getAttribute("id"))?.replace("row-", "");
  for (let number = 2; number <= 130; number += 1) {
    const body = { content_type: "text", content: { text: line(number) } };
    await asOwner("POST", `conversations/${id}/messages`, body);
  }
  const box = anna.getByRole("searchbox", { name: said("en", "search.label") });
  const messages = anna.getByRole("region", { name: said("en", "search.messages") });
  const log = anna.getByRole("log");

  await test.step("a key leads to the search, words are found in all their forms", async () => {
    await anna.keyboard.press("s");
    await expect(box).toBeFocused();
    await box.fill("turquoise appointments ");
    await expect(messages.getByRole("link")).toHaveCount(1);
    await expect(messages.locator("mark")).toHaveText(["appointment", "turquoise"]);
    await expectAccessible(anna);
    await expectNoOverflow(anna);
  });

  await test.step("a hit opens at its message, however far back", async () => {
    await anna.keyboard.press("ArrowDown");
    await anna.keyboard.press("Enter");
    await expect(log.getByText(FIRST)).toBeInViewport();
    await expect(log.locator('[aria-current="true"]')).toContainText(FIRST);
    await expect(log.getByText(line(130), { exact: true })).toHaveCount(0);
    await expectAccessible(anna);
    await log.getByRole("button", { name: said("en", "search.later") }).click();
    await expect(log.getByText(line(60), { exact: true })).toBeAttached();
    await anna.screenshot({ path: test.info().outputPath("found.png") });
  });

  await test.step("and leads back to the end of the thread", async () => {
    await anna.getByRole("button", { name: said("en", "thread.to_end") }).click();
    await expect(log.getByText(line(130), { exact: true })).toBeInViewport();
  });

  await test.step("what nobody said is not found; Escape brings the list back", async () => {
    await box.fill("zzzzqq");
    await expect(anna.getByText(said("en", "search.none_title"))).toBeVisible();
    await box.press("Escape");
    await expect(inboxRows(anna).first()).toBeVisible();
  });
  expectNoFaults(anna);
});
