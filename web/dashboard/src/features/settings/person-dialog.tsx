import { type FormEvent, useState } from "react";
import { useSkills } from "../../api/queries";
import type { Invitation, Operator, Role } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { useUser } from "../../session/session";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { useAddPerson, useChangePerson } from "./people-actions";

interface Props {
  person?: Operator;
  onClose: () => void;
  onInvited: (name: string, invitation: Invitation) => void;
}

/** Adds somebody, or changes what he may do and takes. */
export function PersonDialog({ person, onClose, onInvited }: Props) {
  const { t } = useI18n();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={person === undefined ? t("people.add_title") : t("people.edit_title")}
      {...(person === undefined ? { description: t("people.add_hint") } : {})}
    >
      {person === undefined ? (
        <NewPerson onClose={onClose} onInvited={onInvited} />
      ) : (
        <KnownPerson person={person} onClose={onClose} />
      )}
    </Dialog>
  );
}

function NewPerson({ onClose, onInvited }: Omit<Props, "person">) {
  const { t } = useI18n();
  const add = useAddPerson();
  return (
    <PersonForm
      busy={add.isPending}
      error={add.error}
      submit={t("people.add_submit")}
      onClose={onClose}
      onSubmit={(draft, email) =>
        add.mutate(
          { ...draft, email },
          {
            onSuccess: ({ name, invitation }) => {
              onClose();
              if (invitation) onInvited(name, invitation);
            },
          },
        )
      }
    />
  );
}

function KnownPerson({ person, onClose }: { person: Operator; onClose: () => void }) {
  const { t } = useI18n();
  const change = useChangePerson(person);
  return (
    <PersonForm
      person={person}
      busy={change.isPending}
      error={change.error}
      submit={t("action.save")}
      onClose={onClose}
      onSubmit={(draft) =>
        change.mutate(draft, {
          onSuccess: ({ name }) => {
            toast(t("people.saved", { name }));
            onClose();
          },
        })
      }
    />
  );
}

interface Draft {
  name: string;
  role: Role;
  skills: string[];
  capacity: number | null;
}

interface FormProps {
  person?: Operator;
  busy: boolean;
  error: Error | null;
  submit: string;
  onClose: () => void;
  onSubmit: (draft: Draft, email: string) => void;
}

function PersonForm({ person, busy, error, submit, onClose, onSubmit }: FormProps) {
  const { t } = useI18n();
  const me = useUser();
  const { data: known = [] } = useSkills();
  const [role, setRole] = useState<Role>(person?.role ?? "operator");
  const fieldError = useFieldError(error);
  const given: Role[] = me.role === "owner" ? ["owner", "admin"] : [];
  const roles = new Set<Role>([...given, "operator", "viewer", role]);
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? "").trim();
    const capacity = field("capacity");
    onSubmit(
      {
        name: field("name"),
        role,
        skills: words(field("skills")),
        capacity: capacity === "" ? null : Number(capacity),
      },
      field("email"),
    );
  };
  return (
    <form onSubmit={save} className="flex flex-col gap-4">
      {person === undefined && (
        <TextField
          label={t("people.email")}
          name="email"
          type="email"
          autoComplete="off"
          dir="ltr"
          error={fieldError("/email")}
          required
        />
      )}
      <TextField
        label={t("people.name")}
        name="name"
        autoComplete="off"
        error={fieldError("/name")}
        defaultValue={person?.name ?? ""}
        maxLength={200}
        required
      />
      <SelectField
        label={t("people.role")}
        hint={t(`role.${role}.hint`)}
        value={role}
        onChange={(event) => setRole(event.target.value as Role)}
      >
        {[...roles].map((value) => (
          <option key={value} value={value}>
            {t(`role.${value}`)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t("people.skills")}
        hint={
          known.length === 0
            ? t("people.skills_hint")
            : t("people.skills_known", { skills: known.slice(0, 12).join(", ") })
        }
        name="skills"
        autoComplete="off"
        error={fieldError("/skills")}
        defaultValue={person?.skills.join(", ") ?? ""}
      />
      <TextField
        label={t("people.capacity")}
        hint={t("people.capacity_hint")}
        name="capacity"
        type="number"
        inputMode="numeric"
        dir="ltr"
        min={0}
        max={1_000_000}
        error={fieldError("/capacity")}
        defaultValue={person?.capacity ?? ""}
      />
      <FormError error={error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t("action.cancel")}</Button>
        <Button type="submit" look="primary" busy={busy}>
          {submit}
        </Button>
      </div>
    </form>
  );
}

/** Skills stand between commas, the Arabic one too. */
function words(text: string): string[] {
  const all = text.split(/[,،;\n]/).map((word) => word.trim());
  return [...new Set(all.filter((word) => word !== ""))];
}
