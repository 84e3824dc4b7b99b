import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import type { Mode } from "./mode";

/** Whether the customer or the team will read it. */
export function ModeTabs({ mode, onMode }: { mode: Mode; onMode: (mode: Mode) => void }) {
  const { t } = useI18n();
  return (
    <fieldset aria-label={t("composer.mode")} className="flex gap-1 px-2 pt-1.5">
      {(["reply", "note"] as const).map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={mode === one}
          onClick={() => onMode(one)}
          className={cx(
            "rounded-md px-2 py-0.5 text-xs font-medium transition-colors max-md:py-1.5",
            mode === one
              ? "text-ink underline decoration-2 underline-offset-4"
              : "text-ink-2 hover:bg-hover",
          )}
        >
          {t(`composer.mode.${one}`)}
        </button>
      ))}
    </fieldset>
  );
}
