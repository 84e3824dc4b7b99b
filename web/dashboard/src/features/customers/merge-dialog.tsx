import { useState } from "react";
import { useCustomer } from "../../api/queries";
import { useI18n } from "../../i18n/i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Failure, FormError } from "../../ui/states";
import { toast } from "../../ui/toasts";
import { useMerge } from "./actions";
import { useCustomerFields, useCustomers, useMergePreview } from "./queries";

interface Props {
  survivor: string;
  /** Whom to merge; picked here unless given. */
  merged?: string;
  onClose: () => void;
}

/** Merges somebody into a customer, after a look at what it would make. */
export function MergeDialog({ survivor, merged, onClose }: Props) {
  const { t } = useI18n();
  const [picked, setPicked] = useState(merged);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("merge.pick")}>
      {picked === undefined ? (
        <Picker survivor={survivor} onPick={setPicked} />
      ) : (
        <Preview survivor={survivor} merged={picked} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Picker({ survivor, onPick }: { survivor: string; onPick: (id: string) => void }) {
  const { t } = useI18n();
  const [q, setQ] = useState("");
  const { data, error, refetch } = useCustomers(q.trim());
  const found = data?.pages[0]?.items.filter(({ id }) => id !== survivor).slice(0, 8);
  return (
    <div className="flex flex-col gap-3">
      <TextField
        label={t("customers.search")}
        value={q}
        maxLength={200}
        onChange={(event) => setQ(event.target.value)}
      />
      {found === undefined && error !== null && (
        <Failure error={error} onRetry={() => void refetch()} />
      )}
      {found?.length === 0 && <p className="text-sm text-ink-3">{t("customers.none")}</p>}
      <ul className="flex flex-col gap-1">
        {found?.map((customer) => (
          <li key={customer.id}>
            <button
              type="button"
              onClick={() => onPick(customer.id)}
              className="flex w-full items-center gap-3 rounded-lg p-2 text-start hover:bg-hover"
            >
              <Avatar name={customer.name || t("customer.nameless")} seed={customer.id} size="sm" />
              <span className="min-w-0">
                <bdi className="block truncate text-sm font-medium">
                  {customer.name || t("customer.nameless")}
                </bdi>
                <bdi dir="ltr" className="block truncate text-2xs text-ink-3">
                  {customer.phone ?? customer.email}
                </bdi>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface PreviewProps {
  survivor: string;
  merged: string;
  onClose: () => void;
}

function Preview({ survivor, merged, onClose }: PreviewProps) {
  const { t } = useI18n();
  const { data: preview, error, refetch } = useMergePreview(merged, survivor);
  const { data: other } = useCustomer(merged);
  const { data: fields = [] } = useCustomerFields();
  const merge = useMerge(survivor);
  if (preview === undefined || other === undefined) {
    return error !== null ? (
      <Failure error={error} onRetry={() => void refetch()} />
    ) : (
      <span className="skeleton block h-40 rounded-2xl" />
    );
  }
  const label = (field: string): string => {
    const own = fields.find(({ key }) => field === `fields.${key}`);
    if (own !== undefined) return own.label;
    if (field === "phone") return t("customer.phone");
    if (field === "email") return t("customer.email");
    return field === "locale" ? t("customer.language") : t("customer.name");
  };
  const name = other.name || t("customer.nameless");
  const submit = () =>
    merge.mutate(merged, {
      onSuccess: () => {
        toast(t("merge.done", { name }));
        onClose();
      },
    });
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm">
        {t("merge.will", { name, into: preview.result.name || t("customer.nameless") })}{" "}
        {t("merge.conversations", { count: preview.conversations })}
      </p>
      {preview.conflicts.length > 0 && (
        <table className="w-full text-start text-sm">
          <caption className="mb-2 text-start text-xs text-ink-3">{t("merge.conflicts")}</caption>
          <thead>
            <tr className="text-xs text-ink-3">
              <th className="py-1 text-start font-medium">{t("merge.what")}</th>
              <th className="py-1 text-start font-medium">{t("merge.stays")}</th>
              <th className="py-1 text-start font-medium">{t("merge.goes")}</th>
            </tr>
          </thead>
          <tbody>
            {preview.conflicts.map((conflict) => (
              <tr key={conflict.field} className="border-t border-line align-top">
                <th className="py-1.5 pe-2 text-start font-normal text-ink-2">
                  <bdi>{label(conflict.field)}</bdi>
                </th>
                <td className="py-1.5 pe-2 break-words">
                  <bdi>{String(conflict.kept)}</bdi>
                </td>
                <td className="py-1.5 break-words text-ink-3">
                  <bdi>{String(conflict.other)}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="text-xs text-ink-3">{t("merge.undo_hint")}</p>
      <FormError error={merge.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t("action.cancel")}</Button>
        <Button look="primary" busy={merge.isPending} onClick={submit}>
          {t("merge.confirm")}
        </Button>
      </div>
    </div>
  );
}
