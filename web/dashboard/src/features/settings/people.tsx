import { Link2, Pencil, Plus, UserCheck, UserX } from "lucide-react";
import { useState } from "react";
import { usePeople, useTeams } from "../../api/queries";
import type { Invitation, Operator } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan, useUser } from "../../session/session";
import { Avatar } from "../../ui/avatar";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { IconButton } from "../../ui/icon-button";
import { Failure } from "../../ui/states";
import { toastError } from "../../ui/toasts";
import { InvitationDialog } from "./invitation-dialog";
import { useChangePerson, useInvite } from "./people-actions";
import { PersonDialog } from "./person-dialog";
import { Section } from "./settings-page";

interface Told {
  name: string;
  invitation: Invitation;
}

/** Who is in the company, what each may do and takes. */
export function PeopleSection() {
  const { t } = useI18n();
  const manages = useCan()("operators:manage");
  const { data: people, error, refetch } = usePeople();
  const [editing, setEditing] = useState<Operator | "new" | null>(null);
  const [told, setTold] = useState<Told | null>(null);
  const add = manages && (
    <Button look="primary" icon={<Plus className="size-4" />} onClick={() => setEditing("new")}>
      {t("people.add")}
    </Button>
  );
  return (
    <Section title={t("settings.people")} hint={t("people.hint")} action={add}>
      {people !== undefined ? (
        <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface shadow-card">
          {people.map((person) => (
            <li key={person.id}>
              <PersonRow
                person={person}
                manages={manages}
                onEdit={() => setEditing(person)}
                onInvited={(invitation) => setTold({ name: person.name, invitation })}
              />
            </li>
          ))}
        </ul>
      ) : error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <span role="status" aria-label={t("state.loading")} className="skeleton h-64 rounded-2xl" />
      )}
      {editing !== null && (
        <PersonDialog
          {...(editing === "new" ? {} : { person: editing })}
          onClose={() => setEditing(null)}
          onInvited={(name, invitation) => setTold({ name, invitation })}
        />
      )}
      {told !== null && <InvitationDialog {...told} onClose={() => setTold(null)} />}
    </Section>
  );
}

interface RowProps {
  person: Operator;
  manages: boolean;
  onEdit: () => void;
  onInvited: (invitation: Invitation) => void;
}

function PersonRow({ person, manages, onEdit, onInvited }: RowProps) {
  const { t } = useI18n();
  const me = useUser();
  const { data: teams = [] } = useTeams();
  const change = useChangePerson(person);
  const invite = useInvite();
  const [asking, setAsking] = useState(false);
  const { id, name, email, role, disabled } = person;
  const above = role === "owner" || role === "admin";
  const mayChange = manages && (id === me.id || me.role === "owner" || !above);
  const of = teams.filter((team) => person.teams.includes(team.id));
  const setDisabled = (next: boolean) =>
    change.mutate(
      { disabled: next },
      { onSuccess: () => setAsking(false), onError: (thrown) => toastError(thrown) },
    );
  return (
    <article
      aria-label={name}
      className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3 sm:flex-nowrap"
    >
      <Avatar name={name} seed={id} />
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <bdi className="truncate font-medium">{name}</bdi>
          <Badge tone={above ? "accent" : "plain"}>{t(`role.${role}`)}</Badge>
          {disabled ? (
            <Badge tone="bad">{t("people.disabled")}</Badge>
          ) : (
            !person.joined && <Badge tone="warn">{t("people.invited")}</Badge>
          )}
        </p>
        <p dir="ltr" className="truncate text-start text-xs text-ink-3">
          {email}
        </p>
        <p className="text-xs text-ink-2">
          {person.capacity === null || person.capacity === undefined
            ? t("people.load", { count: person.active_conversations })
            : t("people.load_of", {
                active: person.active_conversations,
                capacity: person.capacity,
              })}
        </p>
        {(of.length > 0 || person.skills.length > 0) && (
          <p className="mt-1 flex flex-wrap gap-1">
            {of.map((team) => (
              <Badge key={team.id} tone="accent">
                <bdi>{team.name}</bdi>
              </Badge>
            ))}
            {person.skills.map((skill) => (
              <Badge key={skill}>
                <bdi>{skill}</bdi>
              </Badge>
            ))}
          </p>
        )}
      </div>
      {mayChange && (
        <div className="flex shrink-0 items-center">
          {!disabled && id !== me.id && (
            <IconButton
              label={t("people.invite", { name })}
              onClick={() => invite.mutate(id, { onSuccess: onInvited })}
              disabled={invite.isPending}
            >
              <Link2 />
            </IconButton>
          )}
          <IconButton label={t("people.edit", { name })} onClick={onEdit}>
            <Pencil />
          </IconButton>
          {id !== me.id &&
            (disabled ? (
              <IconButton
                label={t("people.enable", { name })}
                onClick={() => setDisabled(false)}
                disabled={change.isPending}
              >
                <UserCheck />
              </IconButton>
            ) : (
              <IconButton label={t("people.disable", { name })} onClick={() => setAsking(true)}>
                <UserX />
              </IconButton>
            ))}
        </div>
      )}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t("people.disable", { name })}
        description={t("people.disable_hint")}
        confirm={t("people.disable_confirm")}
        busy={change.isPending}
        onConfirm={() => setDisabled(true)}
      />
    </article>
  );
}
