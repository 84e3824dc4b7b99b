import { useQueryClient } from "@tanstack/react-query";
import { ArrowDown } from "lucide-react";
import { useEffect, useMemo } from "react";
import { keys } from "../../api/keys";
import { loadOlder } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { type Thread, trim } from "../../live/thread";
import { useCustomerTyping } from "../../live/typing";
import { useOutgoing } from "../../outbox/current";
import { stillOnTheWay } from "../../outbox/outbox";
import { useUser } from "../../session/session";
import { Button } from "../../ui/button";
import { Spinner } from "../../ui/spinner";
import { Bubbles } from "./bubbles";
import { useJump } from "./jump";
import { useMarkRead } from "./mark-read";
import { OutgoingBubble } from "./outgoing-bubble";
import { useThreadScroll } from "./thread-scroll";
import { TypingBubble } from "./typing-bubble";

/** More than this is let go of while somebody reads the end of a busy thread. */
const KEEP = 400;

interface Props {
  conversation: Conversation;
  thread: Thread;
}

export function MessageList({ conversation, thread }: Props) {
  const { t, fmt } = useI18n();
  const { id } = conversation;
  const client = useQueryClient();
  const me = useUser().id;
  const outgoing = useOutgoing(id);
  const onTheWay = useMemo(
    () => stillOnTheWay(outgoing, thread.items, me),
    [outgoing, thread.items, me],
  );
  const typing = useCustomerTyping(id);
  const scroll = useThreadScroll({
    count: thread.items.length + onTheWay.length,
    firstId: thread.items[0]?.id,
    lastSeq: thread.items.at(-1)?.seq ?? 0,
    ownCount: onTheWay.length,
    canLoad: thread.has_before,
    load: () => loadOlder(client, id),
  });
  useMarkRead(conversation, scroll.atEnd);
  const jump = useJump(id, scroll.box);

  useEffect(() => {
    if (scroll.atEnd && thread.items.length > KEEP * 1.5) {
      client.setQueryData<Thread>(keys.thread(id), (current) => current && trim(current, KEEP));
    }
  }, [client, id, scroll.atEnd, thread.items.length]);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroll.box}
        onScroll={scroll.onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label={t("thread.messages")}
        aria-live="polite"
        className="h-full overflow-x-hidden overflow-y-auto px-3 py-4 [overflow-anchor:none] focus-visible:-outline-offset-2 md:px-6"
      >
        <div
          ref={scroll.content}
          className="mx-auto flex min-h-full max-w-3xl flex-col justify-end"
        >
          {scroll.loading && (
            <p
              role="status"
              className="flex items-center justify-center gap-2 py-2 text-xs text-ink-3"
            >
              <Spinner />
              {t("state.loading")}
            </p>
          )}
          {scroll.failed && (
            <p className="flex justify-center py-2">
              <Button size="sm" onClick={scroll.loadMore}>
                {t("action.try_again")}
              </Button>
            </p>
          )}
          {!thread.has_before && (
            <p className="py-3 text-center text-xs text-ink-3">
              {t("thread.start", { date: fmt.dateTime(conversation.created_at) })}
            </p>
          )}
          <Bubbles
            messages={thread.items}
            customerName={conversation.customer.name}
            onJump={jump}
          />
          {onTheWay.map((item) => (
            <OutgoingBubble key={item.key} item={item} />
          ))}
          {typing && <TypingBubble />}
        </div>
      </div>
      {!scroll.atEnd && (
        <Button
          size="sm"
          icon={<ArrowDown className="size-3.5" />}
          onClick={scroll.toEnd}
          className="absolute inset-x-0 bottom-3 mx-auto w-fit rounded-full shadow-pop"
        >
          {scroll.unseen > 0 ? t("thread.unseen", { count: scroll.unseen }) : t("thread.to_end")}
        </Button>
      )}
    </div>
  );
}
