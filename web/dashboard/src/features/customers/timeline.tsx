import { Link } from "@tanstack/react-router";
import { useOperators } from "../../api/queries";
import type { Conversation } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ChannelIcon } from "../../ui/channel-icon";
import { Failure } from "../../ui/states";
import { DEFAULT_FILTER } from "../inbox/filter";
import { STATUS_TONES } from "../thread/status";
import { useTimeline } from "./queries";

/** All conversations of a customer, whatever the channel. */
export function Timeline({ customerId }: { customerId: string }) {
  const { t } = useI18n();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useTimeline(customerId);
  const talks = data?.pages.flatMap(({ items }) => items);
  return (
    <section aria-labelledby="card-timeline" className="flex flex-col gap-3">
      <h2 id="card-timeline" className="font-semibold">
        {t("timeline.title")}
      </h2>
      {talks === undefined ? (
        error !== null ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : (
          <span className="skeleton h-20 rounded-2xl" />
        )
      ) : talks.length === 0 ? (
        <p className="text-sm text-ink-3">{t("timeline.none")}</p>
      ) : (
        <ol className="flex flex-col gap-2">
          {talks.map((talk) => (
            <li key={talk.id}>
              <Entry talk={talk} />
            </li>
          ))}
        </ol>
      )}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("customers.more")}
        </Button>
      )}
    </section>
  );
}

function Entry({ talk }: { talk: Conversation }) {
  const { t, fmt } = useI18n();
  const { data: operators } = useOperators();
  const assigned = operators?.find(({ id }) => id === talk.assigned_to)?.name;
  const who = assigned ?? (talk.assigned_to ? t("assign.somebody") : talk.team?.name);
  const until = talk.resolved_at;
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: talk.id }}
      search={DEFAULT_FILTER}
      className="flex items-start gap-3 rounded-2xl border border-line bg-surface p-3 transition-colors hover:bg-hover"
    >
      <ChannelIcon kind={talk.channel} className="size-7 shrink-0" />
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-ink-3">
          <Badge tone={STATUS_TONES[talk.status]}>{t(`status.${talk.status}`)}</Badge>
          <time dateTime={talk.created_at}>{fmt.dateTime(talk.created_at)}</time>
          {until != null && <time dateTime={until}>– {fmt.dateTime(until)}</time>}
          {who !== undefined && <bdi>{who}</bdi>}
        </span>
        <bdi className="mt-1 line-clamp-2 text-sm break-words text-ink-2">
          {talk.last_message?.preview || t(`channel.${talk.channel}`)}
        </bdi>
      </span>
    </Link>
  );
}
