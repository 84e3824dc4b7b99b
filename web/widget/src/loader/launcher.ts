import type { Launcher } from "./bridge";
import css from "./loader.css?inline";
import { addStyle, paint } from "./style";

const SVG = "http://www.w3.org/2000/svg";
const SHAPE =
  "M12 3c5 0 9 3.4 9 7.6s-4 7.6-9 7.6c-.9 0-1.8-.1-2.6-.3L5 20.4l.6-3.6C4 15.2 3 13 3 10.6 3 6.4 7 3 12 3Z";

/** Puts the round button into the page, in a shadow root that the page's styles do not reach. */
export const createLauncher = (click: () => void): { root: ShadowRoot; launcher: Launcher } => {
  const host = document.createElement("div");
  // Open: a closed root protects nothing, and keeps accessibility checkers and browser tests out.
  const root = host.attachShadow({ mode: "open" });
  addStyle(root, css);

  const button = document.createElement("button");
  button.className = "launcher";
  button.type = "button";
  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("click", click);

  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("fill", "currentColor");
  path.setAttribute("d", SHAPE);
  svg.append(path);

  const badge = document.createElement("span");
  badge.className = "badge";
  badge.setAttribute("aria-hidden", "true");
  button.append(svg, badge);
  root.append(button);
  document.body.append(host);

  return {
    root,
    launcher: {
      button,
      show: (visible) => {
        button.hidden = !visible;
      },
      badge: (count, label) => {
        badge.textContent = count > 0 ? (count > 99 ? "99+" : String(count)) : "";
        button.setAttribute("aria-label", label);
        button.title = label;
      },
      direction: (dir) => {
        host.dir = dir;
      },
      colour: (value) => paint(button, value),
    },
  };
};
