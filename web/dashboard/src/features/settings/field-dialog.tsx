import { type FormEvent, useState } from "react";
import type { CustomerField, CustomerFieldKind } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { SelectField, TextAreaField, TextField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { useSaveField } from "../customers/actions";

const KINDS: readonly CustomerFieldKind[] = ["text", "number", "date", "select", "boolean"];

interface Props {
  field?: CustomerField;
  onClose: () => void;
}

/** Adds a field to customers' cards, or changes what may change of one. */
export function FieldDialog({ field, onClose }: Props) {
  const { t } = useI18n();
  const save = useSaveField(field);
  const blame = useFieldError(save.error);
  const [kind, setKind] = useState<CustomerFieldKind>(field?.kind ?? "text");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const label = String(form.get("label") ?? "").trim();
    const options = String(form.get("options") ?? "")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
    save.mutate(
      {
        key: String(form.get("key") ?? "").trim(),
        label,
        kind,
        ...(kind === "select" ? { options } : {}),
      },
      {
        onSuccess: () => {
          toast(t("fields.saved", { name: label }));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={field === undefined ? t("fields.add") : t("fields.edit_title")}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t("fields.label")}
          name="label"
          defaultValue={field?.label ?? ""}
          error={blame("/label")}
          maxLength={200}
          required
        />
        {field === undefined && (
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              label={t("fields.key")}
              hint={t("fields.key_hint")}
              name="key"
              dir="ltr"
              error={blame("/key")}
              maxLength={64}
              pattern="[a-z][a-z0-9_]*"
              autoComplete="off"
              spellCheck={false}
              required
            />
            <SelectField
              label={t("fields.kind")}
              value={kind}
              onChange={(event) => setKind(event.target.value as CustomerFieldKind)}
            >
              {KINDS.map((value) => (
                <option key={value} value={value}>
                  {t(`fields.kind.${value}`)}
                </option>
              ))}
            </SelectField>
          </div>
        )}
        {kind === "select" && (
          <TextAreaField
            label={t("fields.options")}
            hint={t("fields.options_hint")}
            name="options"
            rows={5}
            dir="auto"
            defaultValue={field?.options.join("\n") ?? ""}
            error={blame("/options")}
            required
          />
        )}
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
