// Fails when a text is missing, unused, told differently in one language, or written into the code.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const source = fileURLToPath(new URL("../src", import.meta.url));
const locales = ["en", "ru", "ar"];
const catalogues = Object.fromEntries(
  locales.map((locale) => [
    locale,
    JSON.parse(readFileSync(join(source, "i18n/messages", `${locale}.json`), "utf8")),
  ]),
);
const problems = [];

checkCatalogues();
checkCode();
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`${Object.keys(catalogues.en).length} texts in ${locales.length} languages`);

function checkCatalogues() {
  const keys = Object.keys(catalogues.en);
  for (const locale of locales) {
    const catalogue = catalogues[locale];
    for (const key of keys) {
      const entry = catalogue[key];
      if (entry === undefined) problems.push(`${locale}: "${key}" is missing`);
      else checkEntry(locale, key, entry);
    }
    for (const key of Object.keys(catalogue)) {
      if (!keys.includes(key)) problems.push(`${locale}: "${key}" is not in en`);
    }
    const sorted = Object.keys(catalogue).sort();
    if (sorted.join() !== Object.keys(catalogue).join())
      problems.push(`${locale}: keys are not sorted`);
  }
}

function checkEntry(locale, key, entry) {
  const english = catalogues.en[key];
  if (typeof entry !== typeof english) {
    problems.push(`${locale}: "${key}" is a plural in one language only`);
    return;
  }
  if (typeof entry === "string") {
    if (entry.trim() === "") problems.push(`${locale}: "${key}" is empty`);
    if (placeholders(entry) !== placeholders(english)) {
      problems.push(`${locale}: "${key}" has other placeholders than en`);
    }
    return;
  }
  const wanted = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.sort();
  if (wanted.join() !== Object.keys(entry).sort().join()) {
    problems.push(`${locale}: "${key}" needs exactly the forms ${wanted.join(", ")}`);
  }
  // "One" and "two" may be words, so forms may leave `{count}` out, but may not invent names.
  const known = new Set(placeholders(english.other).split(","));
  for (const [form, text] of Object.entries(entry)) {
    for (const name of placeholders(text).split(",")) {
      if (name !== "" && !known.has(name))
        problems.push(`${locale}: "${key}.${form}" has {${name}}`);
    }
  }
}

function placeholders(text) {
  return [...text.matchAll(/\{(\w+)\}/g)]
    .map((match) => match[1])
    .sort()
    .join();
}

function checkCode() {
  const literals = new Set();
  const patterns = [];
  for (const path of files(source)) {
    const text = readFileSync(path, "utf8");
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
    visit(file, file, literals, patterns);
  }
  for (const key of Object.keys(catalogues.en)) {
    if (!literals.has(key) && !patterns.some((pattern) => pattern.test(key))) {
      problems.push(`"${key}" is used nowhere`);
    }
  }
}

function visit(node, file, literals, patterns) {
  if (ts.isStringLiteralLike(node)) literals.add(node.text);
  if (ts.isTemplateExpression(node) && /^[a-z_.]+\.$/.test(node.head.text)) {
    const rest = node.templateSpans.map((span) => `[\\w]+${escaped(span.literal.text)}`);
    patterns.push(new RegExp(`^${escaped(node.head.text)}${rest.join("")}$`));
  }
  if (ts.isJsxText(node) && /\p{L}{2}/u.test(node.text)) report(node, file, node.text.trim());
  if (
    ts.isJsxAttribute(node) &&
    ["aria-label", "title", "placeholder", "alt", "label", "hint"].includes(node.name.getText()) &&
    node.initializer !== undefined &&
    ts.isStringLiteral(node.initializer) &&
    /\p{L}{2}/u.test(node.initializer.text) &&
    !node.initializer.text.startsWith("https://")
  ) {
    report(node, file, node.initializer.text);
  }
  ts.forEachChild(node, (child) => visit(child, file, literals, patterns));
}

function report(node, file, text) {
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  const where = `${relative(source, file.fileName)}:${line + 1}`;
  problems.push(`${where}: "${text}" belongs into the catalogues`);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (/\.tsx?$/.test(entry.name) && !/\.test\./.test(entry.name)) yield path;
  }
}
