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
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: { launchOptions: chromium, trace: "retain-on-failure", screenshot: "only-on-failure" },
});
