import type { QueryClient } from "@tanstack/react-query";
import { api, call } from "../api/client";
import { keys } from "../api/keys";
import type { Conversation, Message } from "../api/types";
import { tabShelf } from "../lib/storage";
import { createStore, useStore } from "../lib/store";
import { applyConversations, withMessage } from "../live/apply";
import { changedSince, markChanged } from "../live/freshness";
import { type Thread, upsert } from "../live/thread";
import { Outbox, type Outgoing, wireContent } from "./outbox";

const nothing: readonly Outgoing[] = [];
const idle = createStore(nothing);
let current: Outbox | null = null;

/** The signed-in person's outbox; what he left unsent in this tab goes on. Returns how to stop. */
export function startOutbox(client: QueryClient, me: string): () => void {
  const shelf = `outbox.${me}`;
  const outbox = new Outbox({
    send: async (item) => {
      const { message } = await call(
        api.POST("/api/v1/conversations/{id}/messages", {
          params: {
            path: { id: item.conversation_id },
            header: { "Idempotency-Key": item.key },
          },
          body: {
            content_type: item.content_type,
            content: wireContent(item) as never,
            ...(item.if_last_seq === undefined ? {} : { if_last_seq: item.if_last_seq }),
          },
        }),
      );
      return message as Message;
    },
    // It is new: whatever was told of it since is newer than the answer.
    accepted: (message) => placeMessage(client, message, me, 0),
    load: () => tabShelf.read<Outgoing[]>(shelf) ?? [],
    save: (items) => {
      if (items.length === 0) tabShelf.remove(shelf);
      else tabShelf.write(shelf, items);
    },
  });
  current = outbox;
  outbox.start();
  return () => {
    outbox.stop();
    if (current === outbox) current = null;
  };
}

/** The signed-in person's outbox; `null` where nobody is signed in. */
export const outbox = (): Outbox | null => current;

export function useOutgoing(conversationId: string): Outgoing[] {
  const all = useStore(current?.store ?? idle);
  return all.filter((item) => item.conversation_id === conversationId);
}

/**
 * Puts a message the server answered with where a live event would put it. If one was faster, since it was `asked`
 * for (`performance.now()`), the answer is the older of the two.
 */
export function placeMessage(
  client: QueryClient,
  message: Message,
  me: string,
  asked: number,
): void {
  const id = message.conversation_id;
  if (changedSince(message.id, asked)) return;
  markChanged(message.id);
  client.setQueryData<Thread>(keys.thread(id), (thread) =>
    thread === undefined ? thread : upsert(thread, message),
  );
  const conversation = client.getQueryData<Conversation>(keys.conversation(id));
  if (conversation !== undefined) {
    applyConversations(client, new Map([[id, withMessage(conversation, message)]]), me);
  }
}
