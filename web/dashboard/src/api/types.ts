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
  buttons?: { id: string; title: string }[];
}

export type Message = Omit<Schemas["Message"], "content" | "metadata"> & {
  content: MessageContent;
  metadata: {
    edited?: boolean;
    forwarded?: boolean;
    truncated?: boolean;
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
}

export type Channel = Omit<Schemas["Channel"], "settings"> & {
  settings: WidgetSettings & TelegramSettings;
};
