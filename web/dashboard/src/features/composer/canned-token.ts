import type { CannedResponse } from "../../api/types";

/** As long as a short code may be. */
const CODE_MOST = 32;

/** A slash and what is typed after it, up to the caret. */
export interface Token {
  from: number;
  to: number;
  query: string;
}

/** The slash that is being typed: at the start of a word, with no blank between it and the caret. */
export function tokenAt(text: string, caret: number): Token | null {
  const found = /(?:^|\s)\/([^\s/]*)$/u.exec(text.slice(0, caret));
  const query = found?.[1];
  if (query === undefined || [...query].length > CODE_MOST) return null;
  return { from: caret - query.length - 1, to: caret, query };
}

/** Those that fit best first: by the beginning of the code, the code, the title, then anything. */
export function ranked(responses: readonly CannedResponse[], query: string): CannedResponse[] {
  const wanted = query.toLowerCase();
  const rank = ({ short_code, title }: CannedResponse) => {
    if (short_code.startsWith(wanted)) return 0;
    if (short_code.includes(wanted)) return 1;
    return title.toLowerCase().includes(wanted) ? 2 : 3;
  };
  // Sorting is stable: what ranks alike keeps the order of codes.
  return [...responses].sort((a, b) => rank(a) - rank(b));
}
