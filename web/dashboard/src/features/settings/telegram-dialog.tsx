import { type FormEvent, useState } from "react";
import type { Channel } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { useSaveChannel } from "./channel-actions";

interface Props {
  channel?: Channel;
  onClose: () => void;
}

/** Connects a Telegram bot, or changes one. A stored token is never shown; a new one replaces it. */
export function TelegramDialog({ channel, onClose }: Props) {
  const { t } = useI18n();
  const save = useSaveChannel(channel);
  const [mode, setMode] = useState(
    channel?.settings.automatic === true ? "" : (channel?.settings.mode ?? ""),
  );
  const fieldError = useFieldError(save.error);
  const isNew = channel === undefined;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const token = String(form.get("token") ?? "").trim();
    save.mutate(
      {
        type: "telegram",
        name: String(form.get("name") ?? "").trim(),
        settings: mode === "webhook" || mode === "polling" ? { mode } : {},
        ...(token === "" ? {} : { secrets: { bot_token: token } }),
      },
      {
        onSuccess: ({ name }) => {
          toast(isNew ? t("channels.added", { name }) : t("channels.saved", { name }));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={isNew ? t("telegram.add_title") : t("telegram.edit_title")}
      description={t("telegram.hint")}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t("channels.name")}
          name="name"
          error={fieldError("/name")}
          defaultValue={channel?.name ?? "Telegram"}
          maxLength={200}
          required
        />
        <TextField
          label={t("telegram.token")}
          hint={
            isNew
              ? t("telegram.token_hint")
              : t("telegram.token_keep", { end: `…${channel.secret_hints?.bot_token ?? ""}` })
          }
          name="token"
          error={fieldError("/secrets")}
          type="password"
          autoComplete="off"
          spellCheck={false}
          dir="ltr"
          required={isNew}
        />
        <SelectField
          label={t("telegram.mode")}
          hint={t("telegram.mode_hint")}
          value={mode}
          onChange={(event) => setMode(event.target.value as typeof mode)}
        >
          <option value="">{t("telegram.mode_auto")}</option>
          <option value="polling">{t("telegram.mode_polling")}</option>
          <option value="webhook">{t("telegram.mode_webhook")}</option>
        </SelectField>
        <FormError error={save.error} />
        <Buttons busy={save.isPending} isNew={isNew} onClose={onClose} />
      </form>
    </Dialog>
  );
}

export function Buttons({
  busy,
  isNew,
  onClose,
}: {
  busy: boolean;
  isNew: boolean;
  onClose: () => void;
}) {
  const { t } = useI18n();
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Button onClick={onClose}>{t("action.cancel")}</Button>
      <Button type="submit" look="primary" busy={busy}>
        {isNew ? t("channels.connect") : t("action.save")}
      </Button>
    </div>
  );
}
