import { useState } from "react";
import type { Tenant } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { ActDialog } from "./act-dialog";

export function TenantCard({ tenant }: { tenant: Tenant }) {
  const { t, fmt } = useI18n();
  const [acting, setActing] = useState(false);
  const suspended = tenant.suspended_at ?? null;
  const act = suspended === null ? "suspend" : "restore";
  return (
    <article
      aria-label={tenant.name}
      className="flex flex-col gap-3 rounded-2xl border border-line p-4 shadow-card"
    >
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-32 flex-1">
          <h3 className="truncate font-medium">
            <bdi>{tenant.name}</bdi>
          </h3>
          <p className="truncate font-mono text-xs text-ink-3">
            <bdi dir="ltr">{tenant.slug}</bdi>
          </p>
        </div>
        {suspended === null ? (
          <Badge tone="good">{t("superadmin.works")}</Badge>
        ) : (
          <Badge tone="bad">{t("superadmin.suspended")}</Badge>
        )}
        <Button size="sm" onClick={() => setActing(true)}>
          {act === "suspend" ? t("superadmin.suspend") : t("superadmin.restore")}
        </Button>
      </div>
      <p className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-ink-3">
        <span>{t("superadmin.people", { count: tenant.people })}</span>
        <span>{t("superadmin.channels", { count: tenant.channels })}</span>
        <span>{t("superadmin.conversations", { count: tenant.conversations })}</span>
        <span>{t("superadmin.since", { at: fmt.dateTime(tenant.created_at) })}</span>
      </p>
      {suspended !== null && (
        <p className="rounded-lg bg-bad-soft p-3 text-sm text-bad">
          {t("superadmin.suspended_since", { at: fmt.dateTime(suspended) })}{" "}
          <bdi>{tenant.suspended_reason}</bdi>
        </p>
      )}
      {acting && <ActDialog tenant={tenant} act={act} onClose={() => setActing(false)} />}
    </article>
  );
}
