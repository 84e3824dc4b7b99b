/** The shapes of the widget's API, as a visitor sees them. */

export type ContentType =
  | "text"
  | "image"
  | "file"
  | "audio"
  | "video"
  | "location"
  | "contact"
  | "sticker"
  | "interactive";

/** What a message carries; which fields are there follows from its content type. */
export interface Content {
  text?: string;
  caption?: string;
  file_id?: string;
  file_name?: string;
  mime_type?: string;
  size?: number;
  url?: string;
  name?: string;
  phone?: string;
  latitude?: number;
  longitude?: number;
}

export type MessageStatus =
  | "queued"
  | "sending"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "unknown";

/** A message of the thread. `seq` is gapless within its conversation and is the display order. */
export interface Message {
  id: string;
  seq: number;
  conversation_id: string;
  direction: "inbound" | "outbound";
  sender_type: "customer" | "operator" | "bot";
  content_type: ContentType;
  content: Content;
  status: MessageStatus;
  private?: boolean;
  metadata?: { edited?: boolean };
  created_at: string;
}

/** What the page may tell about the visitor. Without `identity_hash` it is a claim, not a proof. */
export interface Visitor {
  name?: string;
  email?: string;
  phone?: string;
  external_id?: string;
  identity_hash?: string;
}

/** How the channel's owner wants the widget to look and greet. */
export interface Settings {
  name?: string;
  color?: string;
  greeting?: Partial<Record<string, string>>;
  max_file_size?: number;
  online?: boolean;
  /** Business hours; `next_open_at` while they are over. */
  hours?: { open: boolean; next_open_at?: string };
}

/** The answer to opening or resuming a session. */
export interface Session {
  session_token: string;
  conversation_id?: string | null;
  settings: Settings;
  messages: Message[];
  /** Whether there is more before the first of these. */
  has_before: boolean;
  position?: number;
}

/** A piece of the thread, in the order of display. */
export interface Page {
  items: Message[];
  has_before: boolean;
  has_after: boolean;
}

/** A file the server has stored. */
export interface StoredFile {
  id: string;
  file_name: string;
  mime_type: string;
  size: number;
  url: string;
}

/** A frame from the server's socket. Unknown types are ignored, so the server may grow. */
export interface Frame {
  type: string;
  message?: Message;
  is_typing?: boolean;
  /** The place in the queue; 51 is beyond the fiftieth. */
  position?: number | null;
  online?: boolean;
  conversation?: { id: string; status: string };
}
