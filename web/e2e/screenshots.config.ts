import config from "./playwright.config";

/** `npm run screenshots -w e2e`: pictures for the README and for looking at. */
export default {
  ...config,
  testDir: ".",
  testMatch: "screenshots.ts",
  workers: 1,
  timeout: 180_000,
};
