import { Lock, RotateCcw } from "lucide-react";
import { memo } from "react";
import { useOperators } from "../../api/queries";
import type { Message } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { useCan, useUser } from "../../session/session";
import { Button } from "../../ui/button";
import { useRetryMessage } from "./actions";
import { BubbleContent } from "./content";
import { DeliveryMark } from "./delivery-mark";

interface Props {
  message: Message;
  customerName: string;
  /** Whether it stands right under a message of the same person. */
  continues: boolean;
}

export const Bubble = memo(function Bubble({ message, customerName, continues }: Props) {
  const { t, fmt } = useI18n();
  const out = message.direction === "outbound";
  const author = useAuthor(message, customerName);
  const { edited, forwarded, truncated } = message.metadata;
  return (
    <article
      aria-label={t("message.label", { author, time: fmt.time(message.created_at) })}
      data-message={message.id}
      className={cx(
        "flex flex-col",
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
          "max-w-[min(34rem,85%)] min-w-0 rounded-2xl border px-3.5 py-2",
          message.private
            ? "border-dashed border-warn/40 bg-warn-soft"
            : out
              ? "border-transparent bg-bubble-out"
              : "border-line bg-bubble-in",
          !continues && (out ? "rounded-se-md" : "rounded-ss-md"),
        )}
      >
        <BubbleContent type={message.content_type} content={message.content} />
        <span className="-mb-0.5 mt-0.5 flex items-center justify-end gap-1.5 text-2xs text-ink-2">
          {truncated === true && <span>{t("message.truncated")}</span>}
          {forwarded === true && <span>{t("message.forwarded")}</span>}
          {edited === true && <span>{t("message.edited")}</span>}
          <time
            dateTime={message.created_at}
            title={fmt.dateTime(message.created_at)}
            className="tabular-nums"
          >
            {fmt.time(message.created_at)}
          </time>
          {out && !message.private && <DeliveryMark status={message.status} />}
        </span>
      </div>
      {out && !message.private && <Trouble message={message} />}
    </article>
  );
});

function useAuthor(message: Message, customerName: string): string {
  const { t } = useI18n();
  const me = useUser().id;
  const { data: operators } = useOperators();
  if (message.sender_type === "customer") return customerName || t("customer.nameless");
  if (message.sender_type === "bot") return t("message.bot");
  if (message.sender_id === me) return t("message.you");
  return operators?.find(({ id }) => id === message.sender_id)?.name ?? t("assign.somebody");
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
