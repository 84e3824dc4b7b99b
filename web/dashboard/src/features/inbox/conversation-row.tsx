import { Link } from "@tanstack/react-router";
import { AlertTriangle, CornerUpLeft } from "lucide-react";
import { memo } from "react";
import { useDrafts, useOperators } from "../../api/queries";
import type { Conversation, LastMessage } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { useNow } from "../../lib/now";
import { useCustomerTyping } from "../../live/typing";
import { useUser } from "../../session/session";
import { Avatar } from "../../ui/avatar";
import { Badge } from "../../ui/badge";
import { ChannelIcon } from "../../ui/channel-icon";
import { PriorityMark } from "../thread/priority";
import { STATUS_TONES } from "../thread/status";

interface Props {
  conversation: Conversation;
  selected: boolean;
  focusable: boolean;
  showStatus: boolean;
}

export const ConversationRow = memo(function ConversationRow(props: Props) {
  const { conversation, selected, focusable, showStatus } = props;
  const { t, fmt } = useI18n();
  const now = useNow();
  const { customer, last_message: last, unread_count: unread } = conversation;
  const name = customer.name || t("customer.nameless");
  const loud = unread > 0 && !selected;
  const firstTag = conversation.tags[0];
  return (
    <Link
      id={`row-${conversation.id}`}
      to="/inbox/$conversationId"
      params={{ conversationId: conversation.id }}
      search={(current) => current}
      from="/inbox"
      tabIndex={focusable ? 0 : -1}
      className={cx(
        "flex h-full items-center gap-3 rounded-xl px-2.5 transition-colors focus-visible:-outline-offset-2",
        selected ? "bg-accent-soft" : "hover:bg-hover",
      )}
    >
      <span className="relative">
        <Avatar name={name} seed={customer.id} />
        <ChannelIcon
          kind={conversation.channel}
          className={cx(
            "absolute -end-1 -bottom-1 size-[1.125rem] border-2",
            selected ? "border-accent-soft" : "border-surface",
          )}
        />
      </span>
      <span className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex items-baseline gap-2">
          <bdi
            className={cx(
              "min-w-0 flex-1 truncate align-as-parent",
              loud ? "font-semibold" : "font-medium",
            )}
          >
            {name}
          </bdi>
          {conversation.priority !== "normal" && (
            <span className="self-center">
              <PriorityMark priority={conversation.priority} named />
            </span>
          )}
          {firstTag !== undefined && (
            <span className="min-w-0 max-w-24 shrink truncate rounded-full bg-sunken px-2 text-2xs text-ink-2">
              <bdi>{firstTag}</bdi>
              {conversation.tags.length > 1 && ` +${fmt.number(conversation.tags.length - 1)}`}
            </span>
          )}
          {showStatus && (
            <Badge tone={STATUS_TONES[conversation.status]}>
              {t(`status.${conversation.status}`)}
            </Badge>
          )}
          <time
            dateTime={conversation.updated_at}
            className={cx(
              "shrink-0 text-2xs tabular-nums",
              loud ? "text-accent-ink" : "text-ink-3",
            )}
          >
            {fmt.ago(conversation.updated_at, now)}
          </time>
        </span>
        <span className="flex items-center gap-2">
          <Preview id={conversation.id} last={last ?? null} loud={loud} open={selected} />
          <Assignee operatorId={conversation.assigned_to ?? null} />
          {unread > 0 && (
            <span className="flex h-[1.125rem] min-w-[1.125rem] shrink-0 items-center justify-center rounded-full bg-accent px-1.5 text-2xs leading-none font-semibold text-on-accent">
              <span aria-hidden="true">{unread > 99 ? "99+" : fmt.number(unread)}</span>
              <span className="sr-only">{t("inbox.unread", { count: unread })}</span>
            </span>
          )}
        </span>
      </span>
    </Link>
  );
});

interface PreviewProps {
  id: string;
  last: LastMessage | null;
  loud: boolean;
  open: boolean;
}

/** What is being written, by the customer or not yet sent by oneself; else what was said last. */
function Preview({ id, last, loud, open }: PreviewProps) {
  const { t } = useI18n();
  const typing = useCustomerTyping(id);
  const draft = useDrafts().data?.find((one) => one.conversation_id === id);
  if (typing)
    return <span className="flex-1 truncate text-sm text-good">{t("thread.typing")}</span>;
  if (draft !== undefined && !open)
    return (
      <span className="min-w-0 flex-1 truncate text-sm text-ink-2">
        <span className="font-medium text-warn">{t("inbox.draft")}</span> <bdi>{draft.preview}</bdi>
      </span>
    );
  const trouble = last?.status === "failed" || last?.status === "unknown";
  return (
    <span
      className={cx(
        "flex min-w-0 flex-1 items-center gap-1 text-sm",
        loud ? "text-ink" : "text-ink-2",
      )}
    >
      {trouble && (
        <AlertTriangle
          aria-label={t(`delivery.${last.status}`)}
          className="size-3.5 shrink-0 text-bad"
        />
      )}
      {last?.direction === "outbound" && !trouble && (
        <CornerUpLeft
          aria-label={t("inbox.answered")}
          className="mirrored size-3.5 shrink-0 text-ink-3"
        />
      )}
      <bdi className="flex-1 truncate align-as-parent">
        {last === null ? t("inbox.no_messages") : last.preview || t(`content.${last.content_type}`)}
      </bdi>
    </span>
  );
}

/** Who has it, where that is somebody else. */
function Assignee({ operatorId }: { operatorId: string | null }) {
  const { t } = useI18n();
  const me = useUser().id;
  const { data } = useOperators();
  const operator = data?.find(({ id }) => id === operatorId);
  if (operator === undefined || operator.id === me) return null;
  return (
    <>
      <Avatar
        name={operator.name}
        seed={operator.id}
        size="sm"
        className="size-[1.125rem]! text-[0.5rem]!"
      />
      <span className="sr-only">{t("inbox.assigned_to", { name: operator.name })}</span>
    </>
  );
}
