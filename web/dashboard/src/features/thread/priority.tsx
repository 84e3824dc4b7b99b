import { ChevronsUp, ChevronUp, Equal, ChevronDown as Low } from "lucide-react";
import type { ReactElement } from "react";
import type { Priority } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";
import { Menu, MenuChoice } from "../../ui/menu";

const PRIORITIES = ["urgent", "high", "normal", "low"] as const satisfies readonly Priority[];

const MARKS = {
  urgent: { Icon: ChevronsUp, tone: "text-bad" },
  high: { Icon: ChevronUp, tone: "text-warn" },
  normal: { Icon: Equal, tone: "text-ink-3" },
  low: { Icon: Low, tone: "text-ink-3" },
};

/** A priority as a picture; named where nothing beside it says it. */
export function PriorityMark({ priority, named = false }: { priority: Priority; named?: boolean }) {
  const { t } = useI18n();
  const { Icon, tone } = MARKS[priority];
  const label = t(`priority.${priority}`);
  return (
    <Icon
      className={cx("size-3.5 shrink-0", tone)}
      {...(named ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    />
  );
}

interface Props {
  trigger: ReactElement;
  value: Priority | "";
  onChange: (priority: Priority) => void;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

export function PriorityMenu({ trigger, value, onChange, ...opening }: Props) {
  const { t } = useI18n();
  return (
    <Menu trigger={trigger} align="start" {...opening}>
      <MenuChoice<Priority | "">
        label={t("priority.label")}
        value={value}
        onChange={(next) => next !== "" && onChange(next)}
        choices={PRIORITIES.map((priority) => ({
          value: priority,
          label: t(`priority.${priority}`),
          icon: <PriorityMark priority={priority} />,
        }))}
      />
    </Menu>
  );
}
