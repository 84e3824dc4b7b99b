import type { ChangeEvent } from "react";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { useIsSelected, useSelecting } from "./selection";

/** Over the picture of the customer: selects the row for acts on many. */
export function SelectBox({
  id,
  name,
  onToggle,
}: {
  id: string;
  name: string;
  onToggle: (range: boolean) => void;
}) {
  const { t } = useI18n();
  const selected = useIsSelected(id);
  const selecting = useSelecting();
  const toggle = (event: ChangeEvent<HTMLInputElement>) =>
    onToggle(event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey);
  return (
    <label
      className={cx(
        "absolute inset-y-0 start-2.5 z-1 my-auto flex size-9 cursor-pointer items-center justify-center rounded-full border border-line bg-raised transition-opacity group-hover:opacity-100 focus-within:opacity-100",
        !selecting && "opacity-0",
      )}
    >
      <input
        type="checkbox"
        checked={selected}
        onChange={toggle}
        aria-label={t("bulk.select", { name })}
        className="size-4 cursor-pointer accent-accent"
      />
    </label>
  );
}
