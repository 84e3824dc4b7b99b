import { Plus, Trash2 } from "lucide-react";
import type { Holiday } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { IconButton } from "../../ui/icon-button";
import { IntervalList } from "./interval-list";

/** As many as the server takes. */
const MOST = 100;

interface Props {
  holidays: readonly Holiday[];
  onChange: (holidays: Holiday[]) => void;
  blames: (pointer: string) => boolean;
}

/** Days on which the week does not count: closed, or open at other hours. */
export function HolidayList({ holidays, onChange, blames }: Props) {
  const { t } = useI18n();
  const change = (place: number, part: Partial<Holiday>) =>
    onChange(holidays.map((one, at) => (at === place ? { ...one, ...part } : one)));
  const wrong = (pointer: string) => (blames(pointer) ? t("error.field") : undefined);
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="mb-2 text-sm font-medium">{t("hours.holidays")}</legend>
      <p className="-mt-2 text-xs text-ink-3">{t("hours.holidays_hint")}</p>
      {holidays.map((holiday, place) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: a holiday is its place
          key={place}
          className="flex flex-col gap-3 rounded-xl border border-line p-3"
        >
          <div className="flex items-end gap-2">
            <div className="grid min-w-0 flex-1 gap-3 sm:grid-cols-3">
              <TextField
                label={t("hours.holiday_name")}
                error={wrong(`/holidays/${place}/name`)}
                maxLength={80}
                required
                value={holiday.name}
                onChange={({ target }) => change(place, { name: target.value })}
              />
              <DateField
                label={t("hours.holiday_from")}
                error={wrong(`/holidays/${place}/from`)}
                value={holiday.from}
                onChange={(from) =>
                  change(place, { from, to: holiday.to < from ? from : holiday.to })
                }
              />
              <DateField
                label={t("hours.holiday_to")}
                error={wrong(`/holidays/${place}/to`)}
                min={holiday.from}
                value={holiday.to}
                onChange={(to) => change(place, { to })}
              />
            </div>
            <IconButton
              label={t("hours.remove_holiday", { name: holiday.name })}
              onClick={() => onChange(holidays.filter((_, at) => at !== place))}
            >
              <Trash2 />
            </IconButton>
          </div>
          <div className="flex flex-wrap items-start gap-x-4">
            <span className="flex h-9 items-center text-sm text-ink-2 max-md:h-11">
              {t("hours.holiday_hours")}
            </span>
            <IntervalList
              of={holiday.name}
              intervals={holiday.hours ?? []}
              onChange={(hours) => change(place, { hours })}
              isWrong={(at) => blames(`/holidays/${place}/hours/${at}`)}
            />
          </div>
        </div>
      ))}
      {holidays.length < MOST && (
        <Button
          icon={<Plus className="size-4" />}
          className="self-start"
          onClick={() => onChange([...holidays, dayAfter(holidays)])}
        >
          {t("hours.add_holiday")}
        </Button>
      )}
    </fieldset>
  );
}

interface DateProps {
  label: string;
  error: string | undefined;
  value: string;
  min?: string;
  onChange: (value: string) => void;
}

function DateField({ onChange, ...rest }: DateProps) {
  return (
    <TextField
      {...rest}
      type="date"
      required
      // While it is half typed it has no value.
      onChange={({ target }) => target.value !== "" && onChange(target.value)}
    />
  );
}

/** Today, or the day after the last one of the list: no two may share a day. */
function dayAfter(holidays: readonly Holiday[]): Holiday {
  const day = new Date();
  const last = holidays
    .map(({ to }) => to)
    .sort()
    .at(-1);
  const today = iso(day);
  if (last !== undefined && last >= today) {
    day.setTime(Date.parse(`${last}T12:00:00`));
    day.setDate(day.getDate() + 1);
  }
  return { name: "", from: iso(day), to: iso(day), hours: [] };
}

function iso(day: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
