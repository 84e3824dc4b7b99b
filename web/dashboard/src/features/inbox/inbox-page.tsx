import { Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useConversations } from "../../api/queries";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import type { InboxFilter } from "../../live/lists";
import { Failure } from "../../ui/states";
import { SearchBox } from "../search/search-box";
import { SearchResults } from "../search/search-results";
import { ConnectionPill } from "../shell/connection";
import { BulkBar } from "./bulk-bar";
import { ConversationList } from "./conversation-list";
import { FilterBar } from "./filter-bar";
import { ListSkeleton } from "./list-skeleton";
import { SavedViews } from "./saved-views";
import { clearSelection, useSelecting } from "./selection";
import { StatusNudge } from "./status-nudge";

/** The list beside the thread; on narrow screens one or the other. */
export function InboxPage() {
  const { t } = useI18n();
  const filter = useSearch({ from: "/app/inbox" });
  const { conversationId } = useParams({ strict: false });
  const navigate = useNavigate({ from: "/inbox" });
  const setFilter = useCallback(
    (change: Partial<InboxFilter>) => {
      void navigate({ to: ".", search: (current) => ({ ...current, ...change }), replace: true });
    },
    [navigate],
  );
  const list = useConversations(filter);
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const selecting = useSelecting();
  const shown = JSON.stringify(filter);
  const [words, setWords] = useState("");
  const searching = words.trim() !== "";
  // What is not in view is not acted on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter shows other rows
  useEffect(() => clearSelection, [shown, searching]);
  const open = conversationId !== undefined;

  return (
    <div className="flex h-full min-w-0">
      <section
        aria-label={t("inbox.title")}
        className={cx(
          "flex h-full w-full min-w-0 flex-col border-line bg-surface md:w-80 md:shrink-0 md:border-e lg:w-[22.5rem]",
          open && "max-md:hidden",
        )}
      >
        <header className="flex items-center justify-between gap-2 px-4 pt-3.5 pb-2">
          <h1 className="text-lg font-semibold">{t("inbox.title")}</h1>
          <ConnectionPill />
        </header>
        <StatusNudge />
        <SearchBox words={words} onChange={setWords} />
        {!searching && <SavedViews filter={filter} onChange={setFilter} />}
        <FilterBar filter={filter} onChange={setFilter} searching={searching} />
        {selecting && !searching && <BulkBar items={items} />}
        <div className="min-h-0 flex-1">
          {searching ? (
            <SearchResults words={words.trimStart()} filter={filter} />
          ) : list.isPending ? (
            <ListSkeleton />
          ) : list.isError && list.data === undefined ? (
            <Failure error={list.error} onRetry={() => void list.refetch()} />
          ) : (
            <ConversationList key={shown} filter={filter} list={list} selected={conversationId} />
          )}
        </div>
      </section>
      <div className={cx("h-full min-w-0 flex-1 bg-app", !open && "max-md:hidden")}>
        <Outlet />
      </div>
    </div>
  );
}
