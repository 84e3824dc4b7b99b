import { type FormEvent, useState } from "react";
import type { HoursSettings } from "../../api/types";
import { LOCALES, useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { TextAreaField } from "../../ui/field";
import { RadioCards } from "../../ui/radio-cards";
import { Failure, FormError } from "../../ui/states";
import { Switch } from "../../ui/switch";
import { toast } from "../../ui/toasts";
import { useHours, useSaveHours } from "./hours-actions";
import { ScheduleEditor } from "./schedule-editor";
import { Section } from "./settings-page";

export function HoursSection() {
  const { t } = useI18n();
  const { data, error, refetch } = useHours();
  return (
    <Section title={t("settings.hours")} hint={t("hours.hint")}>
      {data !== undefined ? (
        <HoursForm settings={data} />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <span role="status" aria-label={t("state.loading")} className="skeleton h-96 rounded-2xl" />
      )}
    </Section>
  );
}

/** When the company is there, and what happens while it is not. */
function HoursForm({ settings }: { settings: HoursSettings }) {
  const { t } = useI18n();
  const manages = useCan()("settings:update");
  const [draft, setDraft] = useState(settings);
  const set = (change: Partial<HoursSettings>) => setDraft((now) => ({ ...now, ...change }));
  const save = useSaveHours();
  const fieldError = useFieldError(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(draft, { onSuccess: () => toast(t("hours.saved")) });
  };
  return (
    <form onSubmit={submit}>
      <fieldset disabled={!manages} className="flex min-w-0 flex-col gap-6">
        <Switch
          label={t("hours.enabled")}
          hint={t("hours.enabled_hint")}
          checked={draft.enabled ?? false}
          onChange={(enabled) => set({ enabled })}
        />
        {draft.enabled && draft.schedule !== undefined && (
          <ScheduleEditor value={draft.schedule} onChange={(schedule) => set({ schedule })} />
        )}
        <RadioCards
          legend={t("hours.outside")}
          value={draft.outside_hours ?? "assign"}
          onChange={(outside_hours) => set({ outside_hours })}
          choices={(["assign", "queue"] as const).map((value) => ({
            value,
            label: t(`hours.outside.${value}`),
            hint: t(`hours.outside.${value}.hint`),
          }))}
        />
        <fieldset className="flex min-w-0 flex-col gap-3">
          <legend className="mb-2 text-sm font-medium">{t("hours.away")}</legend>
          <p className="-mt-2 text-xs text-ink-3">{t("hours.away_hint")}</p>
          {LOCALES.map(({ locale, name }) => (
            <TextAreaField
              key={locale}
              label={name}
              lang={locale}
              dir={locale === "ar" ? "rtl" : "ltr"}
              rows={2}
              maxLength={1000}
              error={fieldError("/away_message")}
              value={draft.away_message?.[locale] ?? ""}
              onChange={({ target }) =>
                set({ away_message: { ...draft.away_message, [locale]: target.value } })
              }
            />
          ))}
        </fieldset>
        <Switch
          label={t("hours.position")}
          hint={t("hours.position_hint")}
          checked={draft.show_position ?? true}
          onChange={(show_position) => set({ show_position })}
        />
        <FormError error={save.error} />
        {manages && (
          <Button type="submit" look="primary" busy={save.isPending} className="self-start">
            {t("action.save")}
          </Button>
        )}
      </fieldset>
    </form>
  );
}
