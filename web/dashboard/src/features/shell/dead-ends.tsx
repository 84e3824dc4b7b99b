import { Link } from "@tanstack/react-router";
import { Bug, MapPinOff } from "lucide-react";
import { useI18n } from "../../i18n/i18n";
import { Button } from "../../ui/button";
import { Empty } from "../../ui/states";
import { DEFAULT_FILTER } from "../inbox/filter";

export function NotFoundPage() {
  const { t } = useI18n();
  return (
    <main className="h-full">
      <Empty icon={<MapPinOff />} title={t("not_found.title")} hint={t("not_found.hint")}>
        <Link
          to="/inbox"
          search={DEFAULT_FILTER}
          className="text-sm font-medium text-accent-ink underline underline-offset-4"
        >
          {t("not_found.to_inbox")}
        </Link>
      </Empty>
    </main>
  );
}

/** A fault of ours: the page says so instead of turning white. */
export function CrashPage() {
  const { t } = useI18n();
  return (
    <div role="alert" className="h-full">
      <Empty icon={<Bug />} title={t("crash.title")} hint={t("crash.hint")}>
        <Button look="primary" onClick={() => location.reload()}>
          {t("crash.reload")}
        </Button>
      </Empty>
    </div>
  );
}
