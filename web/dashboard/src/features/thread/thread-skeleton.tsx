import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";

const BUBBLES = [
  { id: "a", out: false, wide: true },
  { id: "b", out: false, wide: false },
  { id: "c", out: true, wide: true },
  { id: "d", out: false, wide: true },
  { id: "e", out: true, wide: false },
];

export function ThreadSkeleton() {
  const { t } = useI18n();
  return (
    <div
      role="status"
      aria-label={t("state.loading")}
      className="flex min-h-0 flex-1 flex-col justify-end gap-3 p-5"
    >
      {BUBBLES.map(({ id, out, wide }) => (
        <span
          key={id}
          className={cx("skeleton h-11 rounded-2xl", wide ? "w-3/5" : "w-2/5", out && "self-end")}
        />
      ))}
    </div>
  );
}
