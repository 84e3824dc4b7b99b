import { type FormEvent, useState } from "react";
import type { Channel } from "../../api/types";
import { LOCALES, useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { Button } from "../../ui/button";
import { Copyable } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { TextAreaField, TextField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { useSaveChannel } from "./channel-actions";
import { ColorField } from "./color-field";
import { embedSnippet } from "./embed";
import { Buttons } from "./telegram-dialog";

interface Props {
  channel?: Channel;
  onClose: () => void;
}

const COLOR = "#4f46e5";

/** Makes a widget, or changes one; afterwards shows what is told only once. */
export function WidgetDialog({ channel, onClose }: Props) {
  const { t } = useI18n();
  const [made, setMade] = useState<Channel>();
  const isNew = channel === undefined;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={made ? t("widget.made_title") : isNew ? t("widget.add_title") : t("widget.edit_title")}
      description={made ? t("widget.made_hint") : t("widget.hint")}
    >
      {made === undefined ? (
        <WidgetForm
          {...(channel === undefined ? {} : { channel })}
          onClose={onClose}
          onSaved={(saved) => {
            if (isNew) setMade(saved);
            else {
              toast(t("channels.saved", { name: saved.name }));
              onClose();
            }
          }}
        />
      ) : (
        <div className="flex flex-col gap-4">
          <Copyable label={t("channels.snippet")} text={embedSnippet(made.widget_key ?? "")} />
          {made.identity_secret && (
            <div className="flex flex-col gap-1.5">
              <Copyable label={t("widget.identity_secret")} text={made.identity_secret} />
              <p className="text-xs text-ink-2">{t("widget.identity_secret_hint")}</p>
            </div>
          )}
          <Button look="primary" onClick={onClose} className="self-end">
            {t("action.done")}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

function WidgetForm({
  channel,
  onClose,
  onSaved,
}: Props & { onSaved: (channel: Channel) => void }) {
  const { t } = useI18n();
  const save = useSaveChannel(channel);
  const fieldError = useFieldError(save.error);
  const settings = channel?.settings ?? {};
  const [color, setColor] = useState(settings.color ?? COLOR);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? "").trim();
    const greetings = LOCALES.map(({ locale }) => [locale, field(`greeting-${locale}`)] as const);
    save.mutate(
      {
        type: "widget",
        name: field("name"),
        settings: {
          ...settings,
          color,
          allowed_origins: origins(field("origins")),
          greeting: Object.fromEntries(greetings.filter(([, text]) => text !== "")),
        },
      },
      { onSuccess: onSaved },
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label={t("channels.name")}
        hint={t("widget.name_hint")}
        name="name"
        error={fieldError("/name")}
        defaultValue={channel?.name ?? ""}
        maxLength={200}
        required
      />
      <TextAreaField
        label={t("widget.origins")}
        hint={t("widget.origins_hint")}
        name="origins"
        error={fieldError("/settings/allowed_origins")}
        rows={2}
        dir="ltr"
        spellCheck={false}
        placeholder="https://example.com"
        defaultValue={settings.allowed_origins?.join("\n") ?? ""}
      />
      <ColorField label={t("widget.color")} value={color} onChange={setColor} />
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-1.5 text-sm font-medium">{t("widget.greeting")}</legend>
        {LOCALES.map(({ locale, name }) => (
          <TextField
            key={locale}
            label={name}
            name={`greeting-${locale}`}
            lang={locale}
            dir={locale === "ar" ? "rtl" : "ltr"}
            maxLength={500}
            defaultValue={settings.greeting?.[locale] ?? ""}
          />
        ))}
      </fieldset>
      <FormError error={save.error} />
      <Buttons busy={save.isPending} isNew={channel === undefined} onClose={onClose} />
    </form>
  );
}

/** One origin a line; a page's address is cut down to its origin. */
function origins(text: string): string[] {
  const lines = text.split(/[\s,]+/).filter((line) => line !== "");
  return [...new Set(lines.map(originOf))];
}

function originOf(line: string): string {
  try {
    const { origin } = new URL(line.includes("://") ? line : `https://${line}`);
    return origin === "null" ? line : origin;
  } catch {
    return line;
  }
}
