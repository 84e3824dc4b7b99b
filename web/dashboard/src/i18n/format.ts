const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Numbers, times and sizes as people of one language write them. */
export interface Formatters {
  number(value: number): string;
  /** `14:05` */
  time(at: string): string;
  /** `14 November 2026, 14:05` */
  dateTime(at: string): string;
  /** `Mon, 23 Nov, 09:00` */
  moment(at: string): string;
  /** For lists: how long ago, short. */
  ago(at: string, now: number): string;
  /** `Today`, `Yesterday`, `Monday`, `14 November`. */
  day(at: string, now: number): string;
  bytes(size: number): string;
  list(words: readonly string[]): string;
}

export function formatters(locale: string): Formatters {
  const number = new Intl.NumberFormat(locale);
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  const moment = new Intl.DateTimeFormat(locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  const dayMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const dayMonthLong = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long" });
  const dayMonthYear = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "long",
    year: "numeric",
  });
  const shortYear = new Intl.DateTimeFormat(locale, { dateStyle: "short" });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
  const weekdayLong = new Intl.DateTimeFormat(locale, { weekday: "long" });
  const minutes = new Intl.NumberFormat(locale, {
    style: "unit",
    unit: "minute",
    unitDisplay: "short",
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const relativeDay = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });

  return {
    number: (value) => number.format(value),
    time: (at) => time.format(new Date(at)),
    moment: (at) => moment.format(new Date(at)),
    dateTime: (at) => dateTime.format(new Date(at)),
    list: (words) => list.format(words),
    ago(at, now) {
      const then = new Date(at);
      const passed = Math.max(0, now - then.getTime());
      if (passed < MINUTE) return relative.format(0, "second");
      if (passed < HOUR) return minutes.format(Math.floor(passed / MINUTE));
      const days = daysBetween(then, now);
      if (days === 0) return time.format(then);
      if (days < 7) return weekday.format(then);
      return sameYear(then, now) ? dayMonth.format(then) : shortYear.format(then);
    },
    day(at, now) {
      const then = new Date(at);
      const days = daysBetween(then, now);
      if (days < 2) return capital(relativeDay.format(-Math.max(days, 0), "day"), locale);
      if (days < 7) return capital(weekdayLong.format(then), locale);
      return sameYear(then, now) ? dayMonthLong.format(then) : dayMonthYear.format(then);
    },
    bytes(size) {
      const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
      let rest = size;
      let step = 0;
      while (rest >= 1000 && step < units.length - 1) {
        rest /= 1000;
        step += 1;
      }
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit: units[step] ?? "byte",
        unitDisplay: "short",
        maximumFractionDigits: rest < 10 && step > 0 ? 1 : 0,
      }).format(rest);
    },
  };
}

/** Midnights between two moments, where this computer is. */
function daysBetween(then: Date, now: number): number {
  const today = new Date(now);
  const from = Date.UTC(then.getFullYear(), then.getMonth(), then.getDate());
  const to = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate());
  return Math.round((to - from) / DAY);
}

function sameYear(then: Date, now: number): boolean {
  return then.getFullYear() === new Date(now).getFullYear();
}

function capital(text: string, locale: string): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}
