import "./styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { Direction, Tooltip } from "radix-ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { configOptions } from "./api/queries";
import { forgetDrafts } from "./features/composer/drafts";
import { LOCALES, preferredLocale, setLocale, useI18n } from "./i18n/i18n";
import { applyTheme } from "./lib/prefs";
import { createQueryClient } from "./lib/query-client";
import { unlockSound } from "./live/beep";
import { createAppRouter } from "./router";
import { guardSession } from "./session/duplicate";
import { sessionStore } from "./session/session";
import { Toasts } from "./ui/toasts";

const queryClient = createQueryClient();
const router = createAppRouter();

function App() {
  const { dir } = useI18n();
  return (
    <Direction.Provider dir={dir}>
      <Tooltip.Provider delayDuration={450}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
          <Toasts />
        </QueryClientProvider>
      </Tooltip.Provider>
    </Direction.Provider>
  );
}

/** The language chosen before, the browser's, or the installation's. */
async function startLocale(): Promise<void> {
  const preferred = preferredLocale();
  if (preferred !== null) return setLocale(preferred, false);
  const config = await queryClient.fetchQuery(configOptions).catch(() => null);
  const offered = LOCALES.find(({ locale }) => locale === config?.default_locale);
  return setLocale(offered?.locale ?? "en", false);
}

async function start(): Promise<void> {
  applyTheme();
  unlockSound();
  await Promise.all([startLocale(), guardSession()]);
  sessionStore.subscribe(() => {
    void guardSession();
    // Nothing of one person stays for the next.
    if (sessionStore.get() === null) {
      queryClient.clear();
      forgetDrafts();
    }
    void router.invalidate();
  });
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no #root");
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

void start();
