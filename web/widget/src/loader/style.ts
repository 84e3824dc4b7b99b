/** Gives a shadow root a style sheet. Constructed sheets are not subject to the page's `style-src`. */
export const addStyle = (root: ShadowRoot, css: string): void => {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    root.append(Object.assign(document.createElement("style"), { textContent: css }));
  }
};

const luminance = (hex: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
};

/** The brand colour, and black or white to write on it, whichever reads better. */
export const paint = (element: HTMLElement, colour: unknown): void => {
  if (typeof colour !== "string" || !/^#[\da-f]{6}$/i.test(colour)) return;
  const l = luminance(colour);
  const onDark = 1.05 / (l + 0.05);
  const onLight = (l + 0.05) / 0.05;
  element.style.setProperty("--accent", colour);
  element.style.setProperty("--on-accent", onDark >= onLight || onDark >= 4.5 ? "#fff" : "#111");
};
