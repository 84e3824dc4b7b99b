import { Plus, Webhook as WebhookIcon } from "lucide-react";
import { useState } from "react";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { Empty, Failure } from "../../ui/states";
import { Section } from "./settings-page";
import { useWebhooks } from "./webhook-actions";
import { WebhookCard } from "./webhook-card";
import { WebhookDialog } from "./webhook-dialog";

export function WebhooksSection() {
  const { t } = useI18n();
  const manages = useCan()("settings:update");
  const { data: webhooks, error, refetch } = useWebhooks();
  const [adding, setAdding] = useState(false);
  const add = manages && (
    <Button look="primary" icon={<Plus className="size-4" />} onClick={() => setAdding(true)}>
      {t("webhooks.add")}
    </Button>
  );
  return (
    <Section title={t("settings.webhooks")} hint={t("webhooks.hint")} action={add}>
      {error !== null && webhooks === undefined ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : webhooks === undefined ? (
        <div role="status" aria-label={t("state.loading")} className="flex flex-col gap-3">
          <span className="skeleton h-24 rounded-2xl" />
          <span className="skeleton h-24 rounded-2xl" />
        </div>
      ) : webhooks.length === 0 ? (
        <Empty
          icon={<WebhookIcon />}
          title={t("webhooks.none_title")}
          hint={t("webhooks.none_hint")}
        />
      ) : (
        <ul className="flex flex-col gap-3">
          {webhooks.map((webhook) => (
            <li key={webhook.id}>
              <WebhookCard webhook={webhook} manages={manages} />
            </li>
          ))}
        </ul>
      )}
      {adding && <WebhookDialog onClose={() => setAdding(false)} />}
    </Section>
  );
}
