import { Check, CheckCheck, CircleAlert, CircleHelp, Clock } from "lucide-react";
import type { MessageStatus } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { cx } from "../../lib/cx";

const MARKS: Record<MessageStatus, { icon: typeof Check; look?: string }> = {
  queued: { icon: Clock },
  sending: { icon: Clock },
  sent: { icon: Check },
  delivered: { icon: CheckCheck },
  read: { icon: CheckCheck, look: "text-accent-ink" },
  failed: { icon: CircleAlert, look: "text-bad" },
  unknown: { icon: CircleHelp, look: "text-warn" },
};

/** How far a message has come. */
export function DeliveryMark({ status }: { status: MessageStatus }) {
  const { t } = useI18n();
  const { icon: Icon, look } = MARKS[status];
  return (
    <span
      data-delivery={status}
      title={t(`delivery.${status}`)}
      className={cx("inline-flex", look)}
    >
      <Icon className="size-3.5" aria-hidden="true" />
      <span className="sr-only">{t(`delivery.${status}`)}</span>
    </span>
  );
}
