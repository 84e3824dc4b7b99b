import { Ban, Lock, RotateCcw } from "lucide-react";
import { memo, useState } from "react";
import type { Message } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { useRetryMessage } from "./actions";
import { AlbumContent } from "./album-content";
import { useAuthor } from "./author";
import { BubbleContent } from "./content";
import { DeliveryMark } from "./delivery-mark";
import { EditBox } from "./edit-box";
import { MessageActions } from "./message-actions";
import { Quote } from "./quote";
import { Reactions } from "./reactions";

interface Props {
  /** A message, or all of an album. */
  messages: readonly [Message, ...Message[]];
  customerName: string;
  /** Whether it stands right under a message of the same person. */
  continues: boolean;
  /** The message it answers, where that is loaded. */
  quoted: Message | undefined;
  onJump: (id: string) => void;
}

/** Messages that nothing has changed are not drawn again, although their list is a new one. */
function same(before: Props, after: Props): boolean {
  return (
    before.messages.length === after.messages.length &&
    before.messages.every((message, index) => message === after.messages[index]) &&
    before.customerName === after.customerName &&
    before.continues === after.continues &&
    before.quoted === after.quoted &&
    before.onJump === after.onJump
  );
}

export const Bubble = memo(function Bubble({
  messages,
  customerName,
  continues,
  quoted,
  onJump,
}: Props) {
  const { t, fmt } = useI18n();
  const [editing, setEditing] = useState(false);
  const [message] = messages;
  const out = message.direction === "outbound";
  const author = useAuthor(message, customerName);
  const { deleted, deleting, edited, forwarded, truncated } = message.metadata;
  const gone = deleted === true;
  return (
    <article
      aria-label={t("message.label", { author, time: fmt.time(message.created_at) })}
      data-message={message.id}
      className={cx(
        "flex scroll-m-16 flex-col rounded-2xl",
        out ? "items-end" : "items-start",
        continues ? "mt-1" : "mt-3",
      )}
    >
      {!continues && (
        <span className="mb-1 flex items-center gap-1.5 px-1 text-2xs text-ink-3">
          {message.private && <Lock className="size-3" />}
          <bdi>{author}</bdi>
          {message.private && <span>· {t("message.note")}</span>}
        </span>
      )}
      <div
        className={cx(
          "group/bubble flex w-full items-center gap-1",
          out ? "flex-row-reverse" : "flex-row",
        )}
      >
        <div
          className={cx(
            "max-w-[min(34rem,85%)] min-w-0 rounded-2xl border px-3.5 py-2",
            gone
              ? "border-dashed border-line bg-transparent"
              : message.private
                ? "border-dashed border-warn/40 bg-warn-soft"
                : out
                  ? "border-transparent bg-bubble-out"
                  : "border-line bg-bubble-in",
            !continues && (out ? "rounded-se-md" : "rounded-ss-md"),
          )}
        >
          {!gone && message.reply_to != null && (
            <Quote
              id={message.reply_to}
              known={quoted}
              customerName={customerName}
              onJump={onJump}
            />
          )}
          {gone ? (
            <p className="flex items-center gap-2 text-sm text-ink-2 italic">
              <Ban className="size-4 shrink-0" aria-hidden="true" />
              {t("message.deleted")}
            </p>
          ) : editing ? (
            <EditBox message={message} onDone={() => setEditing(false)} />
          ) : messages.length > 1 ? (
            <AlbumContent items={messages} />
          ) : (
            <BubbleContent
              type={message.content_type}
              content={message.content}
              metadata={message.metadata}
            />
          )}
          <span className="-mb-0.5 mt-0.5 flex items-center justify-end gap-1.5 text-2xs text-ink-2">
            {truncated === true && <span>{t("message.truncated")}</span>}
            {forwarded === true && <span>{t("message.forwarded")}</span>}
            {edited === true && <span>{t("message.edited")}</span>}
            {deleting === true && <span>{t("message.deleting")}</span>}
            <time
              dateTime={message.created_at}
              title={fmt.dateTime(message.created_at)}
              className="tabular-nums"
            >
              {fmt.time(message.created_at)}
            </time>
            {out && !message.private && !gone && (
              <DeliveryMark status={troubled(messages).status} />
            )}
          </span>
        </div>
        {!editing && <MessageActions messages={messages} onEdit={() => setEditing(true)} />}
      </div>
      {!gone && <Reactions message={message} />}
      {out && !message.private && !gone && (
        <>
          <Trouble message={troubled(messages)} />
          <Refused messages={messages} />
        </>
      )}
    </article>
  );
}, same);

/** Of an album the one that did not arrive, if any did not. */
function troubled(messages: readonly [Message, ...Message[]]): Message {
  const stuck = messages.find(({ status }) => status === "failed" || status === "unknown");
  return stuck ?? messages[0];
}

/** That the messenger refused a change, so that the customer sees something else. */
function Refused({ messages }: { messages: readonly Message[] }) {
  const { t } = useI18n();
  const refused = (name: "edit_error" | "delete_error") =>
    messages.some(({ metadata }) => metadata[name] !== undefined);
  return (
    <>
      {refused("edit_error") && (
        <p className="mt-1 text-end text-xs text-warn">{t("message.edit_failed")}</p>
      )}
      {refused("delete_error") && (
        <p className="mt-1 text-end text-xs text-warn">{t("message.delete_failed")}</p>
      )}
    </>
  );
}

/** The reasons a channel gives for a message that surely was not sent. */
const REASONS = [
  "blocked",
  "recipient_gone",
  "chat_migrated",
  "bad_request",
  "file_too_large",
  "channel_unauthorised",
  "rate_limited",
  "channel_unavailable",
  "unreachable",
  "address_blocked",
  "conflict",
] as const;

/** Why it was not sent, or that nobody knows; and the way to send it again. */
function Trouble({ message }: { message: Message }) {
  const { t } = useI18n();
  const { mutate, isPending } = useRetryMessage();
  const may = useCan()("conversations:reply");
  const { status, error } = message;
  if (status !== "failed" && status !== "unknown") return null;
  const reason = REASONS.find((code) => code === error?.code);
  return (
    <div className="mt-1 flex max-w-[min(34rem,85%)] flex-wrap items-center justify-end gap-x-2 gap-y-1 text-xs">
      <p className={cx("text-end", status === "failed" ? "text-bad" : "text-warn")}>
        {status === "unknown"
          ? t("delivery.unknown_hint")
          : reason === undefined
            ? t("delivery.failed_hint")
            : t(`send_error.${reason}`)}
        {status === "failed" && reason === undefined && error && (
          <bdi className="ms-1 opacity-80">{error.detail}</bdi>
        )}
      </p>
      {may && (
        <Button
          size="sm"
          busy={isPending}
          icon={<RotateCcw className="size-3.5" />}
          onClick={() => mutate(message.id)}
        >
          {t("delivery.retry")}
        </Button>
      )}
    </div>
  );
}
