import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, RefreshCw, RotateCcw, ScrollText } from "lucide-react";
import { useState } from "react";
import type { WebhookAttempt, WebhookDelivery, WebhookDeliveryState } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { Badge, type Tone } from "../../ui/badge";
import { Button } from "../../ui/button";
import { SelectField } from "../../ui/field";
import { Empty, Failure } from "../../ui/states";
import { toast, toastError } from "../../ui/toasts";
import { Section } from "./settings-page";
import { useDeliveries, useReplayDelivery, useWebhooks } from "./webhook-actions";
import { ReplayDialog } from "./webhook-replay";

const STATES = ["pending", "delivered", "failed", "skipped"] as const;
const TONES: Record<WebhookDeliveryState, Tone> = {
  pending: "warn",
  delivered: "good",
  failed: "bad",
  skipped: "plain",
};

/** What was sent to one webhook, and how that went. */
export function WebhookLog() {
  const { t } = useI18n();
  const { webhookId: id } = useParams({ from: "/app/settings/webhooks/$webhookId" });
  const webhook = useWebhooks().data?.find((one) => one.id === id);
  const [state, setState] = useState<WebhookDeliveryState | "">("");
  const [replaying, setReplaying] = useState(false);
  const log = useDeliveries(id, state);
  const replays = useCan()("settings:update") && webhook?.enabled === true;
  const deliveries = log.data?.pages.flatMap((page) => page.items);
  return (
    <div className="flex flex-col gap-4">
      <Link
        to="/settings/webhooks"
        className="inline-flex items-center gap-1.5 self-start rounded-lg py-1 pe-2 text-sm text-ink-2 hover:text-ink"
      >
        <ArrowLeft className="size-4 rtl:-scale-x-100" />
        {t("webhook_log.back")}
      </Link>
      <Section
        title={t("webhook_log.title")}
        hint={t("webhook_log.hint", { url: webhook?.url ?? "…" })}
        action={
          replays && (
            <Button icon={<RotateCcw className="size-4" />} onClick={() => setReplaying(true)}>
              {t("webhook_replay.open")}
            </Button>
          )
        }
      >
        <div className="flex flex-wrap items-end justify-between gap-3">
          <SelectField
            label={t("webhook_log.filter")}
            value={state}
            onChange={(event) => setState(event.target.value as typeof state)}
          >
            <option value="">{t("webhook_log.any")}</option>
            {STATES.map((one) => (
              <option key={one} value={one}>
                {t(`webhook_state.${one}`)}
              </option>
            ))}
          </SelectField>
          <Button
            look="quiet"
            busy={log.isRefetching}
            icon={<RefreshCw className="size-4" />}
            onClick={() => void log.refetch()}
          >
            {t("webhook_log.refresh")}
          </Button>
        </div>
        {log.error !== null && deliveries === undefined ? (
          <Failure error={log.error} onRetry={() => void log.refetch()} />
        ) : deliveries === undefined ? (
          <div role="status" aria-label={t("state.loading")} className="flex flex-col gap-2">
            <span className="skeleton h-16 rounded-xl" />
            <span className="skeleton h-16 rounded-xl" />
            <span className="skeleton h-16 rounded-xl" />
          </div>
        ) : deliveries.length === 0 ? (
          <Empty
            icon={<ScrollText />}
            title={t("webhook_log.none_title")}
            hint={t("webhook_log.none_hint")}
          />
        ) : (
          <ul className="flex flex-col gap-2">
            {deliveries.map((delivery) => (
              <li key={delivery.id}>
                <Delivery webhook={id} delivery={delivery} replays={replays} />
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
            {t("webhook_log.more")}
          </Button>
        )}
      </Section>
      {replaying && <ReplayDialog webhook={id} onClose={() => setReplaying(false)} />}
    </div>
  );
}

function Delivery({
  webhook,
  delivery,
  replays,
}: {
  webhook: string;
  delivery: WebhookDelivery;
  replays: boolean;
}) {
  const { t, fmt } = useI18n();
  const replay = useReplayDelivery(webhook);
  const { attempts, state, timestamp, retry_at: retryAt } = delivery;
  return (
    <article
      aria-label={delivery.message_id}
      className="flex flex-col gap-2 rounded-xl border border-line px-3.5 py-2.5"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <div className="min-w-48 flex-1">
          <p className="text-sm font-medium">
            <bdi dir="ltr">{delivery.type}</bdi>
          </p>
          <p className="text-xs text-ink-3">{fmt.dateTime(timestamp)}</p>
        </div>
        <Badge tone={TONES[state]}>{t(`webhook_state.${state}`)}</Badge>
        {replays && (
          <Button
            size="sm"
            busy={replay.isPending}
            icon={<RotateCcw className="size-3.5" />}
            onClick={() =>
              replay.mutate(delivery.id, {
                onSuccess: () => toast(t("webhook_log.replayed")),
                onError: toastError,
              })
            }
          >
            {t("webhook_log.replay")}
          </Button>
        )}
      </div>
      {attempts.length > 0 && (
        <details className="text-xs">
          <summary className="cursor-pointer rounded text-ink-2">
            {t("webhook_log.attempts", { count: attempts.length })}
          </summary>
          <ol className="mt-1.5 flex flex-col gap-1">
            {attempts.map((attempt) => (
              <li key={attempt.at}>
                <Attempt attempt={attempt} />
              </li>
            ))}
          </ol>
          <p className="mt-1.5 break-all text-ink-3">
            <bdi dir="ltr">{delivery.message_id}</bdi>
          </p>
        </details>
      )}
      {retryAt && state === "pending" && (
        <p className="text-xs text-ink-2">
          {t("webhook_log.next", { time: fmt.dateTime(retryAt) })}
        </p>
      )}
    </article>
  );
}

function Attempt({ attempt }: { attempt: WebhookAttempt }) {
  const { t, fmt } = useI18n();
  return (
    <span className="flex flex-wrap gap-x-3 text-ink-2">
      <span>{fmt.dateTime(attempt.at)}</span>
      <span className={attempt.outcome === "ok" ? "text-good" : "text-bad"}>
        {attempt.status ? <bdi>{attempt.status} </bdi> : null}
        {t(`webhook_outcome.${attempt.outcome}`)}
      </span>
      <span>{t("webhook_log.took", { time: attempt.duration_ms })}</span>
    </span>
  );
}
