import { lazy, Suspense, useEffect } from "react";
import { createStore, useStore } from "../../lib/store";

const CommandBar = lazy(() =>
  import("./command-bar").then((part) => ({ default: part.CommandBar })),
);

const open = createStore(false);

export const openCommands = (): void => open.set(true);

/** Opens the command bar on Ctrl+K, or ⌘K. */
export function CommandKey() {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const wanted = event.code === "KeyK" && (event.ctrlKey || event.metaKey);
      if (!wanted || event.altKey || event.shiftKey || event.repeat) return;
      event.preventDefault();
      open.set((now) => !now);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  if (!useStore(open)) return null;
  return (
    <Suspense fallback={null}>
      <CommandBar onClose={() => open.set(false)} />
    </Suspense>
  );
}
