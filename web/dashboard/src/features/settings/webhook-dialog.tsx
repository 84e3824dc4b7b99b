import { type FormEvent, useState } from "react";
import type { EventKind, Webhook } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { Button } from "../../ui/button";
import { Copyable } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { Switch } from "../../ui/switch";
import { toast } from "../../ui/toasts";
import { TOLD, useSaveWebhook } from "./webhook-actions";

interface Props {
  webhook?: Webhook;
  onClose: () => void;
}

/** Makes a webhook, or changes one; a new one's secret is shown afterwards, once. */
export function WebhookDialog({ webhook, onClose }: Props) {
  const { t } = useI18n();
  const [secret, setSecret] = useState<string>();
  if (secret !== undefined) return <SecretDialog secret={secret} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={webhook === undefined ? t("webhook.add_title") : t("webhook.edit_title")}
      description={t("webhook.dialog_hint")}
    >
      <WebhookForm
        {...(webhook === undefined ? {} : { webhook })}
        onClose={onClose}
        onSaved={(saved) => {
          toast(webhook === undefined ? t("webhook.added") : t("webhook.saved"));
          if (saved.secret) setSecret(saved.secret);
          else onClose();
        }}
      />
    </Dialog>
  );
}

function WebhookForm({
  webhook,
  onClose,
  onSaved,
}: Props & { onSaved: (webhook: Webhook) => void }) {
  const { t } = useI18n();
  const save = useSaveWebhook(webhook);
  const fieldError = useFieldError(save.error);
  const [types, setTypes] = useState<EventKind[]>(webhook?.types ?? []);
  const [enabled, setEnabled] = useState(webhook?.enabled ?? true);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? "").trim();
    const body = { url: field("url"), description: field("description"), types, enabled };
    save.mutate(body, { onSuccess: onSaved });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label={t("webhook.url")}
        hint={t("webhook.url_hint")}
        error={fieldError("/url")}
        name="url"
        type="url"
        dir="ltr"
        spellCheck={false}
        maxLength={2000}
        placeholder="https://"
        defaultValue={webhook?.url ?? ""}
        required
      />
      <TextField
        label={t("webhook.description")}
        hint={t("webhook.description_hint")}
        error={fieldError("/description")}
        name="description"
        maxLength={500}
        defaultValue={webhook?.description ?? ""}
      />
      <TypeBoxes chosen={types} onChange={setTypes} />
      <Switch label={t("webhook.enabled")} checked={enabled} onChange={setEnabled} />
      <FormError error={save.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t("action.cancel")}</Button>
        <Button type="submit" look="primary" busy={save.isPending}>
          {webhook === undefined ? t("webhook.add") : t("action.save")}
        </Button>
      </div>
    </form>
  );
}

function TypeBoxes({
  chosen,
  onChange,
}: {
  chosen: EventKind[];
  onChange: (types: EventKind[]) => void;
}) {
  const { t } = useI18n();
  const toggle = (type: EventKind, on: boolean) =>
    onChange(on ? [...chosen, type] : chosen.filter((one) => one !== type));
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{t("webhook.types")}</legend>
      <p className="text-xs text-ink-3">{t("webhook.types_hint")}</p>
      {TOLD.map(({ type, text }) => (
        <label key={type} className="flex cursor-pointer items-start gap-2.5 text-sm">
          <input
            type="checkbox"
            checked={chosen.includes(type)}
            onChange={(event) => toggle(type, event.target.checked)}
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          <span className="min-w-0">
            <span className="block">{t(text)}</span>
            <code dir="ltr" className="text-xs text-ink-3">
              {type}
            </code>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** A secret, the one time that it is told. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useI18n();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("webhook.secret_title")}
      description={t("webhook.secret_hint")}
    >
      <div className="flex flex-col gap-4">
        <Copyable label={t("webhook.secret")} text={secret} />
        <Button look="primary" onClick={onClose} className="self-end">
          {t("action.done")}
        </Button>
      </div>
    </Dialog>
  );
}
