import { RefreshCw, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { useSeconds } from "../../lib/now";
import { reconnectNow, useConnection } from "../../live/live";
import type { ConnectionState } from "../../live/socket";
import { outbox } from "../../outbox/current";
import { Spinner } from "../../ui/spinner";

/** A break shorter than this is not worth a banner. */
const PATIENCE_MS = 1_200;

function retry(): void {
  reconnectNow();
  outbox()?.nudge();
}

/** Always there: a dot and a word about the live connection. */
export function ConnectionPill({ brief = false }: { brief?: boolean }) {
  const { t } = useI18n();
  const { name } = useConnection();
  const connected = name === "connected";
  const text = connected
    ? t("connection.live")
    : name === "offline"
      ? t("connection.offline_short")
      : t("connection.connecting_short");
  return (
    <span
      data-connection={name}
      className={cx(
        "inline-flex items-center gap-1.5 rounded-full text-2xs font-medium",
        brief ? "p-1.5" : "px-2 py-0.5",
        connected ? "bg-good-soft text-good" : "bg-warn-soft text-warn",
      )}
    >
      <span className={cx("size-1.5 rounded-full bg-current", !connected && "animate-pulse")} />
      <span className={brief ? "sr-only" : undefined}>{text}</span>
    </span>
  );
}

/** Across the page while there is no connection: what is being done, and a way to hurry it. */
export function ConnectionBanner() {
  const state = useConnection();
  const broken = useLasting(state.name !== "connected", PATIENCE_MS);
  // Messages that wait go as soon as the line is back.
  useEffect(() => {
    if (state.name === "connected") outbox()?.nudge();
  }, [state.name]);
  return (
    <div role="status" aria-live="polite" className="empty:hidden">
      {broken && state.name !== "connected" && <Banner state={state} />}
    </div>
  );
}

function Banner({ state }: { state: ConnectionState }) {
  const { t } = useI18n();
  return (
    <div className="flex min-h-9 flex-wrap items-center justify-center gap-x-3 gap-y-0.5 bg-warn-soft px-3 py-1 text-sm text-warn">
      <span className="inline-flex items-center gap-2">
        {state.name === "offline" ? <WifiOff className="size-4" /> : <Spinner />}
        {state.name === "offline" && t("connection.offline")}
        {state.name === "waiting" && <Countdown until={state.retryAt} />}
        {(state.name === "connecting" || state.name === "stopped") && t("connection.connecting")}
      </span>
      {state.name === "waiting" && (
        <button
          type="button"
          onClick={retry}
          className="inline-flex items-center gap-1 rounded-md px-1.5 py-0.5 font-medium underline underline-offset-4"
        >
          <RefreshCw className="size-3.5" />
          {t("connection.retry_now")}
        </button>
      )}
    </div>
  );
}

/** Counts down for the eye; a screen reader hears once that it is being tried. */
function Countdown({ until }: { until: number }) {
  const { t } = useI18n();
  const count = Math.max(0, Math.ceil((until - useSeconds()) / 1000));
  return (
    <>
      <span className="sr-only">{t("connection.connecting")}</span>
      <span aria-hidden="true" className="tabular-nums">
        {t("connection.retry_in", { count })}
      </span>
    </>
  );
}

/** Whether `on` has held for `patience` milliseconds. */
function useLasting(on: boolean, patience: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!on) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), patience);
    return () => clearTimeout(timer);
  }, [on, patience]);
  return lasting;
}
