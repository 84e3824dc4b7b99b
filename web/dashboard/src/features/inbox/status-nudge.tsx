import { useI18n } from "../../i18n/i18n";
import { useUser } from "../../session/session";
import { Button } from "../../ui/button";
import { useOwnStatus } from "../shell/own-status";

/** An operator who was away for a while gets nothing new until he says that he is back; this reminds him. */
export function StatusNudge() {
  const { t } = useI18n();
  const { role } = useUser();
  const { status, setStatus } = useOwnStatus();
  if (role !== "operator" || status === undefined || status === "online") return null;
  return (
    <div
      role="status"
      className="mx-3 mb-2.5 flex items-center gap-2 rounded-lg bg-warn-soft py-1.5 ps-3 pe-1.5 text-xs text-warn"
    >
      <p className="min-w-0 flex-1">{t(`status_nudge.${status}`)}</p>
      <Button size="sm" onClick={() => setStatus("online")}>
        {t("status_nudge.go_online")}
      </Button>
    </div>
  );
}
