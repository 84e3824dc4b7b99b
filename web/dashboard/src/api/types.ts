import type { Schemas } from "@omnisupport/api-client";

export type Conversation = Schemas["Conversation"];
export type ConversationPage = Schemas["Page_Conversation"];
export type ConversationStatus = Schemas["ConversationStatus"];
export type Priority = Schemas["Priority"];
export type TagCount = Schemas["TagCount"];
export type BulkAction = Schemas["BulkAction"];
export type CannedResponse = Schemas["CannedResponse"];
export type NewCanned = Schemas["NewCanned"];
export type DraftBrief = Schemas["DraftBrief"];
export type SavedView = Schemas["SavedView"];
export type ViewFilter = Schemas["ViewFilter"];
export type AssignReason = Schemas["AssignReason"];
export type LastMessage = Schemas["LastMessage"];
export type ChannelKind = Schemas["ChannelKind"];
export type ChannelStatus = Schemas["ChannelStatus"];
export type Operator = Schemas["Operator"];
export type Role = Schemas["Role"];
export type Invitation = Schemas["Invitation"];
export type Team = Schemas["Team"];
export type TeamBrief = Schemas["TeamBrief"];
export type OperatorStatus = Schemas["OperatorStatus"];
export type RoutingSettings = Schemas["RoutingSettings"];
export type HoursSettings = Schemas["HoursSettings"];
export type TeamHours = Schemas["TeamHours"];
export type Schedule = Schemas["Schedule"];
export type Week = Schemas["Week"];
export type Interval = Schemas["Interval"];
export type Holiday = Schemas["Holiday"];
export type User = Schemas["User"];
export type TokenPair = Schemas["TokenPair"];
export type StoredFile = Schemas["File"];
export type ContentType = Schemas["ContentType"];
export type MessageStatus = Schemas["MessageStatus"];
export type MessageHit = Extract<Schemas["SearchHit"], { kind: "message" }>;
export type CustomerHit = Extract<Schemas["SearchHit"], { kind: "customer" }>;
export type SnippetPiece = Schemas["SnippetPiece"];
export type Problem = Schemas["Problem"];
export type ApiKey = Schemas["ApiKey"];
export type Tenant = Schemas["Tenant"];
export type TenantPage = Schemas["Page_Tenant"];
export type SuperadminProfile = Schemas["SuperadminProfile"];
export type SuperadminTokenPair = Schemas["SuperadminTokenPair"];
export type Webhook = Schemas["Webhook"];
export type WebhookDelivery = Schemas["WebhookDelivery"];
export type DeliveryPage = Schemas["Page_WebhookDelivery"];
export type ChannelEvent = Schemas["ChannelEvent"];
export type ChannelEventPage = Schemas["Page_ChannelEvent"];
export type EventOutcome = Schemas["EventOutcome"];
export type WebhookDeliveryState = Schemas["WebhookDeliveryState"];
export type WebhookAttempt = Schemas["WebhookAttempt"];
export type WebhookTest = Schemas["WebhookTest"];
export type MergeProposal = Schemas["MergeProposal"];
export type CustomerMerge = Schemas["CustomerMerge"];
/** A value of a company's own field; `null` removes it. */
export type FieldValue = string | number | boolean | null;
export type Customer = Omit<Schemas["Customer"], "fields"> & {
  fields: Record<string, FieldValue>;
};
export type CustomerPatch = Omit<Schemas["CustomerPatch"], "fields"> & {
  fields?: Record<string, FieldValue>;
};
export type CustomerNote = Schemas["CustomerNote"];
export type CustomerField = Schemas["CustomerField"];
export type CustomerFieldKind = Schemas["CustomerFieldKind"];
export type NewCustomerField = Schemas["NewCustomerField"];
export type EventKind = Schemas["EventKind"];

export interface MessageButton {
  id: string;
  title: string;
  /** What it opens. */
  url?: string;
  /** What it sends along. */
  request?: "contact" | "location";
}

/** What a message carries; which fields are there follows from its `content_type`. */
export interface MessageContent {
  text?: string;
  file_id?: string;
  file_name?: string;
  mime_type?: string;
  size?: number;
  url?: string;
  /** Why there is no `url`: the file is still on its way, or will never come. */
  state?: "pending" | "failed";
  caption?: string;
  latitude?: number;
  longitude?: number;
  name?: string;
  phone?: string;
  buttons?: MessageButton[];
  /** Where the buttons are: under the message unless told. */
  kind?: "inline" | "reply";
}

export type Message = Omit<Schemas["Message"], "content" | "metadata"> & {
  content: MessageContent;
  metadata: {
    edited?: boolean;
    forwarded?: boolean;
    truncated?: boolean;
    /** What the content type does not tell: `voice`, `video_note`, `animation`, `dice`, `poll`, ... */
    kind?: string;
    /** Messages of one album share it. */
    album_id?: string;
    /** Of a sticker. */
    emoji?: string;
    venue?: { title: string; address: string };
    /** Whether the place still moves. */
    live?: boolean;
    /** A contact that the messenger vouches for as the sender's own. */
    own?: boolean;
    /** Taken back: only its place is left. */
    deleted?: boolean;
    /** Taken back, but perhaps still on the customer's screen. */
    deleting?: boolean;
    delete_error?: { code: string; detail: string };
    edit_error?: { code: string; detail: string };
    reactions?: { customer?: string[]; team?: string };
    reaction_error?: { code: string; detail: string };
    /** The button that was pressed, by its id. */
    button_data?: string;
    [name: string]: unknown;
  };
};

export interface MessagePage {
  items: Message[];
  has_before: boolean;
  has_after: boolean;
}

export interface WidgetSettings {
  allowed_origins?: string[];
  color?: string;
  greeting?: Record<string, string>;
}

export interface TelegramSettings {
  mode?: "webhook" | "polling";
  /** Whether the mode was chosen by itself, and may change by itself. */
  automatic?: boolean;
}

export type Channel = Omit<Schemas["Channel"], "settings"> & {
  settings: WidgetSettings & TelegramSettings;
};
