import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { __APP_FILE__: JSON.stringify("widget-app.test.js") },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
