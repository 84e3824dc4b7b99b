import { Pencil, Plus, TextCursorInput, Trash2 } from "lucide-react";
import { useState } from "react";
import type { CustomerField } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useCan } from "../../session/session";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { IconButton } from "../../ui/icon-button";
import { Empty, Failure } from "../../ui/states";
import { toastError } from "../../ui/toasts";
import { useDeleteField } from "../customers/actions";
import { useCustomerFields } from "../customers/queries";
import { FieldDialog } from "./field-dialog";
import { Section } from "./settings-page";

/** The company's own fields of customers' cards. */
export function CustomerFieldsSection() {
  const { t } = useI18n();
  const [adding, setAdding] = useState(false);
  const { data: fields, error, refetch } = useCustomerFields();
  const add = (
    <Button look="primary" icon={<Plus className="size-4" />} onClick={() => setAdding(true)}>
      {t("fields.add")}
    </Button>
  );
  return (
    <Section title={t("fields.title")} hint={t("fields.hint")} action={add}>
      {fields === undefined ? (
        error !== null ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : (
          <div role="status" aria-label={t("state.loading")}>
            <span className="skeleton block h-20 rounded-2xl" />
          </div>
        )
      ) : fields.length === 0 ? (
        <Empty
          icon={<TextCursorInput />}
          title={t("fields.none_title")}
          hint={t("fields.none_hint")}
        />
      ) : (
        <ul className="flex flex-col gap-2">
          {fields.map((field) => (
            <li key={field.id}>
              <FieldCard field={field} />
            </li>
          ))}
        </ul>
      )}
      {adding && <FieldDialog onClose={() => setAdding(false)} />}
    </Section>
  );
}

function FieldCard({ field }: { field: CustomerField }) {
  const { t, fmt } = useI18n();
  const manages = useCan()("settings:update");
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const remove = useDeleteField(field.id);
  const name = field.label;
  return (
    <article
      aria-label={name}
      className="flex items-start gap-3 rounded-2xl border border-line bg-surface p-3.5"
    >
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
          <h3 className="min-w-0 truncate font-medium">
            <bdi>{name}</bdi>
          </h3>
          <Badge>{t(`fields.kind.${field.kind}`)}</Badge>
        </div>
        <bdi dir="ltr" className="text-xs text-ink-3">
          {field.key}
        </bdi>
        {field.options.length > 0 && (
          <p className="text-sm break-words text-ink-2">{fmt.list(field.options)}</p>
        )}
      </div>
      {manages && (
        <div className="flex shrink-0">
          <IconButton label={t("fields.edit", { name })} onClick={() => setEditing(true)}>
            <Pencil />
          </IconButton>
          <IconButton label={t("fields.delete", { name })} onClick={() => setDeleting(true)}>
            <Trash2 />
          </IconButton>
        </div>
      )}
      {editing && <FieldDialog field={field} onClose={() => setEditing(false)} />}
      <Confirm
        open={deleting}
        onOpenChange={setDeleting}
        title={t("fields.delete_title", { name })}
        description={t("fields.delete_hint")}
        confirm={t("action.delete")}
        busy={remove.isPending}
        onConfirm={() =>
          remove.mutate(undefined, { onError: toastError, onSettled: () => setDeleting(false) })
        }
      />
    </article>
  );
}
