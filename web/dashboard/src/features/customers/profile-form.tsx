import type { FormEvent } from "react";
import type { Customer, CustomerField, FieldValue } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { useCan } from "../../session/session";
import { Button } from "../../ui/button";
import { SelectField, TextField } from "../../ui/field";
import { Failure, FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { useSaveCustomer } from "./actions";
import { useCustomerFields } from "./queries";

/** Who the customer is, and the company's own fields. Whoever may not change them reads them. */
export function ProfileForm({ customer }: { customer: Customer }) {
  const { t } = useI18n();
  const changes = useCan()("customers:update");
  const { data: fields, error, refetch } = useCustomerFields();
  const save = useSaveCustomer(customer.id);
  const blame = useFieldError(save.error);
  if (fields === undefined) {
    return error !== null ? (
      <Failure error={error} onRetry={() => void refetch()} />
    ) : (
      <span className="skeleton h-64 rounded-2xl" />
    );
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const told = (name: "phone" | "email") => {
      const value = text(name) || null;
      // What was not touched stays proven.
      return value === (customer[name] ?? null) ? {} : { [name]: value };
    };
    const values = fields.map((field): [string, FieldValue] => [
      field.key,
      readValue(field, text(`field.${field.key}`)),
    ]);
    const changed = values.filter(([key, value]) => value !== (customer.fields[key] ?? null));
    const name = text("name");
    save.mutate(
      {
        ...(name === customer.name ? {} : { name }),
        ...told("phone"),
        ...told("email"),
        ...(changed.length === 0 ? {} : { fields: Object.fromEntries(changed) }),
      },
      { onSuccess: () => toast(t("customer.saved")) },
    );
  };
  return (
    // Anew where the card has changed on the server.
    <form key={customer.updated_at} onSubmit={submit} className="flex flex-col gap-4">
      <h2 className="font-semibold">{t("customer.title")}</h2>
      <fieldset disabled={!changes} className="flex min-w-0 flex-col gap-4">
        <TextField
          label={t("customer.name")}
          name="name"
          defaultValue={customer.name}
          error={blame("/name")}
          maxLength={200}
          required
        />
        <TextField
          label={t("customer.phone")}
          name="phone"
          type="tel"
          dir="ltr"
          defaultValue={customer.phone ?? ""}
          hint={customer.phone_verified ? t("customer.proven") : undefined}
          error={blame("/phone")}
          maxLength={40}
        />
        <TextField
          label={t("customer.email")}
          name="email"
          dir="ltr"
          defaultValue={customer.email ?? ""}
          hint={customer.email_verified ? t("customer.proven") : undefined}
          error={blame("/email")}
          maxLength={254}
        />
        {fields.map((field) => (
          <FieldInput
            key={field.id}
            field={field}
            value={customer.fields[field.key]}
            error={blame(`/fields/${field.key}`)}
          />
        ))}
      </fieldset>
      <FormError error={save.error} />
      {changes && (
        <Button type="submit" look="primary" busy={save.isPending} className="self-start">
          {t("action.save")}
        </Button>
      )}
    </form>
  );
}

interface InputProps {
  field: CustomerField;
  value: FieldValue | undefined;
  error: string | undefined;
}

function FieldInput({ field, value, error }: InputProps) {
  const { t } = useI18n();
  const shared = { label: field.label, name: `field.${field.key}`, error };
  const text = value === undefined || value === null ? "" : String(value);
  if (field.kind === "select" || field.kind === "boolean") {
    const options =
      field.kind === "boolean"
        ? [
            { value: "true", label: t("fields.yes") },
            { value: "false", label: t("fields.no") },
          ]
        : // What was chosen once may stay, even if it is not offered any more.
          [...new Set([...field.options, ...(text === "" ? [] : [text])])].map((option) => ({
            value: option,
            label: option,
          }));
    return (
      <SelectField {...shared} defaultValue={text}>
        <option value="">{t("fields.empty")}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </SelectField>
    );
  }
  if (field.kind === "number") {
    return <TextField {...shared} type="number" step="any" dir="ltr" defaultValue={text} />;
  }
  if (field.kind === "date") return <TextField {...shared} type="date" defaultValue={text} />;
  return <TextField {...shared} defaultValue={text} maxLength={2000} />;
}

function readValue({ kind }: CustomerField, text: string): FieldValue {
  if (text === "") return null;
  if (kind === "number") return Number(text);
  return kind === "boolean" ? text === "true" : text;
}
