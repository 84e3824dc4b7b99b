import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { Empty, Failure } from "../../ui/states";
import { useApiKeys } from "./api-key-actions";
import { ApiKeyCard } from "./api-key-card";
import { ApiKeyDialog } from "./api-key-dialog";
import { Section } from "./settings-page";

export function ApiKeysSection() {
  const { t } = useI18n();
  const manages = useCan()("settings:update");
  const { data: apiKeys, error, refetch } = useApiKeys();
  const [making, setMaking] = useState(false);
  const make = manages && (
    <Button look="primary" icon={<Plus className="size-4" />} onClick={() => setMaking(true)}>
      {t("api_keys.make")}
    </Button>
  );
  return (
    <Section title={t("settings.api_keys")} hint={t("api_keys.hint")} action={make}>
      {error !== null && apiKeys === undefined ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : apiKeys === undefined ? (
        <div role="status" aria-label={t("state.loading")} className="flex flex-col gap-3">
          <span className="skeleton h-20 rounded-2xl" />
          <span className="skeleton h-20 rounded-2xl" />
        </div>
      ) : apiKeys.length === 0 ? (
        <Empty icon={<KeyRound />} title={t("api_keys.none")} hint={t("api_keys.none_hint")} />
      ) : (
        <ul className="flex flex-col gap-3">
          {apiKeys.map((apiKey) => (
            <li key={apiKey.id}>
              <ApiKeyCard apiKey={apiKey} manages={manages} />
            </li>
          ))}
        </ul>
      )}
      {making && <ApiKeyDialog onClose={() => setMaking(false)} />}
    </Section>
  );
}
