import type { Conversation, Message, OperatorStatus } from "../api/types";

/** What happened in the tenant, in order; replayed after a break. */
export type DurableEvent =
  | { type: "message.new"; seq: number; conversation_id: string; message: Message }
  | { type: "message.updated"; seq: number; conversation_id: string; message: Message }
  | { type: "conversation.queued"; seq: number; conversation: Conversation }
  | {
      type: "conversation.assigned";
      seq: number;
      conversation_id: string;
      operator_id: string | null;
      conversation?: Conversation;
    }
  | { type: "conversation.updated"; seq: number; conversation: Conversation }
  | { type: "conversation.removed"; seq: number; conversation_id: string };

/** What matters only now; never replayed. */
export type FleetingEvent =
  | { type: "customer.typing"; conversation_id: string; is_typing: boolean }
  | {
      type: "operator.typing";
      conversation_id: string;
      /** `null`: a program. */
      operator_id: string | null;
      is_typing: boolean;
    }
  | {
      type: "operator.viewing";
      conversation_id: string;
      operator_id: string;
      is_viewing: boolean;
    }
  | { type: "operator.status"; operator_id: string; status: OperatorStatus };

/** Frames about the connection itself. */
export type ControlFrame =
  | { type: "operator.connected"; seq: number; epoch: string }
  | { type: "sync"; seq: number }
  | { type: "resync"; seq: number }
  | { type: "pong" };

export type ServerFrame = DurableEvent | FleetingEvent | ControlFrame;

export type ClientFrame =
  | {
      type: "operator.connect";
      operator_id: string;
      token: string;
      last_seq?: number;
      epoch?: string;
    }
  | { type: "operator.refresh"; token: string }
  | { type: "operator.typing"; conversation_id: string; is_typing: boolean }
  | { type: "operator.viewing"; conversation_id: string | null }
  | { type: "ping" };

const DURABLE = new Set<string>([
  "message.new",
  "message.updated",
  "conversation.queued",
  "conversation.assigned",
  "conversation.updated",
  "conversation.removed",
]);

/** Whether the frame has a place in the order of events; kinds of a newer server count by their `seq`. */
export function isDurable(frame: ServerFrame): frame is DurableEvent {
  return DURABLE.has(frame.type);
}

/** Reads a frame, or `null` where it is none. */
export function parseFrame(data: unknown): ServerFrame | null {
  if (typeof data !== "string") return null;
  try {
    const frame: unknown = JSON.parse(data);
    const named = typeof frame === "object" && frame !== null && "type" in frame;
    return named && typeof frame.type === "string" ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}
