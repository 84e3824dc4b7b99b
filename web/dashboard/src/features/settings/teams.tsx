import { Clock, Pencil, Plus, Trash2, UsersRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useOperators, useTeams } from "../../api/queries";
import type { Team } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { useCan } from "../../session/session";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Confirm, Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { IconButton } from "../../ui/icon-button";
import { Empty, Failure, FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { useDeleteTeam, useSaveTeam } from "./people-actions";
import { Section } from "./settings-page";
import { TeamHoursDialog } from "./team-hours-dialog";

/** Who answers together. */
export function TeamsSection() {
  const { t } = useI18n();
  const manages = useCan()("operators:manage");
  const { data: teams, error, refetch } = useTeams();
  const [editing, setEditing] = useState<Team | "new" | null>(null);
  const [timing, setTiming] = useState<Team | null>(null);
  const [deleting, setDeleting] = useState<Team | null>(null);
  const remove = useDeleteTeam();
  const add = manages && (
    <Button look="primary" icon={<Plus className="size-4" />} onClick={() => setEditing("new")}>
      {t("teams.add")}
    </Button>
  );
  return (
    <Section title={t("settings.teams")} hint={t("teams.hint")} action={add}>
      {teams === undefined ? (
        error !== null ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : (
          <span
            role="status"
            aria-label={t("state.loading")}
            className="skeleton h-32 rounded-2xl"
          />
        )
      ) : teams.length === 0 ? (
        <Empty icon={<UsersRound />} title={t("teams.none_title")} hint={t("teams.none_hint")} />
      ) : (
        <ul className="flex flex-col gap-3">
          {teams.map((team) => (
            <li key={team.id}>
              <TeamCard
                team={team}
                manages={manages}
                onEdit={() => setEditing(team)}
                onHours={() => setTiming(team)}
                onDelete={() => setDeleting(team)}
              />
            </li>
          ))}
        </ul>
      )}
      {editing !== null && (
        <TeamDialog
          {...(editing === "new" ? {} : { team: editing })}
          onClose={() => setEditing(null)}
        />
      )}
      {timing !== null && <TeamHoursDialog team={timing} onClose={() => setTiming(null)} />}
      <Confirm
        open={deleting !== null}
        onOpenChange={(open) => !open && setDeleting(null)}
        title={t("teams.delete", { name: deleting?.name ?? "" })}
        description={t("teams.delete_hint")}
        confirm={t("teams.delete_confirm")}
        busy={remove.isPending}
        onConfirm={() =>
          deleting !== null && remove.mutate(deleting.id, { onSettled: () => setDeleting(null) })
        }
      />
    </Section>
  );
}

interface CardProps {
  team: Team;
  manages: boolean;
  onEdit: () => void;
  onHours: () => void;
  onDelete: () => void;
}

function TeamCard({ team, manages, onEdit, onHours, onDelete }: CardProps) {
  const { t } = useI18n();
  const { data: operators = [] } = useOperators();
  const members = operators.filter(({ id }) => team.members.includes(id));
  return (
    <article
      aria-label={team.name}
      className="flex items-start gap-3 rounded-2xl border border-line bg-surface p-4 shadow-card"
    >
      <div className="min-w-0 flex-1">
        <h3 className="truncate font-medium">
          <bdi>{team.name}</bdi>
        </h3>
        {members.length === 0 ? (
          <p className="text-sm text-warn">{t("teams.empty")}</p>
        ) : (
          <ul className="mt-2 flex flex-wrap gap-x-3 gap-y-2">
            {members.map(({ id, name }) => (
              <li key={id} className="flex min-w-0 items-center gap-1.5 text-sm text-ink-2">
                <Avatar name={name} seed={id} size="sm" className="size-5! text-[0.5625rem]!" />
                <bdi className="truncate">{name}</bdi>
              </li>
            ))}
          </ul>
        )}
      </div>
      {manages && (
        <div className="flex shrink-0">
          <IconButton label={t("hours.team", { name: team.name })} onClick={onHours}>
            <Clock />
          </IconButton>
          <IconButton label={t("teams.edit", { name: team.name })} onClick={onEdit}>
            <Pencil />
          </IconButton>
          <IconButton label={t("teams.delete", { name: team.name })} onClick={onDelete}>
            <Trash2 />
          </IconButton>
        </div>
      )}
    </article>
  );
}

function TeamDialog({ team, onClose }: { team?: Team; onClose: () => void }) {
  const { t } = useI18n();
  const save = useSaveTeam(team);
  const fieldError = useFieldError(save.error);
  const { data: operators = [] } = useOperators();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate(
      {
        name: String(form.get("name") ?? "").trim(),
        members: form.getAll("member").map(String),
      },
      {
        onSuccess: ({ name }) => {
          toast(t("teams.saved", { name }));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={team === undefined ? t("teams.add_title") : t("teams.edit_title")}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t("teams.name")}
          name="name"
          autoComplete="off"
          error={fieldError("/name")}
          defaultValue={team?.name ?? ""}
          maxLength={200}
          required
        />
        <fieldset className="flex min-w-0 flex-col gap-1">
          <legend className="mb-1.5 text-sm font-medium">{t("teams.members")}</legend>
          {operators
            .filter(({ role }) => role !== "viewer")
            .map(({ id, name }) => (
              <label
                key={id}
                className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2 text-sm hover:bg-hover max-md:min-h-11"
              >
                <input
                  type="checkbox"
                  name="member"
                  value={id}
                  defaultChecked={team?.members.includes(id) ?? false}
                  className="size-4 shrink-0 accent-accent"
                />
                <bdi className="truncate">{name}</bdi>
              </label>
            ))}
        </fieldset>
        <FormError error={save.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
