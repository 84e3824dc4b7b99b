import { endSession, sessionStore } from "./session";

/** Long enough for the page before a reload to let go. */
const PATIENCE_MS = 2_000;

let held: { id: string; release: () => void } | null = null;

/**
 * "Duplicate tab" copies this tab's storage, and with it a refresh token that may be used only once.
 * Each tab holds a lock named after its session; the copy finds it taken and asks to sign in instead.
 */
export async function guardSession(): Promise<void> {
  const id = sessionStore.get()?.id;
  if (id === held?.id) return;
  held?.release();
  held = null;
  // Locks exist on https and localhost only; elsewhere the copy is noticed when its token is refused.
  if (id === undefined || navigator.locks === undefined) return;
  try {
    await take(id);
  } catch {
    if (sessionStore.get()?.id === id) endSession("duplicate");
  }
}

/** Resolves once the lock is ours; it stays ours until released or the page goes. */
function take(id: string): Promise<void> {
  return new Promise((taken, refused) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    navigator.locks
      .request(`omnisupport.session.${id}`, { signal }, () => {
        taken();
        return new Promise<void>((release) => {
          held = { id, release };
        });
      })
      .catch(refused);
  });
}
