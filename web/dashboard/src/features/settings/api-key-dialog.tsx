import { type FormEvent, useState } from "react";
import type { ApiKey } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { Copyable } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { EVERYTHING, PERMISSIONS, useChangeApiKey, useMakeApiKey } from "./api-key-actions";

interface Props {
  apiKey?: ApiKey;
  onClose: () => void;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** After how many days a key may end. */
const LIVES = [30, 90, 365] as const;

/** Makes a key and shows it, this once; or changes a name and a limit. */
export function ApiKeyDialog({ apiKey, onClose }: Props) {
  const { t } = useI18n();
  const [made, setMade] = useState<ApiKey>();
  const title =
    made !== undefined
      ? t("api_keys.made_title")
      : apiKey === undefined
        ? t("api_keys.make_title")
        : t("api_keys.edit_title");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      {...(made === undefined ? {} : { description: t("api_keys.made_hint") })}
    >
      {made !== undefined ? (
        <div className="flex flex-col gap-4">
          <Copyable label={t("api_keys.key")} text={made.key ?? ""} />
          <Button look="primary" onClick={onClose} className="self-end">
            {t("action.done")}
          </Button>
        </div>
      ) : apiKey === undefined ? (
        <MakeForm onClose={onClose} onMade={setMade} />
      ) : (
        <ChangeForm apiKey={apiKey} onClose={onClose} />
      )}
    </Dialog>
  );
}

function MakeForm({ onClose, onMade }: { onClose: () => void; onMade: (made: ApiKey) => void }) {
  const { t } = useI18n();
  const make = useMakeApiKey();
  const fieldError = useFieldError(make.error);
  const [chosen, setChosen] = useState<readonly string[]>(["conversations:read"]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const days = Number(form.get("days"));
    make.mutate(
      {
        ...common(form),
        permissions: chosen.includes(EVERYTHING) ? [EVERYTHING] : [...chosen],
        ...(days > 0 ? { expires_at: new Date(Date.now() + days * DAY_MS).toISOString() } : {}),
      },
      { onSuccess: onMade },
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <NameField error={fieldError("/name")} />
      <PermissionChoice chosen={chosen} onChange={setChosen} />
      <SelectField
        label={t("api_keys.expires")}
        name="days"
        defaultValue=""
        error={fieldError("/expires_at")}
      >
        <option value="">{t("api_keys.never")}</option>
        {LIVES.map((days) => (
          <option key={days} value={days}>
            {t("api_keys.days", { count: days })}
          </option>
        ))}
      </SelectField>
      <LimitField error={fieldError("/rate_limit_per_minute")} />
      <FormError error={make.error} />
      <Buttons
        busy={make.isPending}
        disabled={chosen.length === 0}
        submit={t("api_keys.make")}
        onClose={onClose}
      />
    </form>
  );
}

function ChangeForm({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useI18n();
  const change = useChangeApiKey(apiKey.id);
  const fieldError = useFieldError(change.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    change.mutate(common(new FormData(event.currentTarget)), {
      onSuccess: ({ name }) => {
        toast(t("api_keys.saved", { name }));
        onClose();
      },
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <NameField value={apiKey.name} error={fieldError("/name")} />
      <LimitField
        value={apiKey.rate_limit_per_minute ?? undefined}
        error={fieldError("/rate_limit_per_minute")}
      />
      <FormError error={change.error} />
      <Buttons busy={change.isPending} submit={t("action.save")} onClose={onClose} />
    </form>
  );
}

/** What both forms ask for. */
function common(form: FormData) {
  const limit = String(form.get("limit") ?? "").trim();
  return {
    name: String(form.get("name") ?? "").trim(),
    rate_limit_per_minute: limit === "" ? null : Number(limit),
  };
}

function NameField({ value, error }: { value?: string; error: string | undefined }) {
  const { t } = useI18n();
  return (
    <TextField
      label={t("api_keys.name")}
      hint={t("api_keys.name_hint")}
      name="name"
      defaultValue={value ?? ""}
      error={error}
      autoComplete="off"
      maxLength={200}
      required
    />
  );
}

function LimitField({ value, error }: { value?: number | undefined; error: string | undefined }) {
  const { t } = useI18n();
  return (
    <TextField
      label={t("api_keys.limit")}
      hint={t("api_keys.limit_hint")}
      name="limit"
      type="number"
      min={1}
      max={100_000}
      defaultValue={value ?? ""}
      error={error}
    />
  );
}

function PermissionChoice({
  chosen,
  onChange,
}: {
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}) {
  const { t } = useI18n();
  const can = useCan();
  const all = chosen.includes(EVERYTHING);
  const offered = PERMISSIONS.filter(({ word }) => can(word));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{t("api_keys.permissions")}</legend>
      {offered.map(({ word, text }) => (
        <label key={word} className="flex items-center gap-2.5 text-sm">
          <input
            type="checkbox"
            className="size-4 shrink-0 accent-accent"
            checked={all || chosen.includes(word)}
            disabled={all && word !== EVERYTHING}
            onChange={({ target }) =>
              onChange(
                target.checked ? [...chosen, word] : chosen.filter((other) => other !== word),
              )
            }
          />
          {t(text)}
        </label>
      ))}
      <p className="text-xs text-ink-3">{t("api_keys.permissions_hint")}</p>
    </fieldset>
  );
}

function Buttons({
  busy,
  disabled = false,
  submit,
  onClose,
}: {
  busy: boolean;
  disabled?: boolean;
  submit: string;
  onClose: () => void;
}) {
  const { t } = useI18n();
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Button onClick={onClose}>{t("action.cancel")}</Button>
      <Button type="submit" look="primary" busy={busy} disabled={disabled}>
        {submit}
      </Button>
    </div>
  );
}
