import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp, Inbox } from "lucide-react";
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { useConversations } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { useShortcuts } from "../../lib/shortcuts";
import type { InboxFilter } from "../../live/lists";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { Spinner } from "../../ui/spinner";
import { Empty } from "../../ui/states";
import { ConversationRow } from "./conversation-row";
import { useHeldOrder } from "./held-order";
import { SelectBox } from "./select-box";
import { toggleSelected } from "./selection";

const ROW = 72;

interface Props {
  filter: InboxFilter;
  list: ReturnType<typeof useConversations>;
  selected: string | undefined;
}

/** Any number of conversations, of which only those in view are in the page. */
export function ConversationList({ filter, list, selected }: Props) {
  const { t } = useI18n();
  const all = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const { items, waiting, hold, release } = useHeldOrder(all);
  const scroller = useRef<HTMLDivElement>(null);
  const [atTop, setAtTop] = useState(true);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 8,
  });
  useSteadyScroll(scroller, items);
  useNextPage(list, virtual.range?.endIndex ?? 0, items.length);
  const move = useMoves(items, selected, (index) => virtual.scrollToIndex(index));
  const can = useCan();
  const selects = can("conversations:reply") || can("conversations:assign_self");
  const toggle = (id: string, range: boolean) =>
    toggleSelected(
      id,
      items.map((item) => item.id),
      range,
    );
  const toggleCurrent = (range: boolean) => {
    const focused = document.activeElement?.id.replace(/^row-/, "");
    const current = items.find(({ id }) => id === focused)?.id ?? selected;
    if (current !== undefined) toggle(current, range);
  };
  useShortcuts({
    KeyJ: () => move(1),
    KeyK: () => move(-1),
    ...(selects
      ? { KeyX: () => toggleCurrent(false), "Shift+KeyX": () => toggleCurrent(true) }
      : {}),
  });

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1, true);
  };

  if (items.length === 0) return <EmptyList filter={filter} />;
  return (
    <div className="relative h-full">
      {waiting > 0 && !atTop && (
        <Button
          size="sm"
          look="primary"
          icon={<ArrowUp className="size-3.5" />}
          onClick={() => {
            release();
            scroller.current?.scrollTo({ top: 0, behavior: "smooth" });
          }}
          className="absolute inset-x-0 top-2 z-10 mx-auto w-fit rounded-full shadow-pop"
        >
          {t("inbox.new_activity", { count: waiting })}
        </Button>
      )}
      <div
        ref={scroller}
        className="h-full overflow-y-auto overflow-x-hidden px-2 py-1.5"
        onScroll={(event) => setAtTop(event.currentTarget.scrollTop < ROW)}
        onPointerMove={(event) => event.pointerType === "mouse" && hold()}
        onPointerLeave={release}
      >
        <ul
          aria-label={t("inbox.list")}
          onKeyDown={onKeyDown}
          className="relative"
          style={{ height: virtual.getTotalSize() }}
        >
          {virtual.getVirtualItems().map((row) => {
            const conversation = items[row.index];
            if (conversation === undefined) return null;
            return (
              <li
                key={row.key}
                aria-setsize={list.data?.pages[0]?.total ?? items.length}
                aria-posinset={row.index + 1}
                className={cx(
                  "group absolute inset-x-0 top-0",
                  // At the top, rows glide to their new places; elsewhere the view stands still.
                  atTop && "transition-transform duration-200 ease-out",
                )}
                style={{ height: ROW, transform: `translateY(${row.start}px)` }}
              >
                <ConversationRow
                  conversation={conversation}
                  selected={conversation.id === selected}
                  focusable={
                    selected === undefined ? row.index === 0 : conversation.id === selected
                  }
                  showStatus={filter.status === "all"}
                />
                {selects && (
                  <SelectBox
                    id={conversation.id}
                    name={conversation.customer.name || t("customer.nameless")}
                    onToggle={(range) => toggle(conversation.id, range)}
                  />
                )}
              </li>
            );
          })}
        </ul>
        {list.isFetchingNextPage && (
          <p
            role="status"
            className="flex items-center justify-center gap-2 py-3 text-xs text-ink-3"
          >
            <Spinner />
            {t("state.loading")}
          </p>
        )}
      </div>
    </div>
  );
}

/** Keeps what is in view in view when rows above come or go. */
function useSteadyScroll(scroller: React.RefObject<HTMLDivElement | null>, items: Conversation[]) {
  const before = useRef(items);
  useLayoutEffect(() => {
    const box = scroller.current;
    const old = before.current;
    before.current = items;
    if (box === null || old === items || box.scrollTop < ROW) return;
    const first = Math.floor(box.scrollTop / ROW);
    const places = new Map(items.map((item, index) => [item.id, index]));
    // The first row in view that did not itself jump to the top.
    for (let index = first; index < old.length && index < first + 10; index += 1) {
      const now = places.get(old[index]?.id ?? "");
      if (now !== undefined && now >= index - 1) {
        box.scrollTop += (now - index) * ROW;
        return;
      }
    }
  }, [scroller, items]);
}

function useNextPage(list: Props["list"], lastVisible: number, count: number) {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  useEffect(() => {
    const near = lastVisible >= count - 15;
    if (near && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [lastVisible, count, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
}

/** Opens the next or previous conversation; with `focus`, takes the keyboard along. */
function useMoves(
  items: Conversation[],
  selected: string | undefined,
  scrollTo: (index: number) => void,
) {
  const navigate = useNavigate({ from: "/inbox" });
  const state = useRef({ items, selected, scrollTo });
  state.current = { items, selected, scrollTo };
  return useCallback(
    (step: 1 | -1, focus = false) => {
      const { items, selected, scrollTo } = state.current;
      const at = items.findIndex(({ id }) => id === selected);
      const next = at === -1 ? 0 : Math.min(Math.max(at + step, 0), items.length - 1);
      const conversation = items[next];
      if (conversation === undefined) return;
      scrollTo(next);
      void navigate({
        to: "/inbox/$conversationId",
        params: { conversationId: conversation.id },
        search: (current) => current,
        replace: selected !== undefined,
      }).then(() => {
        if (focus) document.getElementById(`row-${conversation.id}`)?.focus();
      });
    },
    [navigate],
  );
}

function EmptyList({ filter }: { filter: InboxFilter }) {
  const { t } = useI18n();
  const resting = filter.status === "open" && filter.channel === "all" && filter.tag === "";
  return (
    <Empty
      icon={<Inbox />}
      title={resting ? t("inbox.empty_title") : t("inbox.none_title")}
      hint={resting ? t("inbox.empty_hint") : t("inbox.none_hint")}
    />
  );
}
