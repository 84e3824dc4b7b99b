import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, call } from "../../api/client";
import type { Conversation } from "../../api/types";
import { applyConversations } from "../../live/apply";
import { useCan, useUser } from "../../session/session";

/** Long enough that passing through a conversation does not mark it. */
const LOOK_MS = 400;

/** Marks the conversation read while somebody who may reply looks at its end. */
export function useMarkRead(conversation: Conversation, atEnd: boolean): void {
  const client = useQueryClient();
  const me = useUser().id;
  const may = useCan()("conversations:reply");
  const focused = useFocused();
  const { id, unread_count: unread } = conversation;
  const latest = useRef(conversation);
  useEffect(() => {
    latest.current = conversation;
  });
  const some = unread > 0;
  useEffect(() => {
    if (!some || !atEnd || !focused || !may) return;
    const timer = setTimeout(() => {
      // The number goes at once; a failed request leaves it to the next look.
      applyConversations(client, new Map([[id, { ...latest.current, unread_count: 0 }]]), me);
      call(api.POST("/api/v1/conversations/{id}/read", { params: { path: { id } } })).catch(
        () => undefined,
      );
    }, LOOK_MS);
    return () => clearTimeout(timer);
  }, [client, id, some, atEnd, focused, may, me]);
}

function useFocused(): boolean {
  const [focused, setFocused] = useState(() => document.hasFocus());
  useEffect(() => {
    const update = () => setFocused(document.hasFocus());
    window.addEventListener("focus", update);
    window.addEventListener("blur", update);
    return () => {
      window.removeEventListener("focus", update);
      window.removeEventListener("blur", update);
    };
  }, []);
  return focused;
}
