import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/**
 * Tells the style sheet which part of a full-screen panel is not under the on-screen keyboard: some
 * browsers lay it over the page without resizing anything.
 */
export const useKeyboardSpace = (panel: RefObject<HTMLElement | null>): void => {
  useEffect(() => {
    const view = window.visualViewport;
    if (!view) return;
    const fit = () => {
      // A pinch-zoomed page shows a small part too, but no keyboard covers it.
      const covered = view.scale === 1 ? innerHeight - view.height - view.offsetTop : 0;
      panel.current?.style.setProperty("--covered", `${Math.max(0, Math.round(covered))}px`);
    };
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
    fit();
    return () => {
      view.removeEventListener("resize", fit);
      view.removeEventListener("scroll", fit);
    };
  }, [panel]);
};
