/** Fails when what a visitor downloads has grown over its budget. */
import { readFile, readdir } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const LOADER_BUDGET = 5_000;
const BUDGET = 25_500;

const dist = new URL("../dist/", import.meta.url);
const names = await readdir(dist);
const app = names.find((name) => /^widget-app\.[0-9a-f]{10}\.js$/.test(name));
if (!app) throw new Error("the app is missing: build first");

const sizes = await Promise.all(
  ["widget.js", app].map(
    async (name) => gzipSync(await readFile(new URL(name, dist)), { level: 9 }).length,
  ),
);
const [loader = 0, rest = 0] = sizes;
const whole = loader + rest;
console.log(`widget: loader ${loader} + app ${rest} = ${whole} bytes gzipped, at most ${BUDGET}`);
if (loader > LOADER_BUDGET || whole > BUDGET) {
  console.error(
    `The widget is too large: loader at most ${LOADER_BUDGET}, together at most ${BUDGET} bytes.`,
  );
  process.exit(1);
}
