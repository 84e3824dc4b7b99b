/**
 * Builds the widget into dist/: the app first, named by its content, then the loader that knows that
 * name, then the demo page. The app also lies there under a plain name, which the loader falls back to
 * when a cached loader asks for an app of an older release.
 */
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;

/** Builds with what both bundles have in common. */
const bundle = (options, define = {}) =>
  build({
    root,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    define,
    build: {
      outDir: dist,
      emptyOutDir: false,
      target: ["chrome111", "firefox113", "safari16.4"],
      // One part in a hundred smaller than what Vite's own makes of it.
      minify: "terser",
      terserOptions: { ecma: 2020, compress: { passes: 3 } },
      ...options,
    },
  });

/** A module that exports `start`. Not Vite's library mode, which leaves modules unminified. */
const bundleApp = (file) =>
  bundle({
    rollupOptions: {
      input: `${root}src/main.tsx`,
      preserveEntrySignatures: "strict",
      output: { format: "es", entryFileNames: file, codeSplitting: false },
    },
  });

/** A classic script. Library mode, which adds no preloading helper around `import()`. */
const bundleLoader = (file, define) =>
  bundle(
    {
      lib: {
        entry: `${root}src/loader/main.ts`,
        formats: ["iife"],
        name: "_",
        fileName: () => file,
      },
    },
    define,
  );

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await bundleApp("app.js");
const code = await readFile(`${dist}/app.js`);
const hash = createHash("sha256").update(code).digest("hex").slice(0, 10);
const app = `widget-app.${hash}.js`;
await rename(`${dist}/app.js`, `${dist}/${app}`);
await cp(`${dist}/${app}`, `${dist}/widget-app.js`);
await bundleLoader("widget.js", { __APP_FILE__: JSON.stringify(app) });
await cp(`${root}demo`, `${dist}/demo`, { recursive: true });
