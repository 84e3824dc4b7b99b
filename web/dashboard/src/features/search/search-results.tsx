import { Link } from "@tanstack/react-router";
import { Lock, SearchX } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { type Found, useSearchCustomers, useSearchMessages } from "../../api/search";
import type { CustomerHit, MessageHit, SnippetPiece } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useNow } from "../../lib/now";
import type { InboxFilter } from "../../live/lists";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Empty, Failure } from "../../ui/states";
import { ListSkeleton } from "../inbox/list-skeleton";
import { moveFocus } from "./moves";
import { useSettled } from "./use-settled";

/** Nothing is asked for while somebody still types. */
const SETTLE = 250;
const ROW =
  "group flex min-w-0 gap-3 rounded-xl px-2.5 py-2 transition-colors not-data-[status=active]:hover:bg-hover focus-visible:-outline-offset-2 data-[status=active]:bg-accent-soft";

/** The hit that is open is the one whose message is. */
const OPEN = { includeHash: true };

/** Customers and messages that have the words; each opens where it was found. */
export function SearchResults({ words, filter }: { words: string; filter: InboxFilter }) {
  const { t } = useI18n();
  const settled = useSettled(words, SETTLE);
  const customers = useSearchCustomers(settled, filter);
  const messages = useSearchMessages(settled, filter);
  const failed = [customers, messages].find((query) => query.isError && query.data === undefined);
  if (failed !== undefined) {
    const retry = () => {
      void customers.refetch();
      void messages.refetch();
    };
    return <Failure error={failed.error} onRetry={retry} />;
  }
  if (customers.data === undefined || messages.data === undefined) return <ListSkeleton />;
  const people = customers.data;
  const said = messages.data.pages.flatMap((page) => page.items);
  const first = messages.data.pages[0];
  if (people.items.length === 0 && said.length === 0 && !messages.hasNextPage) {
    return <Empty icon={<SearchX />} title={t("search.none_title")} hint={t("search.none_hint")} />;
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    moveFocus(event.key === "ArrowDown" ? 1 : -1);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrows go between the links inside
    <div onKeyDown={onKeyDown} className="h-full overflow-x-hidden overflow-y-auto px-2 py-1.5">
      {people.items.length > 0 && (
        <Group title={t("search.customers")} found={people}>
          {people.items.map((hit) => (
            <CustomerResult key={hit.customer_id} hit={hit} />
          ))}
        </Group>
      )}
      {first !== undefined && (said.length > 0 || messages.hasNextPage) && (
        <Group title={t("search.messages")} found={first}>
          {said.map((hit) => (
            <MessageResult key={hit.message_id} hit={hit} />
          ))}
        </Group>
      )}
      {messages.hasNextPage && (
        <p className="flex justify-center py-2">
          <Button
            size="sm"
            disabled={messages.isFetchingNextPage}
            onClick={() => void messages.fetchNextPage()}
          >
            {t("search.more")}
          </Button>
        </p>
      )}
    </div>
  );
}

function Group({
  title,
  found,
  children,
}: {
  title: string;
  found: Found<unknown>;
  children: ReactNode;
}) {
  const { fmt } = useI18n();
  return (
    <section aria-label={title} className="mb-2">
      <h2 className="flex items-center gap-2 px-2.5 py-1.5 text-xs font-medium text-ink-2">
        {title}
        <span className="text-2xs text-ink-3 tabular-nums">
          {fmt.number(found.total)}
          {!found.exact && "+"}
        </span>
      </h2>
      <ul>{children}</ul>
    </section>
  );
}

function CustomerResult({ hit }: { hit: CustomerHit }) {
  const { t } = useI18n();
  const name = hit.name || t("customer.nameless");
  const inside = (
    <>
      <Avatar name={name} seed={hit.customer_id} />
      <span className="min-w-0 flex-1 self-center text-sm text-ink-2">
        <Snippet pieces={hit.snippet} />
      </span>
    </>
  );
  return (
    <li>
      {hit.conversation_id == null ? (
        <div className={ROW}>{inside}</div>
      ) : (
        <Link
          data-search-result
          to="/inbox/$conversationId"
          params={{ conversationId: hit.conversation_id }}
          search={(current) => current}
          from="/inbox"
          activeOptions={OPEN}
          className={ROW}
        >
          {inside}
        </Link>
      )}
    </li>
  );
}

function MessageResult({ hit }: { hit: MessageHit }) {
  const { t, fmt } = useI18n();
  const now = useNow();
  const name = hit.customer_name || t("customer.nameless");
  return (
    <li>
      <Link
        data-search-result
        to="/inbox/$conversationId"
        params={{ conversationId: hit.conversation_id }}
        search={(current) => current}
        hash={hit.message_id}
        from="/inbox"
        activeOptions={OPEN}
        className={ROW}
      >
        <Avatar name={name} seed={hit.customer_id} />
        <span className="flex min-w-0 flex-1 flex-col gap-0.5">
          <span className="flex items-baseline gap-2">
            <bdi className="min-w-0 flex-1 truncate align-as-parent font-medium">{name}</bdi>
            <time dateTime={hit.created_at} className="shrink-0 text-2xs text-ink-3 tabular-nums">
              {fmt.ago(hit.created_at, now)}
            </time>
          </span>
          {hit.private && (
            <span className="flex items-center gap-1 text-2xs text-ink-3">
              <Lock className="size-3" />
              {t("message.note")}
            </span>
          )}
          <span className="text-sm text-ink-2">
            <Snippet pieces={hit.snippet} />
          </span>
        </span>
      </Link>
    </li>
  );
}

/** Plain text with what was looked for marked. */
function Snippet({ pieces }: { pieces: SnippetPiece[] }) {
  let at = 0;
  return (
    <bdi className="line-clamp-3 break-words">
      {pieces.map(({ text, hit }) => {
        const key = at;
        at += text.length;
        return hit ? (
          <mark
            key={key}
            className="rounded-sm bg-accent-soft text-accent-ink group-data-[status=active]:bg-surface"
          >
            {text}
          </mark>
        ) : (
          text
        );
      })}
    </bdi>
  );
}
