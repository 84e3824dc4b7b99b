import { createStore, useStorePart } from "../lib/store";

/** Looking is repeated every five seconds; unheard of for longer, it has ended. */
const LOOKS_MS = 12_000;
/** A "typing" that is not renewed for this long has ended. */
const TYPES_MS = 6_000;

type Doing = "looks" | "types";
export type People = readonly string[];

const NOBODY: People = [];
const lasts: Record<Doing, number> = { looks: LOOKS_MS, types: TYPES_MS };
const store = createStore<Readonly<Record<string, People>>>({});
const ends = new Map<string, ReturnType<typeof setTimeout>>();

const place = (doing: Doing, conversationId: string) => `${doing} ${conversationId}`;

/** Notes what a colleague does in a conversation, or that it ended. */
export function setColleague(
  doing: Doing,
  conversationId: string,
  operatorId: string,
  on: boolean,
): void {
  const where = place(doing, conversationId);
  const what = `${where} ${operatorId}`;
  clearTimeout(ends.get(what));
  ends.delete(what);
  if (on) {
    const end = () => setColleague(doing, conversationId, operatorId, false);
    ends.set(what, setTimeout(end, lasts[doing]));
  }
  store.set((current) => {
    const people = current[where] ?? NOBODY;
    if (people.includes(operatorId) === on) return current;
    const next = on ? [...people, operatorId] : people.filter((one) => one !== operatorId);
    const { [where]: _, ...others } = current;
    return next.length === 0 ? others : { ...others, [where]: next };
  });
}

/** Nobody is known to be anywhere: the line was lost, or somebody else signed in. */
export function forgetColleagues(): void {
  for (const end of ends.values()) clearTimeout(end);
  ends.clear();
  store.set({});
}

/** Who of the team does this in a conversation, as far as is known. */
export const useColleagues = (doing: Doing, conversationId: string): People =>
  useStorePart(store, (all) => all[place(doing, conversationId)] ?? NOBODY);

export const colleagues = (doing: Doing, conversationId: string): People =>
  store.get()[place(doing, conversationId)] ?? NOBODY;
