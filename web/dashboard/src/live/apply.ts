import type { QueryClient } from "@tanstack/react-query";
import { keys } from "../api/keys";
import type { Conversation, LastMessage, Message, Operator } from "../api/types";
import { previewOf } from "../lib/preview";
import type { DurableEvent, FleetingEvent } from "./events";
import { markChanged } from "./freshness";
import { applyChanges, type ConversationList, type InboxFilter } from "./lists";
import { type Thread, upsert } from "./thread";

/** What a batch of events left to be fetched. */
export interface Leftover {
  /** Conversations of which only a part is known. */
  missing: Set<string>;
  /** The numbers beside the filters may have changed. */
  counts: boolean;
}

/** Applies events to the query cache. Applying one twice changes nothing the second time. */
export function applyEvents(
  client: QueryClient,
  events: readonly DurableEvent[],
  me: string,
): Leftover {
  const changes = new Map<string, Conversation | null>();
  const threads = new Map<string, Thread>();
  const left: Leftover = { missing: new Set(), counts: false };

  const current = (id: string): Conversation | null | undefined =>
    changes.has(id) ? changes.get(id) : client.getQueryData<Conversation>(keys.conversation(id));
  const change = (conversation: Conversation) => {
    changes.set(conversation.id, conversation);
    left.missing.delete(conversation.id);
  };
  const putMessage = (message: Message) => {
    const id = message.conversation_id;
    const thread = threads.get(id) ?? client.getQueryData<Thread>(keys.thread(id));
    markChanged(message.id);
    if (thread !== undefined) threads.set(id, upsert(thread, message));
  };

  for (const event of events) {
    switch (event.type) {
      case "message.new":
      case "message.updated": {
        putMessage(event.message);
        const conversation = current(event.conversation_id);
        if (conversation === undefined) left.missing.add(event.conversation_id);
        else if (conversation !== null) {
          // His own number, proven: the profile has changed, too.
          if (event.message.metadata.own === true) {
            void client.invalidateQueries({ queryKey: keys.customer(conversation.customer.id) });
          }
          const next = withMessage(conversation, event.message);
          if (next !== conversation) change(next);
        }
        break;
      }
      case "conversation.queued":
      case "conversation.updated":
        change(event.conversation);
        left.counts = true;
        break;
      case "conversation.assigned": {
        left.counts = true;
        const known = current(event.conversation_id);
        if (event.conversation !== undefined) change(event.conversation);
        else {
          if (known) change({ ...known, assigned_to: event.operator_id });
          // Why it was assigned is told with the conversation itself.
          left.missing.add(event.conversation_id);
        }
        break;
      }
      case "conversation.removed":
        changes.set(event.conversation_id, null);
        left.missing.delete(event.conversation_id);
        left.counts = true;
        break;
    }
  }

  for (const [id, thread] of threads) client.setQueryData(keys.thread(id), thread);
  applyConversations(client, changes, me);
  return left;
}

/** Writes changed conversations wherever they are shown. */
export function applyConversations(
  client: QueryClient,
  changes: ReadonlyMap<string, Conversation | null>,
  me: string,
): void {
  if (changes.size === 0) return;
  for (const [id, conversation] of changes) {
    markChanged(id);
    noteCustomer(client, id, conversation);
    if (conversation !== null) client.setQueryData(keys.conversation(id), conversation);
    else {
      // Whoever looks at it is told that it is out of sight.
      void client.resetQueries({ queryKey: keys.conversation(id) });
      void client.resetQueries({ queryKey: keys.thread(id) });
    }
  }
  for (const [key, list] of client.getQueriesData<ConversationList>({ queryKey: keys.lists })) {
    if (list === undefined) continue;
    client.setQueryData(key, applyChanges(list, changes, key[1] as InboxFilter, me));
  }
}

/** A customer who is shown otherwise than before: his card has changed, too. */
function noteCustomer(client: QueryClient, id: string, next: Conversation | null): void {
  const before = client.getQueryData<Conversation>(keys.conversation(id))?.customer;
  const after = next?.customer;
  if (before === undefined || after === undefined) return;
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  for (const customer of new Set([before.id, after.id])) {
    void client.invalidateQueries({ queryKey: keys.customer(customer) });
  }
  // What a blocked customer wrote was told to nobody.
  if (before.blocked && !after.blocked) {
    void client.invalidateQueries({ queryKey: keys.thread(id) });
  }
}

/** The conversation after a message in it, as the server will tell it too. */
export function withMessage(conversation: Conversation, message: Message): Conversation {
  const last = conversation.last_message;
  if (last !== null && last !== undefined && message.seq < last.seq) return conversation;
  const brief = briefOf(message);
  if (last?.seq === message.seq) return { ...conversation, last_message: brief };
  const inbound = message.direction === "inbound";
  const later = Date.parse(message.created_at) > Date.parse(conversation.updated_at);
  return {
    ...conversation,
    last_message: brief,
    unread_count: conversation.unread_count + (inbound ? 1 : 0),
    updated_at: later ? message.created_at : conversation.updated_at,
  };
}

function briefOf(message: Message): LastMessage {
  return {
    id: message.id,
    seq: message.seq,
    direction: message.direction,
    sender_type: message.sender_type,
    content_type: message.content_type,
    preview: previewOf(message.content),
    status: message.status,
    private: message.private,
    created_at: message.created_at,
  };
}

/** Applies what is not kept: an operator's status. Typing has its own small store. */
export function applyOperatorStatus(
  client: QueryClient,
  event: Extract<FleetingEvent, { type: "operator.status" }>,
): void {
  client.setQueryData<Operator[]>(keys.operators, (operators) =>
    operators?.map((operator) =>
      operator.id === event.operator_id ? { ...operator, status: event.status } : operator,
    ),
  );
}
