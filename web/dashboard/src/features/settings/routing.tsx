import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, call } from "../../api/client";
import { keys } from "../../api/keys";
import { useRouting } from "../../api/queries";
import type { RoutingSettings } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { RadioCards } from "../../ui/radio-cards";
import { Failure, FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { Section } from "./settings-page";

export function RoutingSection() {
  const { t } = useI18n();
  const { data, error, refetch } = useRouting();
  return (
    <Section title={t("settings.routing")} hint={t("routing.hint")}>
      {data !== undefined ? (
        <RoutingForm settings={data} />
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <span role="status" aria-label={t("state.loading")} className="skeleton h-72 rounded-2xl" />
      )}
    </Section>
  );
}

/** How a waiting conversation finds its operator, and who sees what. */
function RoutingForm({ settings }: { settings: RoutingSettings }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const manages = useCan()("settings:update");
  const [draft, setDraft] = useState(settings);
  const set = (change: Partial<RoutingSettings>) => setDraft((now) => ({ ...now, ...change }));
  const save = useMutation({
    mutationFn: (body: RoutingSettings) => call(api.PUT("/api/v1/settings/routing", { body })),
    onSuccess: (saved) => {
      client.setQueryData(keys.routing, saved);
      toast(t("routing.saved"));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(draft);
  };
  return (
    <form onSubmit={submit}>
      <fieldset disabled={!manages} className="flex flex-col gap-6">
        <RadioCards
          legend={t("routing.strategy")}
          value={draft.strategy}
          onChange={(strategy) => set({ strategy })}
          choices={(["least_loaded", "skills", "manual"] as const).map((value) => ({
            value,
            label: t(`routing.strategy.${value}`),
            hint: t(`routing.strategy.${value}.hint`),
          }))}
        />
        {draft.strategy === "skills" && (
          <RadioCards
            legend={t("routing.fallback")}
            value={draft.skills_fallback}
            onChange={(skills_fallback) => set({ skills_fallback })}
            choices={(["any", "wait"] as const).map((value) => ({
              value,
              label: t(`routing.fallback.${value}`),
              hint: t(`routing.fallback.${value}.hint`),
            }))}
          />
        )}
        <div className="grid gap-4 sm:grid-cols-3">
          <NumberField
            label={t("routing.capacity")}
            hint={t("routing.capacity_hint")}
            min={1}
            max={1_000}
            value={draft.capacity}
            onChange={(capacity) => set({ capacity })}
          />
          <NumberField
            label={t("routing.requeue")}
            hint={t("routing.requeue_hint")}
            min={0}
            max={604_800}
            value={draft.requeue_after_seconds}
            onChange={(requeue_after_seconds) => set({ requeue_after_seconds })}
          />
          <NumberField
            label={t("routing.reopen")}
            hint={t("routing.reopen_hint")}
            min={0}
            max={8_760}
            value={draft.reopen_within_hours}
            onChange={(reopen_within_hours) => set({ reopen_within_hours })}
          />
        </div>
        <RadioCards
          legend={t("routing.visibility")}
          value={draft.visibility}
          onChange={(visibility) => set({ visibility })}
          choices={(["all", "team", "own"] as const).map((value) => ({
            value,
            label: t(`routing.visibility.${value}`),
            hint: t(`routing.visibility.${value}.hint`),
          }))}
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

interface NumberProps {
  label: string;
  hint: string;
  min: number;
  max: number;
  value: number;
  onChange: (value: number) => void;
}

function NumberField({ value, onChange, ...rest }: NumberProps) {
  return (
    <TextField
      {...rest}
      type="number"
      inputMode="numeric"
      dir="ltr"
      required
      value={Number.isNaN(value) ? "" : value}
      onChange={(event) => onChange(event.target.valueAsNumber)}
    />
  );
}
