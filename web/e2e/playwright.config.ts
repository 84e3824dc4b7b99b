import { defineConfig } from "@playwright/test";
import { chromium } from "./browser";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // Each worker starts a server of its own; two fit a small machine.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  retries: 0,
  // A journey waits for what it does, not for the clock: on a busy machine the longest take a minute and a half.
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: { launchOptions: chromium, trace: "retain-on-failure", screenshot: "only-on-failure" },
});
