// Fails when the scripts of the first page outgrow their budget.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 250;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const entry = Object.values(manifest).find((chunk) => chunk.isEntry);

// What the page needs before anything shows: the entry, what it imports, and the largest language.
const first = new Set();
const collect = (chunk) => {
  if (first.has(chunk.file)) return;
  first.add(chunk.file);
  for (const name of chunk.imports ?? []) collect(manifest[name]);
};
collect(entry);

const size = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
const languages = Object.entries(manifest)
  .filter(([name]) => name.includes("i18n/messages/"))
  .map(([, chunk]) => size(chunk.file));
const total = [...first].reduce((sum, file) => sum + size(file), Math.max(0, ...languages)) / 1024;
console.log(`first load: ${total.toFixed(1)} KB of script, gzipped (budget ${BUDGET_KB} KB)`);
if (total > BUDGET_KB) process.exit(1);
