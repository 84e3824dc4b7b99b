import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { call } from "../../api/client";
import { keys } from "../../api/keys";
import type { Tenant } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { useFieldError } from "../../i18n/problem-text";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextAreaField } from "../../ui/field";
import { FormError } from "../../ui/states";
import { rootApi } from "./session";

interface Props {
  tenant: Tenant;
  act: "suspend" | "restore";
  onClose: () => void;
}

/** Suspends or restores a company, and asks why. */
export function ActDialog({ tenant, act, onClose }: Props) {
  const { t } = useI18n();
  const client = useQueryClient();
  const done = useMutation({
    mutationFn: (reason: string) => {
      const request = { params: { path: { id: tenant.id } }, body: { reason } };
      return act === "suspend"
        ? call(rootApi.POST("/api/v1/superadmin/tenants/{id}/suspend", request))
        : call(rootApi.POST("/api/v1/superadmin/tenants/{id}/restore", request));
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.tenants });
      onClose();
    },
  });
  const fieldError = useFieldError(done.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    done.mutate(String(new FormData(event.currentTarget).get("reason") ?? "").trim());
  };
  const suspends = act === "suspend";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={
        suspends
          ? t("superadmin.suspend_title", { name: tenant.name })
          : t("superadmin.restore_title", { name: tenant.name })
      }
      description={suspends ? t("superadmin.suspend_hint") : t("superadmin.restore_hint")}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextAreaField
          label={t("superadmin.reason")}
          hint={t("superadmin.reason_hint")}
          name="reason"
          error={fieldError("/reason")}
          rows={3}
          maxLength={500}
          required
        />
        <FormError error={done.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" look={suspends ? "danger" : "primary"} busy={done.isPending}>
            {suspends ? t("superadmin.suspend") : t("superadmin.restore")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
