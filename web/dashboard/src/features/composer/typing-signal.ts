import { useCallback, useEffect, useRef } from "react";
import { sendLive } from "../../live/live";

/** Renewed this often while somebody types. */
const AGAIN_MS = 3_000;
/** Nothing typed for this long means that he stopped. */
const STOP_MS = 5_000;

/** Tells the customer that an answer is being written. */
export function useTypingSignal(conversationId: string): (typing: boolean) => void {
  const sent = useRef(0);
  const stop = useRef<ReturnType<typeof setTimeout>>(undefined);
  const signal = useCallback(
    (is_typing: boolean) => {
      clearTimeout(stop.current);
      const now = Date.now();
      const tell = () =>
        sendLive({ type: "operator.typing", conversation_id: conversationId, is_typing });
      if (is_typing) {
        stop.current = setTimeout(() => signal(false), STOP_MS);
        if (now - sent.current < AGAIN_MS) return;
        sent.current = now;
        tell();
      } else if (sent.current !== 0) {
        sent.current = 0;
        tell();
      }
    },
    [conversationId],
  );
  useEffect(() => () => signal(false), [signal]);
  return signal;
}
