import type { Conversation, Message } from "../api/types";

const START = Date.parse("2026-11-21T10:00:00Z");

/** A moment some seconds after ten o'clock. */
export const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: `message-${change.conversation_id ?? "c"}-${seq}`,
    seq,
    tenant_id: "tenant",
    conversation_id: "c",
    direction: "inbound",
    sender_type: "customer",
    sender_id: "customer",
    channel_message_id: null,
    content_type: "text",
    content: { text: `text ${seq}` },
    status: "delivered",
    private: false,
    metadata: {},
    created_at: at(seq),
    ...change,
  };
}

export function conversation(id: string, change: Partial<Conversation> = {}): Conversation {
  return {
    id,
    tenant_id: "tenant",
    customer: {
      id: `customer-${id}`,
      name: "Мария",
      phone: null,
      email: null,
      locale: "ru",
      verified: false,
    },
    channel: "widget",
    channel_id: "channel",
    status: "open",
    priority: "normal",
    tags: [],
    assigned_to: null,
    team: null,
    assigned_reason: null,
    unread_count: 0,
    last_message: null,
    created_at: at(0),
    updated_at: at(0),
    resolved_at: null,
    snooze_until: null,
    woken_by: null,
    metadata: {},
    ...change,
  };
}
