import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useOperators } from "../../api/queries";
import type { ApiKey } from "../../api/types";
import { type I18n, useI18n } from "../../i18n/i18n";
import { useNow } from "../../lib/now";
import { Badge } from "../../ui/badge";
import { Confirm } from "../../ui/dialog";
import { IconButton } from "../../ui/icon-button";
import { toastError } from "../../ui/toasts";
import { PERMISSIONS, useRevokeApiKey } from "./api-key-actions";
import { ApiKeyDialog } from "./api-key-dialog";

export function ApiKeyCard({ apiKey, manages }: { apiKey: ApiKey; manages: boolean }) {
  const { t, fmt } = useI18n();
  const { data: operators } = useOperators();
  const [editing, setEditing] = useState(false);
  const [revoking, setRevoking] = useState(false);
  const revoke = useRevokeApiKey(apiKey.id);
  const now = useNow();
  const { name, expires_at: expires, last_used_at: used, rate_limit_per_minute: limit } = apiKey;
  const over = expires !== null && expires !== undefined && Date.parse(expires) <= now;
  const maker = operators?.find(({ id }) => id === apiKey.created_by)?.name;
  const facts = [
    maker === undefined
      ? t("api_keys.made", { at: fmt.dateTime(apiKey.created_at) })
      : t("api_keys.made_by", { at: fmt.dateTime(apiKey.created_at), name: maker }),
    used ? t("api_keys.used", { at: fmt.dateTime(used) }) : t("api_keys.not_used"),
    ...(expires ? [t("api_keys.until", { at: fmt.dateTime(expires) })] : []),
    ...(limit ? [t("api_keys.limited", { count: limit })] : []),
  ];
  return (
    <article
      aria-label={name}
      className="flex flex-col gap-3 rounded-2xl border border-line p-4 shadow-card"
    >
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-32 flex-1">
          <h3 className="truncate font-medium">
            <bdi>{name}</bdi>
          </h3>
          <p className="truncate font-mono text-xs text-ink-3">
            <bdi dir="ltr">{`omni_…${apiKey.last4}`}</bdi>
          </p>
        </div>
        {over && <Badge tone="bad">{t("api_keys.over")}</Badge>}
        {manages && (
          <div className="flex items-center gap-1">
            <IconButton label={t("api_keys.edit", { name })} onClick={() => setEditing(true)}>
              <Pencil />
            </IconButton>
            <IconButton label={t("api_keys.revoke", { name })} onClick={() => setRevoking(true)}>
              <Trash2 />
            </IconButton>
          </div>
        )}
      </div>
      <ul aria-label={t("api_keys.permissions")} className="flex flex-wrap gap-1.5">
        {apiKey.permissions.map((word) => (
          <li key={word}>
            <Badge>{permission(word, t)}</Badge>
          </li>
        ))}
      </ul>
      <p className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-ink-3">
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {editing && <ApiKeyDialog apiKey={apiKey} onClose={() => setEditing(false)} />}
      <Confirm
        open={revoking}
        onOpenChange={setRevoking}
        title={t("api_keys.revoke_title", { name })}
        description={t("api_keys.revoke_hint")}
        confirm={t("api_keys.revoke_confirm")}
        busy={revoke.isPending}
        onConfirm={() =>
          revoke.mutate(undefined, { onError: toastError, onSettled: () => setRevoking(false) })
        }
      />
    </article>
  );
}

/** A permission in words; one that only the API knows as it is written there. */
function permission(word: string, t: I18n["t"]): string {
  const known = PERMISSIONS.find((one) => one.word === word);
  return known === undefined ? word : t(known.text);
}
