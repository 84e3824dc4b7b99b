import { useI18n } from "../../i18n/i18n";

const ROWS = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** The list's shape while it is fetched. */
export function ListSkeleton() {
  const { t } = useI18n();
  return (
    <div role="status" aria-label={t("state.loading")} className="flex flex-col gap-1 p-2">
      {ROWS.map((row) => (
        <div key={row} className="flex h-[4.25rem] items-center gap-3 px-2">
          <span className="skeleton size-9 rounded-full" />
          <span className="flex flex-1 flex-col gap-2">
            <span className="skeleton h-3 w-2/5" />
            <span className="skeleton h-3 w-4/5" />
          </span>
        </div>
      ))}
    </div>
  );
}
