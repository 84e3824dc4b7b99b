/** When a conversation may come back, by the clock of the person at the screen. */
export interface SnoozeTimes {
  /** In three hours, on a half hour; missing when that is tomorrow. */
  laterToday: Date | null;
  tomorrow: Date;
  /** Next Monday. */
  nextWeek: Date;
}

const HALF_HOUR = 30 * 60_000;
const LATER = 3 * 60 * 60_000;
/** The hour at which a morning begins. */
const MORNING = 9;

export function snoozeTimes(now: Date): SnoozeTimes {
  const later = new Date(Math.ceil((now.getTime() + LATER) / HALF_HOUR) * HALF_HOUR);
  // Sunday is 0, and its next Monday is tomorrow; a Monday's is in a week.
  const days = (8 - now.getDay()) % 7 || 7;
  return {
    laterToday: later.getDate() === now.getDate() ? later : null,
    tomorrow: morning(now, 1),
    nextWeek: morning(now, days),
  };
}

function morning(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
}

/** A moment as a field for local time takes it. */
export function localField(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
