/** Draws the icons of the installed dashboard from its `favicon.svg`; to be run again when that changes. */
import { readFile, writeFile } from "node:fs/promises";
import { chromium } from "playwright";

const PUBLIC = new URL("../dashboard/public/", import.meta.url);
const svg = await readFile(new URL("favicon.svg", PUBLIC), "utf8");
/** Systems cut maskable icons to their own shape: what matters stays in the middle four fifths, on a full ground. */
const maskable = svg
  .replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"')
  .replace('width="32" height="32" rx="9"', 'x="-4" y="-4" width="40" height="40"');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const [name, size, drawing] of [
  ["icon-192.png", 192, svg],
  ["icon-512.png", 512, svg],
  ["icon-maskable-512.png", 512, maskable],
  ["apple-touch-icon.png", 180, maskable],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${drawing}`,
  );
  await writeFile(new URL(name, PUBLIC), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
