import { Link } from "@tanstack/react-router";
import { KeyRound, Pencil, ScrollText, Send, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Webhook, WebhookTest } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { IconButton } from "../../ui/icon-button";
import { FormError } from "../../ui/states";
import { toast, toastError } from "../../ui/toasts";
import { useDeleteWebhook, useRenewSecret, useSwitchOn, useTestWebhook } from "./webhook-actions";
import { SecretDialog, WebhookDialog } from "./webhook-dialog";

type Asking = "edit" | "delete" | "renew" | null;

export function WebhookCard({ webhook, manages }: { webhook: Webhook; manages: boolean }) {
  const { t, fmt } = useI18n();
  const [asking, setAsking] = useState<Asking>(null);
  const close = () => setAsking(null);
  const test = useTestWebhook(webhook.id);
  const remove = useDeleteWebhook(webhook.id);
  const renew = useRenewSecret(webhook.id);
  return (
    <article
      aria-label={webhook.url}
      className="flex flex-col gap-3 rounded-2xl border border-line p-4 shadow-card"
    >
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-48 flex-1">
          {/* Cut off at its end in every language: an address reads from the left. */}
          <h3 dir="ltr" className="truncate font-medium rtl:text-end" title={webhook.url}>
            {webhook.url}
          </h3>
          {webhook.description !== "" && (
            <p className="truncate text-sm text-ink-2">
              <bdi>{webhook.description}</bdi>
            </p>
          )}
        </div>
        <Status webhook={webhook} />
      </div>
      <ul className="flex flex-wrap gap-1.5">
        {webhook.types.length === 0 ? (
          <li>
            <Badge>{t("webhooks.all_types")}</Badge>
          </li>
        ) : (
          webhook.types.map((type) => (
            <li key={type}>
              <Badge>
                <bdi dir="ltr">{type}</bdi>
              </Badge>
            </li>
          ))
        )}
      </ul>
      <Notices webhook={webhook} manages={manages} />
      <div className="flex flex-wrap items-center gap-1.5">
        <Link
          to="/settings/webhooks/$webhookId"
          params={{ webhookId: webhook.id }}
          className="inline-flex h-7 items-center gap-1.5 rounded-lg border border-line bg-surface px-2.5 text-xs font-medium shadow-card hover:bg-hover"
        >
          <ScrollText className="size-3.5" />
          {t("webhooks.log")}
        </Link>
        {manages && (
          <>
            <Button
              size="sm"
              busy={test.isPending}
              icon={<Send className="size-3.5 rtl:-scale-x-100" />}
              onClick={() => test.mutate()}
            >
              {t("webhooks.test")}
            </Button>
            <Button
              size="sm"
              busy={renew.isPending}
              icon={<KeyRound className="size-3.5" />}
              onClick={() => setAsking("renew")}
            >
              {t("webhooks.renew")}
            </Button>
            <span className="ms-auto flex items-center gap-1">
              <IconButton
                label={t("webhooks.edit", { name: webhook.url })}
                onClick={() => setAsking("edit")}
              >
                <Pencil />
              </IconButton>
              <IconButton
                label={t("webhooks.delete", { name: webhook.url })}
                onClick={() => setAsking("delete")}
              >
                <Trash2 />
              </IconButton>
            </span>
          </>
        )}
      </div>
      <div aria-live="polite" className="flex flex-col gap-2 empty:hidden">
        {test.isSuccess && <TestAnswer test={test.data} />}
        <FormError error={test.error} />
        {webhook.old_secret_until && (
          <p className="text-xs text-ink-2">
            {t("webhooks.old_signs", { time: fmt.dateTime(webhook.old_secret_until) })}
          </p>
        )}
      </div>
      {asking === "edit" && <WebhookDialog webhook={webhook} onClose={close} />}
      {renew.data?.secret && <SecretDialog secret={renew.data.secret} onClose={renew.reset} />}
      <Confirm
        open={asking === "renew"}
        onOpenChange={close}
        title={t("webhooks.renew_title")}
        description={t("webhooks.renew_hint")}
        confirm={t("webhooks.renew_confirm")}
        busy={renew.isPending}
        onConfirm={() => renew.mutate(undefined, { onError: toastError, onSettled: close })}
      />
      <Confirm
        open={asking === "delete"}
        onOpenChange={close}
        title={t("webhooks.delete_title")}
        description={t("webhooks.delete_hint")}
        confirm={t("webhooks.delete_confirm")}
        busy={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onError: toastError, onSettled: close })}
      />
    </article>
  );
}

function Status({ webhook }: { webhook: Webhook }) {
  const { t } = useI18n();
  if (webhook.disabled_reason === "paused") return <Badge>{t("webhook_status.off")}</Badge>;
  if (!webhook.enabled) return <Badge tone="bad">{t("webhook_status.off")}</Badge>;
  if (webhook.failing_since) return <Badge tone="warn">{t("webhook_status.troubled")}</Badge>;
  return <Badge tone="good">{t("webhook_status.on")}</Badge>;
}

/** Why nothing arrives, and what can be done about it. */
function Notices({ webhook, manages }: { webhook: Webhook; manages: boolean }) {
  const { t, fmt } = useI18n();
  const switchOn = useSwitchOn(webhook.id);
  const { disabled_reason: reason, disabled_at: at, failing_since: failing } = webhook;
  if (reason && at) {
    return (
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg bg-sunken p-3 text-sm">
        <p className="min-w-48 flex-1">{t(`webhook_stop.${reason}`, { time: fmt.dateTime(at) })}</p>
        {manages && (
          <Button
            size="sm"
            busy={switchOn.isPending}
            onClick={() =>
              switchOn.mutate(undefined, {
                onSuccess: () => toast(t("webhooks.switched_on")),
                onError: toastError,
              })
            }
          >
            {t("webhooks.switch_on")}
          </Button>
        )}
      </div>
    );
  }
  if (!failing) return null;
  return (
    <p className="text-sm text-warn">
      {t("webhooks.failing_since", { time: fmt.dateTime(failing) })}
    </p>
  );
}

function TestAnswer({ test }: { test: WebhookTest }) {
  const { t } = useI18n();
  const status = String(test.status ?? "");
  if (test.ok) {
    const time = String(test.duration_ms);
    return <p className="text-sm text-good">{t("webhooks.test_good", { status, time })}</p>;
  }
  const why = [status, t(`webhook_outcome.${test.outcome}`)].filter((part) => part !== "");
  return <p className="text-sm text-bad">{t("webhooks.test_bad", { why: why.join(" ") })}</p>;
}
