import { Outlet, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { useConversations } from "../../api/queries";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import type { InboxFilter } from "../../live/lists";
import { Failure } from "../../ui/states";
import { SearchBox } from "../search/search-box";
import { SearchResults } from "../search/search-results";
import { ConnectionPill } from "../shell/connection";
import { ConversationList } from "./conversation-list";
import { FilterBar } from "./filter-bar";
import { ListSkeleton } from "./list-skeleton";
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
  const open = conversationId !== undefined;
  const [words, setWords] = useState("");
  const searching = words.trim() !== "";

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
        <FilterBar filter={filter} onChange={setFilter} searching={searching} />
        <div className="min-h-0 flex-1">
          {searching ? (
            <SearchResults words={words.trimStart()} filter={filter} />
          ) : list.isPending ? (
            <ListSkeleton />
          ) : list.isError && list.data === undefined ? (
            <Failure error={list.error} onRetry={() => void list.refetch()} />
          ) : (
            <ConversationList
              key={JSON.stringify(filter)}
              filter={filter}
              list={list}
              selected={conversationId}
            />
          )}
        </div>
      </section>
      <div className={cx("h-full min-w-0 flex-1 bg-app", !open && "max-md:hidden")}>
        <Outlet />
      </div>
    </div>
  );
}
