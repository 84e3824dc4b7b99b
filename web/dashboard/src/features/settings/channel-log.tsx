import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, RefreshCw, RotateCcw, ScrollText } from "lucide-react";
import { useState } from "react";
import { useChannels } from "../../api/queries";
import type { ChannelEvent, EventOutcome } from "../../api/types";
import { type MessageKey, useI18n } from "../../i18n/i18n";
import { Badge, type Tone } from "../../ui/badge";
import { Button } from "../../ui/button";
import { SelectField } from "../../ui/field";
import { Empty, Failure, ProblemText } from "../../ui/states";
import { toast, toastError } from "../../ui/toasts";
import { useChannelEvent, useChannelEvents, useReplayEvent } from "./channel-log-actions";
import { Section } from "./settings-page";

const OUTCOMES = ["done", "unsupported", "failed"] as const;
const TONES: Record<EventOutcome, Tone> = {
  pending: "warn",
  done: "good",
  unsupported: "plain",
  failed: "bad",
};

/** Why something led to nothing, where it is one of the known reasons. */
const REASONS: Partial<Record<string, MessageKey>> = {
  group_chat: "event_error.group_chat",
  "not readable": "event_error.not_readable",
};

/** What a channel was handed, and what became of it. */
export function ChannelLog() {
  const { t } = useI18n();
  const { channelId: id } = useParams({ from: "/app/settings/channels/$channelId" });
  const channel = useChannels().data?.find((one) => one.id === id);
  const [outcome, setOutcome] = useState<EventOutcome | "">("");
  const log = useChannelEvents(id, outcome);
  const events = log.data?.pages.flatMap((page) => page.items);
  return (
    <div className="flex flex-col gap-4">
      <Link
        to="/settings/channels"
        className="inline-flex items-center gap-1.5 self-start rounded-lg py-1 pe-2 text-sm text-ink-2 hover:text-ink"
      >
        <ArrowLeft className="size-4 rtl:-scale-x-100" />
        {t("channel_log.back")}
      </Link>
      <Section
        title={t("channel_log.title")}
        hint={t("channel_log.hint", { name: channel?.name ?? "…" })}
      >
        <div className="flex flex-wrap items-end justify-between gap-3">
          <SelectField
            label={t("channel_log.filter")}
            value={outcome}
            onChange={(event) => setOutcome(event.target.value as typeof outcome)}
          >
            <option value="">{t("channel_log.any")}</option>
            {OUTCOMES.map((one) => (
              <option key={one} value={one}>
                {t(`event_outcome.${one}`)}
              </option>
            ))}
          </SelectField>
          <Button
            look="quiet"
            busy={log.isRefetching}
            icon={<RefreshCw className="size-4" />}
            onClick={() => void log.refetch()}
          >
            {t("channel_log.refresh")}
          </Button>
        </div>
        {log.error !== null && events === undefined ? (
          <Failure error={log.error} onRetry={() => void log.refetch()} />
        ) : events === undefined ? (
          <div role="status" aria-label={t("state.loading")} className="flex flex-col gap-2">
            <span className="skeleton h-16 rounded-xl" />
            <span className="skeleton h-16 rounded-xl" />
            <span className="skeleton h-16 rounded-xl" />
          </div>
        ) : events.length === 0 ? (
          <Empty
            icon={<ScrollText />}
            title={t("channel_log.none_title")}
            hint={t("channel_log.none_hint")}
          />
        ) : (
          <ul className="flex flex-col gap-2">
            {events.map((event) => (
              <li key={event.id}>
                <Event channel={id} event={event} />
              </li>
            ))}
          </ul>
        )}
        {log.hasNextPage && (
          <Button
            className="self-center"
            busy={log.isFetchingNextPage}
            onClick={() => void log.fetchNextPage()}
          >
            {t("channel_log.more")}
          </Button>
        )}
      </Section>
    </div>
  );
}

function Event({ channel, event }: { channel: string; event: ChannelEvent }) {
  const { t, fmt } = useI18n();
  const replay = useReplayEvent(channel);
  const [opened, setOpened] = useState(false);
  const { kind, outcome, error } = event;
  const reason = REASONS[error ?? ""];
  return (
    <article
      aria-label={`${kind} ${event.provider_event_id}`}
      className="flex flex-col gap-2 rounded-xl border border-line px-3.5 py-2.5"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <div className="min-w-48 flex-1">
          <p className="text-sm font-medium">
            <bdi dir="ltr">{kind}</bdi>
          </p>
          <p className="text-xs text-ink-3">
            {fmt.dateTime(event.received_at)} · <bdi dir="ltr">{event.provider_event_id}</bdi>
          </p>
        </div>
        <Badge tone={TONES[outcome]}>{t(`event_outcome.${outcome}`)}</Badge>
        {(outcome === "failed" || outcome === "unsupported") && (
          <Button
            size="sm"
            busy={replay.isPending}
            icon={<RotateCcw className="size-3.5" />}
            onClick={() =>
              replay.mutate(event.id, {
                onSuccess: () => toast(t("channel_log.replayed")),
                onError: toastError,
              })
            }
          >
            {t("channel_log.replay")}
          </Button>
        )}
      </div>
      {error && (
        <p className="text-xs text-ink-2">
          {reason === undefined ? <bdi dir="auto">{error}</bdi> : t(reason)}
        </p>
      )}
      <details className="text-xs" onToggle={({ currentTarget }) => setOpened(currentTarget.open)}>
        <summary className="cursor-pointer rounded text-ink-2">{t("channel_log.payload")}</summary>
        <Payload channel={channel} event={event.id} wanted={opened} />
      </details>
    </article>
  );
}

interface PayloadProps {
  channel: string;
  event: string;
  wanted: boolean;
}

function Payload({ channel, event, wanted }: PayloadProps) {
  const { t } = useI18n();
  const { data, error } = useChannelEvent(channel, event, wanted);
  if (error !== null) return <ProblemText error={error} />;
  if (data === undefined) {
    return <span role="status" aria-label={t("state.loading")} className="skeleton mt-2 h-16" />;
  }
  return (
    <pre
      dir="ltr"
      className="mt-1.5 rounded-lg bg-sunken px-3 py-2 text-start font-mono text-2xs break-all whitespace-pre-wrap"
    >
      {JSON.stringify(data.payload, null, 2)}
    </pre>
  );
}
