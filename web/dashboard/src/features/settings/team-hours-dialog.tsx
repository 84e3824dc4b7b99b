import { type FormEvent, useState } from "react";
import type { Schedule, Team } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { RadioCards } from "../../ui/radio-cards";
import { Failure, FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { useHours, useSaveTeamHours, useTeamHours } from "./hours-actions";
import { ScheduleEditor } from "./schedule-editor";

interface Props {
  team: Team;
  onClose: () => void;
}

/** When a team is there: as the company, or by hours of its own. */
export function TeamHoursDialog({ team, onClose }: Props) {
  const { t } = useI18n();
  const own = useTeamHours(team);
  const company = useHours();
  const error = own.error ?? company.error;
  const retry = () => {
    void own.refetch();
    void company.refetch();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t("hours.team", { name: team.name })}
    >
      {own.data !== undefined && company.data?.schedule !== undefined ? (
        <TeamHoursForm
          team={team}
          schedule={own.data.schedule ?? null}
          company={company.data.schedule}
          onClose={onClose}
        />
      ) : error !== null ? (
        <Failure error={error} onRetry={retry} />
      ) : (
        <div role="status" aria-label={t("state.loading")} className="skeleton h-48 rounded-2xl" />
      )}
    </Dialog>
  );
}

interface FormProps extends Props {
  schedule: Schedule | null;
  /** What its own hours begin as. */
  company: Schedule;
}

function TeamHoursForm({ team, schedule, company, onClose }: FormProps) {
  const { t } = useI18n();
  const save = useSaveTeamHours(team);
  const [draft, setDraft] = useState(schedule);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(
      { schedule: draft },
      {
        onSuccess: () => {
          toast(t("hours.saved"));
          onClose();
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-6">
      <RadioCards
        legend={t("hours.whose")}
        value={draft === null ? "follows" : "own"}
        onChange={(value) => setDraft(value === "own" ? (schedule ?? company) : null)}
        choices={(["follows", "own"] as const).map((value) => ({
          value,
          label: t(`hours.${value}`),
          hint: t(`hours.${value}_hint`),
        }))}
      />
      {draft !== null && <ScheduleEditor value={draft} onChange={setDraft} />}
      <FormError error={save.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t("action.cancel")}</Button>
        <Button type="submit" look="primary" busy={save.isPending}>
          {t("action.save")}
        </Button>
      </div>
    </form>
  );
}
