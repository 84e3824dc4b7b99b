import { endSession, sessionStore } from "./session";

/** How often the holder of a session is asked for, and how many times. */
const ASK_MS = 250;
const ASKS = 8;

let guarded: { id: string; leave: () => void } | null = null;

/**
 * "Duplicate tab" copies this tab's storage, and with it a refresh token that may be used only once.
 * Each tab holds a lock named after its session and answers for it; the copy hears of the holder and
 * asks to sign in instead.
 */
export async function guardSession(): Promise<void> {
  const id = sessionStore.get()?.id;
  if (id === guarded?.id) return;
  guarded?.leave();
  guarded = null;
  // Locks exist on https and localhost only; elsewhere the copy is noticed when its token is refused.
  if (id === undefined || navigator.locks === undefined) return;
  const left = new AbortController();
  guarded = { id, leave: () => left.abort() };
  const whose = await take(id, left.signal);
  if (whose === "ours" || guarded?.id !== id) return;
  // A lock still asked for would take the session from its holder at the next reload.
  left.abort();
  guarded = null;
  endSession("duplicate");
}

/**
 * Whose the session is. A lock that is taken proves nothing: on a busy machine the page before a
 * reload may keep it for seconds. That page answers no more, though; a tab that lives does.
 */
function take(id: string, left: AbortSignal): Promise<"ours" | "another's"> {
  return new Promise((resolve) => {
    const name = `omnisupport.session.${id}`;
    const room = new BroadcastChannel(name);
    let asked = 0;
    const asking = setInterval(ask, ASK_MS);
    function ask() {
      asked += 1;
      if (asked > ASKS) return found("ours");
      room.postMessage("whose");
    }
    function found(whose: "ours" | "another's") {
      clearInterval(asking);
      resolve(whose);
    }
    room.onmessage = ({ data }) => {
      if (data === "mine") found("another's");
    };
    left.addEventListener("abort", () => {
      clearInterval(asking);
      room.close();
    });
    ask();
    navigator.locks
      .request(name, { signal: left }, () => {
        found("ours");
        room.onmessage = ({ data }) => {
          if (data === "whose") room.postMessage("mine");
        };
        return new Promise<void>((release) => {
          left.addEventListener("abort", () => release());
        });
      })
      // Left before it was ours.
      .catch(() => undefined);
  });
}
