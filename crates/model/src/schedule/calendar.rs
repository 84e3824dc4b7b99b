//! Whether somebody is there at a moment, and when somebody is there next.
//!
//! What counts is what the wall clock shows: in the hour that comes twice in autumn an interval holds twice, and one
//! that lies in the hour that spring leaves out never begins.

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use serde::Serialize;

use super::{Day, Interval, Schedule};
use crate::Timestamp;

/// Days that are looked through for the next opening.
const HORIZON: usize = 400;

/// A schedule, ready to be asked.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    week: [Vec<Interval>; 7],
    /// By their first day.
    holidays: Vec<(Day, Day, Vec<Interval>)>,
}

/// Whether somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Opening {
    pub open: bool,
    /// When somebody is there again, while nobody is; none where that is more than a year ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_open_at: Option<Timestamp>,
}

impl Opening {
    /// Always open.
    pub const ALWAYS: Self = Self {
        open: true,
        next_open_at: None,
    };
}

/// The zone of this name, as the IANA database writes it.
pub(super) fn zone(name: &str) -> Option<TimeZone> {
    let zone = TimeZoneDatabase::bundled().get(name).ok()?;
    (zone.iana_name() == Some(name)).then_some(zone)
}

impl Calendar {
    /// Of a schedule; `None` where its time zone is not known here.
    pub fn of(schedule: &Schedule) -> Option<Self> {
        let mut holidays: Vec<_> = (schedule.holidays.iter())
            .map(|holiday| (holiday.from, holiday.to, holiday.hours.clone()))
            .collect();
        holidays.sort_by_key(|(from, ..)| *from);
        Some(Self {
            zone: zone(&schedule.time_zone)?,
            week: schedule
                .week
                .days()
                .map(|(_, intervals)| intervals.to_vec()),
            holidays,
        })
    }

    /// Whether somebody is there, and if not, from when on.
    pub fn opening(&self, at: Timestamp) -> Opening {
        let open = self.open_at(at);
        Opening {
            open,
            next_open_at: if open { None } else { self.next_opening(at) },
        }
    }

    /// Whether somebody is there.
    pub fn open_at(&self, at: Timestamp) -> bool {
        moment(at).is_some_and(|at| self.open(at))
    }

    /// The first moment from `at` on at which somebody is there, if that is within a year or so.
    pub fn next_opening(&self, at: Timestamp) -> Option<Timestamp> {
        let now = moment(at)?;
        if self.open(now) {
            return Some(at);
        }
        let today = self.zone.to_datetime(now).date();
        // The day before: its night may be what the clock goes back into.
        let mut day = today.yesterday().ok()?;
        for _ in 0..HORIZON {
            let mut starts = self.starts_on(day);
            starts.sort_unstable();
            let found = starts.into_iter().find(|at| *at > now && self.open(*at));
            if let Some(found) = found {
                return Some(Timestamp::from_millis(found.as_millisecond()));
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    fn open(&self, at: jiff::Timestamp) -> bool {
        let shown = self.zone.to_datetime(at);
        let minute = minute_of(shown);
        let today = shown.date();
        self.minutes_of(today).any(|open| open.contains(&minute))
    }

    /// The minutes of a day at which somebody is there. A night that began the day before ends with that day where
    /// another rule begins: a holiday is a holiday from midnight on.
    fn minutes_of(&self, day: Date) -> impl Iterator<Item = Range<u16>> {
        const DAY: u16 = 24 * 60;
        let (intervals, holiday) = self.intervals_on(day);
        let began = intervals.iter().map(|interval| {
            let (from, to) = (interval.from.minutes(), interval.to.minutes());
            from..if to < from { DAY } else { to }
        });
        let eve = day.yesterday().ok().map(|eve| self.intervals_on(eve));
        let goes_on = eve.filter(|(_, of)| holiday.is_none() || *of == holiday);
        let (nights, _) = goes_on.unwrap_or_default();
        let nights = (nights.iter())
            .filter(|interval| interval.to < interval.from)
            .map(|interval| 0..interval.to.minutes());
        began.chain(nights)
    }

    /// The intervals that begin on a day, and which holiday it is.
    fn intervals_on(&self, day: Date) -> (&[Interval], Option<usize>) {
        let after = (self.holidays).partition_point(|(from, ..)| from.date() <= day);
        let holiday = after.checked_sub(1).filter(|at| {
            let (_, to, _) = &self.holidays[*at];
            day <= to.date()
        });
        match holiday {
            Some(at) => (&self.holidays[at].2, holiday),
            None => {
                let weekday = day.weekday().to_monday_zero_offset();
                (&self.week[usize::from(weekday.unsigned_abs())], None)
            }
        }
    }

    /// All moments of a day at which somebody may come: where intervals begin, at midnight, and where the clock was
    /// put forward or back.
    fn starts_on(&self, day: Date) -> Vec<jiff::Timestamp> {
        let mut found = Vec::new();
        for open in self.minutes_of(day) {
            let (hour, minute) = (open.start / 60, open.start % 60);
            let small = |n: u16| i8::try_from(n).unwrap_or(0);
            let begins = day.at(small(hour), small(minute), 0, 0);
            let begins = self.zone.to_ambiguous_timestamp(begins);
            match begins.offset() {
                AmbiguousOffset::Unambiguous { .. } => found.extend(begins.compatible()),
                // Both times that the clock shows it.
                AmbiguousOffset::Fold { .. } => {
                    found.extend(begins.earlier());
                    found.extend(begins.later());
                }
                // It never does: what is left of the interval begins where the clock was put forward.
                AmbiguousOffset::Gap { .. } => {}
            }
        }
        let midnight = self.zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0));
        if let Ok(midnight) = midnight.earlier() {
            let changes = self
                .zone
                .following(midnight)
                .map(|change| change.timestamp());
            let of_the_day =
                changes.take_while(|at| at.as_second() - midnight.as_second() < 26 * 3600);
            found.extend(of_the_day);
        }
        found
    }
}

fn minute_of(shown: DateTime) -> u16 {
    let (hour, minute) = (shown.hour(), shown.minute());
    u16::from(hour.unsigned_abs()) * 60 + u16::from(minute.unsigned_abs())
}

fn moment(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(at.millis()).ok()
}

#[cfg(test)]
mod tests;
