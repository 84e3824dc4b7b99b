/**
 * Every language has every sentence, with the same placeholders and with all plural forms it needs;
 * every sentence is used. The same for the demo page.
 */
import { readFile, readdir } from "node:fs/promises";

const LANGUAGES = ["en", "ru", "ar"];
const src = new URL("../src/", import.meta.url);
const problems = [];

const json = async (name) => JSON.parse(await readFile(new URL(`i18n/${name}.json`, src), "utf8"));
const formsOf = (value) => (typeof value === "string" ? [value] : Object.values(value));
const placeholders = (value) =>
  [...new Set(formsOf(value).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort().join();

const compare = (name, catalogues) => {
  const keys = new Set(LANGUAGES.flatMap((language) => Object.keys(catalogues[language])));
  for (const key of keys) {
    for (const language of LANGUAGES) {
      const value = catalogues[language][key];
      const where = `${name} ${language}.${key}`;
      if (value === undefined) {
        problems.push(`${where} is missing`);
        continue;
      }
      if (formsOf(value).some((text) => !text.trim())) problems.push(`${where} is empty`);
      if (placeholders(value) !== placeholders(catalogues.en[key] ?? value)) {
        problems.push(`${where} has other placeholders than English`);
      }
      if (typeof value === "string") continue;
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      for (const form of needed)
        if (!(form in value)) problems.push(`${where} lacks the form "${form}"`);
      for (const form of Object.keys(value)) {
        if (!needed.includes(form))
          problems.push(`${where} has a form "${form}" that ${language} does not use`);
      }
    }
  }
  return keys;
};

const app = Object.fromEntries(
  await Promise.all(LANGUAGES.map(async (language) => [language, await json(language)])),
);
const keys = compare("app", app);
const loader = await json("loader");
const loaderKeys = compare("loader", loader);

const files = (await readdir(src, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
const code = (await Promise.all(files.map((name) => readFile(new URL(name, src), "utf8")))).join(
  "\n",
);
// States of a message are looked up by their own names.
for (const key of keys) if (!code.includes(`"${key}"`)) problems.push(`app ${key} is not used`);
for (const key of loaderKeys)
  if (!code.includes(`words.${key}`)) problems.push(`loader ${key} is not used`);

const demo = (name) => readFile(new URL(`../demo/${name}`, import.meta.url), "utf8");
const wanted = [...(await demo("index.html")).matchAll(/data-t="(\w+)"/g)].map((match) => match[1]);
const script = await demo("page.js");
for (const key of wanted) {
  const found = script.match(new RegExp(`^ {6}${key}:\\s+"[^"]+",$`, "gm"))?.length ?? 0;
  if (found !== 2) problems.push(`demo ${key} has ${found} translations instead of 2`);
}

if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(
  `i18n: ${keys.size + loaderKeys.size} sentences and ${wanted.length} of the demo, in ${LANGUAGES.length} languages`,
);
