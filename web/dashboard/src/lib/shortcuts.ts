import { useEffect, useRef } from "react";
import { prefs } from "./prefs";

/** Keys by their place on the keyboard, so that they work under every layout. */
export type Shortcuts = Partial<Record<string, () => void>>;

/** Single keys that do something, except while somebody types or a dialog is open. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!prefs().shortcuts || event.ctrlKey || event.metaKey || event.altKey || event.repeat)
        return;
      const target = event.target as HTMLElement | null;
      if (
        target?.closest(
          "input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=alertdialog]",
        )
      )
        return;
      const action = latest.current[event.shiftKey ? `Shift+${event.code}` : event.code];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
