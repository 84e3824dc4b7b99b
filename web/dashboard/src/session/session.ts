import { tabShelf } from "../lib/storage";
import { createStore, useStore } from "../lib/store";
import type { Session } from "./tokens";

/** Why the sign-in page is shown to somebody who was signed in. */
export type SessionEnd = "signed_out" | "expired" | "duplicate" | "suspended";

const KEY = "session";

/** This tab's session. Each tab has its own, so that two people fit one browser. */
export const sessionStore = createStore<Session | null>(tabShelf.read<Session>(KEY));

/** Why the last session of this tab ended. */
export const sessionEnd = createStore<SessionEnd | null>(null);

export function saveSession(session: Session): void {
  tabShelf.write(KEY, session);
  sessionEnd.set(null);
  sessionStore.set(session);
}

export function endSession(why: SessionEnd): void {
  tabShelf.remove(KEY);
  sessionEnd.set(why);
  sessionStore.set(null);
}

/** The signed-in person; only below the signed-in part of the page. */
export function useUser() {
  const session = useStore(sessionStore);
  if (session === null) throw new Error("nobody is signed in");
  return session.user;
}

/** Whether granted `permissions` cover `wanted` (`area:action`), by name or by wildcard. */
export function allows(permissions: readonly string[], wanted: string): boolean {
  const area = wanted.split(":")[0];
  return permissions.some(
    (granted) => granted === "*" || granted === wanted || granted === `${area}:*`,
  );
}

/** Asks whether the signed-in person may do something, to show only what will work. */
export function useCan(): (wanted: string) => boolean {
  const { permissions } = useUser();
  return (wanted) => allows(permissions, wanted);
}
