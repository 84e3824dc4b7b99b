import type { ComponentChild } from "preact";
import type { Chat } from "../core/chat";
import type { Item } from "../core/outbox";
import type { Content, ContentType, Message } from "../core/types";
import type { I18n } from "../i18n";
import { Attachment } from "./attachment";
import { ClockIcon, FailedIcon, ReadIcon, SentIcon } from "./icons";
import { linkify } from "./linkify";

const FILES: ReadonlySet<ContentType> = new Set(["image", "file", "audio", "video", "sticker"]);

interface Props {
  /** What is shown: a message the server knows, or one that still waits here. */
  message?: Message | undefined;
  /** The waiting message, or the one that `message` was before: its bytes still serve as a preview. */
  item?: Item | undefined;
  /** Whether the line with time and state belongs under it. */
  last: boolean;
  chat: Chat;
  i18n: I18n;
  origin: string;
}

/** One message. The same element serves from the first click until it has been read. */
export const Bubble = ({ message, item, last, chat, i18n, origin }: Props) => {
  const type = message?.content_type ?? item?.type ?? "text";
  const content: Content = message?.content ?? item?.content ?? {};
  const own = message?.direction !== "outbound";
  const who = own ? "you" : message?.sender_type === "bot" ? "bot" : "operator";
  const words = content.text ?? content.caption;
  const fresh = message && (async () => (await chat.refresh(message)).content.url);
  return (
    <li class={own ? "own" : "their"} data-state={message?.status ?? item?.state}>
      <div class="bubble">
        <span class="hear">{i18n.t(who)} </span>
        {FILES.has(type) ? (
          <Attachment
            {...{ type, content, i18n, origin, fresh }}
            file={item?.file}
            progress={!message && item?.state === "sending" ? item.progress : undefined}
          />
        ) : (
          !words && <p>{withoutWords(type, content, i18n)}</p>
        )}
        {words && <p dir="auto">{linkify(words)}</p>}
      </div>
      {last && (
        <div class="meta">
          {message ? told(message, own, i18n) : item && pending(item, chat, i18n)}
        </div>
      )}
    </li>
  );
};

const withoutWords = (type: ContentType, content: Content, i18n: I18n): ComponentChild => {
  if (type === "contact") return linkify(`${content.name ?? ""} tel:${content.phone ?? ""}`);
  // Only of a deleted message no words are left.
  if (type !== "location") return <i>{i18n.t(type === "text" ? "deleted" : "unsupported")}</i>;
  return linkify(
    `https://www.openstreetmap.org/?mlat=${content.latitude}&mlon=${content.longitude}`,
  );
};

const told = (message: Message, own: boolean, i18n: I18n): ComponentChild => {
  const read = message.status === "read";
  return (
    <>
      {message.metadata?.edited && i18n.t("edited")}
      <time dateTime={message.created_at}>{i18n.time(new Date(message.created_at))}</time>
      {own && state(i18n.t(read ? "read" : "sent"), read ? <ReadIcon /> : <SentIcon />)}
    </>
  );
};

const pending = (item: Item, chat: Chat, i18n: I18n): ComponentChild => {
  if (item.state !== "failed") return state(i18n.t(item.state), <ClockIcon />);
  return (
    <>
      <span class="failed" role="alert">
        <FailedIcon />
        {i18n.t("failed")}
      </span>
      <button type="button" onClick={() => chat.outbox.retry(item)}>
        {i18n.t("retry")}
      </button>
      <button type="button" onClick={() => chat.outbox.discard(item)}>
        {i18n.t("remove")}
      </button>
    </>
  );
};

const state = (label: string, icon: ComponentChild) => (
  <span class="state" role="img" aria-label={label} title={label}>
    {icon}
  </span>
);
