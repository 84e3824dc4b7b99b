import type { ComponentChildren } from "preact";

/** Where a link may lead. Everything else stays text, whatever it looks like. */
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/**
 * Addresses with a scheme, `www.` ones, and bare e-mail addresses. Each part is bounded or cannot
 * overlap the next, so that no text makes it slow; direction marks end an address, for they can make
 * it look like another one.
 */
const ADDRESS =
  /(?:https?:\/\/|www\.|mailto:|tel:)[^\s<>"\u200b-\u200f\u202a-\u202e\u2066-\u2069]{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gi;

/** Punctuation at the end belongs to the sentence; a bracket does unless it was opened inside. */
const trim = (address: string): string => {
  let end = address;
  for (;;) {
    const last = end.at(-1) ?? "";
    const open = { ")": "(", "]": "[", "}": "{" }[last];
    const stray = open
      ? end.split(last).length > end.split(open).length
      : /[.,:;!?'»”…]/.test(last);
    if (!stray) return end;
    end = end.slice(0, -1);
  }
};

const hrefOf = (address: string): string | undefined => {
  const full = /^www\./i.test(address)
    ? `https://${address}`
    : /^(?:https?|mailto|tel):/i.test(address)
      ? address
      : `mailto:${address}`;
  try {
    const { protocol, href } = new URL(full);
    return SCHEMES.has(protocol) ? href : undefined;
  } catch {
    return undefined;
  }
};

/** A text as nodes: links where addresses stand, text everywhere else. Never markup. */
export const linkify = (text: string): ComponentChildren[] => {
  const nodes: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trim(match[0]);
    const href = hrefOf(address);
    if (!href) continue;
    nodes.push(
      text.slice(from, match.index),
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {address}
      </a>,
    );
    from = match.index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes;
};
