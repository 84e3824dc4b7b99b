// Fails on classes that name a physical side: right-to-left languages would get them the wrong way round.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../src", import.meta.url));
const physical =
  /(?<![\w-])-?(?:m[lr]|p[lr]|scroll-[mp][lr]|left|right|border-[lr]|rounded-(?:[lr]|[tb][lr])|text-(?:left|right)|float-(?:left|right))(?:-[\w.[\]/]+)?(?=["'\s`!])/g;
const problems = [];

for (const path of readdirSync(source, { recursive: true })) {
  if (!path.endsWith(".tsx")) continue;
  const lines = readFileSync(join(source, path), "utf8").split("\n");
  lines.forEach((line, index) => {
    if (!/className|cx\(|^\s*["'`]/.test(line)) return;
    for (const [found] of line.matchAll(physical)) {
      problems.push(
        `${relative(source, join(source, path))}:${index + 1}: "${found}" names a physical side`,
      );
    }
  });
}
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}
