import type { QueryClient } from "@tanstack/react-query";
import { keys } from "../api/keys";
import type { Conversation } from "../api/types";
import { i18n } from "../i18n/i18n";
import { prefs } from "../lib/prefs";
import { previewOf } from "../lib/preview";
import { beep } from "./beep";
import type { DurableEvent } from "./events";

/** A message older than this came with a replay: it is shown, but not rung for. */
const NEWS_MS = 60_000;

let openConversation: string | null = null;
let show: (conversationId: string) => void = () => undefined;

/** Tells which conversation the person looks at, so that it does not ring. */
export function setOpenConversation(id: string | null): void {
  openConversation = id;
}

/** How a click on a desktop notice leads to its conversation. */
export function setNoticeOpener(open: (conversationId: string) => void): void {
  show = open;
}

/** Sound and desktop notice for a customer's message that is this person's business. */
export function announce(
  client: QueryClient,
  event: Extract<DurableEvent, { type: "message.new" }>,
  me: string,
): void {
  const { message } = event;
  if (message.direction !== "inbound") return;
  if (Date.now() - Date.parse(message.created_at) > NEWS_MS) return;
  const conversation = client.getQueryData<Conversation>(keys.conversation(event.conversation_id));
  if (conversation === undefined) return;
  const mine = conversation.assigned_to === me || conversation.assigned_to === null;
  const looking = document.hasFocus() && openConversation === event.conversation_id;
  if (!mine || looking) return;
  if (prefs().sound) beep();
  if (prefs().notices && !document.hasFocus()) notice(conversation, previewOf(message.content));
}

function notice(conversation: Conversation, preview: string): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const { t, dir, locale } = i18n();
  const shown = new Notification(conversation.customer.name || t("customer.nameless"), {
    body: preview || t("notice.file"),
    // One notice a conversation: a burst of messages replaces it.
    tag: conversation.id,
    icon: "/favicon.svg",
    dir,
    lang: locale,
  });
  shown.onclick = () => {
    window.focus();
    show(conversation.id);
    shown.close();
  };
}
