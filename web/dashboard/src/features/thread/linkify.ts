export interface TextPart {
  key: number;
  text: string;
  /** Where it leads; only ever http, https, mailto or tel. */
  href?: string;
}

const LINK = /(?:https?:\/\/|www\.)[^\s<>"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
/** Marks that end a sentence rather than an address. */
const TRAILING = /[.,;:!?»"')\]}…،؟]+$/u;

/** Cuts a text into words and links. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  const push = (part: string, href?: string) => {
    if (part === "") return;
    parts.push({ key: parts.length, text: part, ...(href === undefined ? {} : { href }) });
  };
  for (const match of text.matchAll(LINK)) {
    const found = match[0].replace(TRAILING, "");
    const href = hrefOf(found);
    if (href === null) continue;
    push(text.slice(from, match.index));
    push(found, href);
    from = match.index + found.length;
  }
  push(text.slice(from));
  return parts;
}

function hrefOf(found: string): string | null {
  const isMail = found.includes("@") && !/^(?:https?:|www\.)/i.test(found);
  const address = isMail ? `mailto:${found}` : found.replace(/^www\./i, "https://www.");
  try {
    const { protocol, href } = new URL(address);
    return ["http:", "https:", "mailto:"].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}
