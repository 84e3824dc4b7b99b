import { Plus, X } from "lucide-react";
import type { Interval } from "../../api/types";
import { useI18n } from "../../i18n/i18n";
import { IconButton } from "../../ui/icon-button";

/** As many as the server takes. */
const MOST = 10;

const TIME =
  "h-9 rounded-lg border border-line-strong/55 bg-surface px-2 text-base text-ink hover:border-line-strong focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-bad disabled:opacity-60 max-md:h-11";

interface Props {
  /** Whose intervals they are: a day, or a holiday. */
  of: string;
  intervals: readonly Interval[];
  onChange: (intervals: Interval[]) => void;
  /** Whether the server found fault with the interval at this place. */
  isWrong: (place: number) => boolean;
}

/** The hours of a day; none is closed. */
export function IntervalList({ of, intervals, onChange, isWrong }: Props) {
  const { t } = useI18n();
  const next = following(intervals);
  const change = (place: number, part: Partial<Interval>) =>
    onChange(intervals.map((one, at) => (at === place ? { ...one, ...part } : one)));
  return (
    <div className="flex min-w-0 flex-wrap items-start gap-x-2">
      <div className="flex min-w-0 flex-col gap-2">
        {intervals.length === 0 && (
          <span className="flex h-9 items-center text-sm text-ink-3 max-md:h-11">
            {t("hours.closed")}
          </span>
        )}
        {intervals.map((interval, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an interval is its place
          <div key={place} className="flex min-w-0 flex-col gap-1">
            <div className="flex flex-wrap items-center gap-1.5">
              <TimeInput
                label={t("hours.from", { day: of })}
                value={interval.from}
                wrong={isWrong(place)}
                onChange={(from) => change(place, { from })}
              />
              <span aria-hidden="true" className="text-ink-3">
                –
              </span>
              <TimeInput
                label={t("hours.to", { day: of })}
                // The end of the day is where the next one begins.
                value={interval.to === "24:00" ? "00:00" : interval.to}
                wrong={isWrong(place)}
                onChange={(to) => change(place, { to: to === "00:00" ? "24:00" : to })}
              />
              <IconButton
                className="max-md:size-11"
                label={t("hours.remove_interval", { day: of, from: interval.from })}
                onClick={() => onChange(intervals.filter((_, at) => at !== place))}
              >
                <X />
              </IconButton>
              {interval.to < interval.from && (
                <span className="text-xs text-ink-3">{t("hours.next_day")}</span>
              )}
            </div>
            {isWrong(place) && <p className="text-xs text-bad">{t("hours.bad_interval")}</p>}
          </div>
        ))}
      </div>
      {next !== null && intervals.length < MOST && (
        <IconButton
          className="max-md:size-11"
          label={t("hours.add_interval", { day: of })}
          onClick={() => onChange([...intervals, next])}
        >
          <Plus />
        </IconButton>
      )}
    </div>
  );
}

interface TimeProps {
  label: string;
  value: string;
  wrong: boolean;
  onChange: (value: string) => void;
}

function TimeInput({ label, value, wrong, onChange }: TimeProps) {
  return (
    <input
      type="time"
      aria-label={label}
      aria-invalid={wrong || undefined}
      value={value}
      dir="ltr"
      required
      className={TIME}
      // While it is half typed it has no value.
      onChange={({ target }) => target.value !== "" && onChange(target.value.slice(0, 5))}
    />
  );
}

/** What one more interval would be: an hour after the last one; nothing where the day is full. */
function following(intervals: readonly Interval[]): Interval | null {
  const last = intervals.at(-1);
  if (last === undefined) return { from: "09:00", to: "18:00" };
  if (last.to < last.from || last.to >= "22:00") return null;
  const at = (hours: number) =>
    `${String(Number(last.to.slice(0, 2)) + hours).padStart(2, "0")}${last.to.slice(2)}`;
  return { from: at(1), to: at(2) };
}
