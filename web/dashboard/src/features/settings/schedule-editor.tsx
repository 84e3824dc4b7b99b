import { Copy } from "lucide-react";
import { useId } from "react";
import { toApiError } from "../../api/problem";
import type { Schedule, Week } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { TextField } from "../../ui/field";
import { IconButton } from "../../ui/icon-button";
import { HolidayList } from "./holiday-list";
import { usePreview } from "./hours-actions";
import { IntervalList } from "./interval-list";

const DAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const satisfies readonly (keyof Week)[];

interface Props {
  value: Schedule;
  onChange: (schedule: Schedule) => void;
}

/** A time zone, a week and its exceptions, and what they make of this very moment. */
export function ScheduleEditor({ value, onChange }: Props) {
  const { t, locale } = useI18n();
  const { error } = usePreview(value);
  const blames = (pointer: string) =>
    error !== null &&
    (toApiError(error).fields?.some((field) => within(field.pointer, pointer)) ?? false);
  const setDay = (day: keyof Week, intervals: Week[keyof Week]) =>
    onChange({ ...value, week: { ...value.week, [day]: intervals } });
  const name = new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" });
  return (
    <div className="flex flex-col gap-6">
      <Preview schedule={value} />
      <ZoneField
        value={value.time_zone}
        wrong={blames("/time_zone")}
        onChange={(time_zone) => onChange({ ...value, time_zone })}
      />
      <fieldset className="min-w-0">
        <legend className="mb-2 text-sm font-medium">{t("hours.week")}</legend>
        <ul className="divide-y divide-line rounded-xl border border-line">
          {DAYS.map((day, place) => {
            // The first of January 2024 was a Monday.
            const label = name.format(Date.UTC(2024, 0, place + 1));
            return (
              <li key={day} className="flex flex-wrap items-start gap-x-4 gap-y-1 px-3 py-2">
                <span className="flex h-9 w-32 shrink-0 items-center text-sm capitalize max-md:h-11">
                  {label}
                </span>
                <IntervalList
                  of={label}
                  intervals={value.week[day] ?? []}
                  onChange={(intervals) => setDay(day, intervals)}
                  isWrong={(at) => blames(`/week/${day}/${at}`)}
                />
                {day === "monday" && (
                  <IconButton
                    label={t("hours.copy")}
                    className="ms-auto max-md:size-11"
                    onClick={() => onChange({ ...value, week: copied(value.week) })}
                  >
                    <Copy />
                  </IconButton>
                )}
              </li>
            );
          })}
        </ul>
      </fieldset>
      <HolidayList
        holidays={value.holidays ?? []}
        onChange={(holidays) => onChange({ ...value, holidays })}
        blames={blames}
      />
    </div>
  );
}

const within = (pointer: string, whole: string) =>
  pointer === whole || pointer.startsWith(`${whole}/`);

/** Monday's hours on all working days. */
function copied(week: Week): Week {
  const monday = week.monday ?? [];
  return { ...week, tuesday: monday, wednesday: monday, thursday: monday, friday: monday };
}

/** A list to search in by typing; whatever else the server knows can be typed as well. */
function ZoneField({
  value,
  wrong,
  onChange,
}: {
  value: string;
  wrong: boolean;
  onChange: (zone: string) => void;
}) {
  const { t } = useI18n();
  const list = useId();
  return (
    <div className="max-w-sm">
      <TextField
        label={t("hours.zone")}
        hint={t("hours.zone_hint")}
        error={wrong ? t("hours.bad_zone") : undefined}
        list={list}
        dir="ltr"
        spellCheck={false}
        autoComplete="off"
        required
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      <datalist id={list}>
        {["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </div>
  );
}

function Preview({ schedule }: { schedule: Schedule }) {
  const { t, locale } = useI18n();
  const { data, error } = usePreview(schedule);
  const opens = data?.next_open_at;
  const text =
    error !== null
      ? t("hours.problem")
      : data === undefined
        ? t("state.loading")
        : data.open
          ? t("hours.open_now")
          : opens
            ? t("hours.closed_now", { time: momentIn(locale, opens, schedule.time_zone) })
            : t("hours.closed_long");
  const look = error !== null ? "bg-bad-solid" : data?.open ? "bg-good" : "bg-line-strong";
  return (
    <p role="status" className="flex items-center gap-2 rounded-xl bg-sunken px-3 py-2 text-sm">
      <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${look}`} />
      <span className="min-w-0">{text}</span>
    </p>
  );
}

/** `Monday, 23 November at 09:00` where the schedule is. */
function momentIn(locale: string, at: string, timeZone: string): string {
  const options = { weekday: "long", day: "numeric", month: "long" } as const;
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  try {
    return new Intl.DateTimeFormat(locale, { ...options, ...time, timeZone }).format(new Date(at));
  } catch {
    // The server knows a zone that this browser does not.
    return new Intl.DateTimeFormat(locale, { ...options, ...time }).format(new Date(at));
  }
}
