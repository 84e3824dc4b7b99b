import type { ConversationStatus } from "../../api/types";
import type { Tone } from "../../ui/badge";

export const STATUS_TONES: Record<ConversationStatus, Tone> = {
  open: "accent",
  pending: "warn",
  resolved: "good",
  closed: "plain",
};
