import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { keys } from "../../api/keys";
import { type Bounds, fetchAround, fetchMessages } from "../../api/queries";
import type { Conversation, MessagePage } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useOutgoing } from "../../outbox/current";
import { Button } from "../../ui/button";
import { Failure } from "../../ui/states";
import { Bubbles } from "./bubbles";
import { ThreadSkeleton } from "./thread-skeleton";

interface Props {
  conversation: Conversation;
  /** The message it is about. */
  target: string;
}

/** The part of a thread around one message, however far back it is. */
export function Excerpt({ conversation, target }: Props) {
  const { t } = useI18n();
  const { id } = conversation;
  const box = useRef<HTMLDivElement>(null);
  const leave = useLeave(id);
  const jump = useJumpTo(id);
  const pages = useInfiniteQuery({
    queryKey: keys.around(id, target),
    initialPageParam: {} as Bounds,
    queryFn: ({ pageParam, signal }) =>
      pageParam.before === undefined && pageParam.after === undefined
        ? fetchAround(id, target, signal)
        : fetchMessages(id, pageParam, signal),
    getNextPageParam: (page: MessagePage): Bounds | undefined => {
      const last = page.items.at(-1);
      return page.has_after && last !== undefined ? { after: last.id } : undefined;
    },
    getPreviousPageParam: (page: MessagePage): Bounds | undefined => {
      const first = page.items[0];
      return page.has_before && first !== undefined ? { before: first.id } : undefined;
    },
  });
  const there = pages.data !== undefined;
  useEffect(() => {
    if (!there) return;
    const found = box.current?.querySelector(`[data-message="${CSS.escape(target)}"]`);
    found?.scrollIntoView({ block: "center" });
  }, [there, target]);

  const items = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);

  if (pages.isError && !there) {
    return <Failure error={pages.error} onRetry={() => void pages.refetch()} />;
  }
  if (!there) return <ThreadSkeleton />;
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label={t("thread.messages")}
        className="h-full overflow-x-hidden overflow-y-auto px-3 py-4 pb-16 focus-visible:-outline-offset-2 md:px-6"
      >
        <div className="mx-auto flex max-w-3xl flex-col">
          {pages.hasPreviousPage && (
            <p className="flex justify-center py-2">
              <Button
                size="sm"
                disabled={pages.isFetchingPreviousPage}
                onClick={() => void pages.fetchPreviousPage()}
              >
                {t("search.earlier")}
              </Button>
            </p>
          )}
          <Bubbles
            messages={items}
            customerName={conversation.customer.name}
            found={target}
            onJump={jump}
          />
          {pages.hasNextPage && (
            <p className="flex justify-center py-2">
              <Button
                size="sm"
                disabled={pages.isFetchingNextPage}
                onClick={() => void pages.fetchNextPage()}
              >
                {t("search.later")}
              </Button>
            </p>
          )}
        </div>
      </div>
      <Button
        size="sm"
        icon={<ArrowDown className="size-3.5" />}
        onClick={leave}
        className="absolute inset-x-0 bottom-3 mx-auto w-fit rounded-full shadow-pop"
      >
        {t("thread.to_end")}
      </Button>
    </div>
  );
}

/** Leads to another message of the thread, with what stands around it. */
function useJumpTo(conversationId: string): (id: string) => void {
  const navigate = useNavigate({ from: "/inbox" });
  return useCallback(
    (id: string) => {
      void navigate({
        to: "/inbox/$conversationId",
        params: { conversationId },
        search: (current) => current,
        hash: id,
      });
    },
    [navigate, conversationId],
  );
}

/** Leads back to the end of the thread; whoever writes gets there by it. */
function useLeave(conversationId: string): () => void {
  const navigate = useNavigate({ from: "/inbox" });
  const leave = useCallback(() => {
    void navigate({
      to: "/inbox/$conversationId",
      params: { conversationId },
      search: (current) => current,
      replace: true,
    });
  }, [navigate, conversationId]);
  const writing = useOutgoing(conversationId).length;
  const before = useRef(writing);
  useEffect(() => {
    if (writing > before.current) leave();
    before.current = writing;
  }, [writing, leave]);
  return leave;
}
