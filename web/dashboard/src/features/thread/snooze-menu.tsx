import { AlarmClock, CalendarClock, Moon, Sunrise } from "lucide-react";
import { type FormEvent, type ReactElement, useState } from "react";
import { useI18n } from "../../i18n/i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Menu, MenuItem, MenuLine } from "../../ui/menu";
import { localField, snoozeTimes } from "./snooze-times";

/** As far ahead as the server lets a conversation sleep. */
const DAYS_MOST = 365;

interface Props {
  trigger: ReactElement;
  onSnooze: (until: Date) => void;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** Puts a conversation off until a time. */
export function SnoozeMenu({ trigger, onSnooze, ...opening }: Props) {
  const { t, fmt } = useI18n();
  const [picking, setPicking] = useState(false);
  const times = snoozeTimes(new Date());
  const line = (key: Parameters<typeof t>[0], at: Date) =>
    `${t(key)} · ${fmt.moment(at.toISOString())}`;
  return (
    <>
      <Menu trigger={trigger} align="start" {...opening}>
        {times.laterToday !== null && (
          <MenuItem icon={<Moon />} onSelect={() => onSnooze(times.laterToday ?? times.tomorrow)}>
            {line("snooze.later_today", times.laterToday)}
          </MenuItem>
        )}
        <MenuItem icon={<Sunrise />} onSelect={() => onSnooze(times.tomorrow)}>
          {line("snooze.tomorrow", times.tomorrow)}
        </MenuItem>
        <MenuItem icon={<CalendarClock />} onSelect={() => onSnooze(times.nextWeek)}>
          {line("snooze.next_week", times.nextWeek)}
        </MenuItem>
        <MenuLine />
        <MenuItem icon={<AlarmClock />} onSelect={() => setPicking(true)}>
          {t("snooze.pick")}
        </MenuItem>
      </Menu>
      {picking && (
        <PickDialog
          start={times.tomorrow}
          onClose={() => setPicking(false)}
          onPick={(until) => {
            setPicking(false);
            onSnooze(until);
          }}
        />
      )}
    </>
  );
}

function PickDialog({
  start,
  onPick,
  onClose,
}: {
  start: Date;
  onPick: (until: Date) => void;
  onClose: () => void;
}) {
  const { t } = useI18n();
  const now = new Date();
  const last = new Date(now.getFullYear(), now.getMonth(), now.getDate() + DAYS_MOST);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const at = new Date(String(new FormData(event.currentTarget).get("until")));
    if (at.getTime() > Date.now()) onPick(at);
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("snooze.pick_title")}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t("snooze.until")}
          hint={t("snooze.zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}
          type="datetime-local"
          name="until"
          dir="ltr"
          required
          min={localField(new Date(now.getTime() + 60_000))}
          max={localField(last)}
          defaultValue={localField(start)}
        />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button type="submit" look="primary">
            {t("snooze.confirm")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
