//! What is wrong with a schedule that somebody sent.

use super::calendar::zone;
use super::{Holiday, Interval, Schedule};
use crate::{FieldError, limits};

/// Minutes of a day and of a week.
const DAY: u32 = 24 * 60;
const WEEK: u32 = 7 * DAY;

impl Schedule {
    /// Everything that is wrong with it, with pointers from `at` on.
    pub fn problems(&self, at: &str) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        if zone(&self.time_zone).is_none() {
            let detail = "a time zone of the IANA database, such as Europe/Moscow";
            wrong.push(FieldError::new(
                format!("{at}/time_zone"),
                "unknown_zone",
                detail,
            ));
        }
        let before = wrong.len();
        let days = self.week.days();
        for (name, intervals) in days {
            check_day(intervals, &format!("{at}/week/{name}"), &mut wrong);
        }
        if wrong.len() == before {
            let spans = (0..).step_by(DAY as usize).zip(days);
            let spans = spans.flat_map(|(start, (name, intervals))| {
                let place = move |index| format!("{at}/week/{name}/{index}");
                spans_of(intervals, start)
                    .enumerate()
                    .map(move |(index, span)| (span, place(index)))
            });
            refuse_overlaps(spans.collect(), WEEK, &mut wrong);
        }
        check_holidays(&self.holidays, &format!("{at}/holidays"), &mut wrong);
        wrong
    }
}

fn check_day(intervals: &[Interval], at: &str, wrong: &mut Vec<FieldError>) {
    if intervals.len() > limits::INTERVALS {
        let detail = format!("at most {}", limits::INTERVALS);
        wrong.push(FieldError::new(at, "too_many", detail));
        return;
    }
    for (index, interval) in intervals.iter().enumerate() {
        // The end of a day is where the next one begins, where nothing of this day is left.
        if interval.from == interval.to || u32::from(interval.from.minutes()) == DAY {
            let detail = "it must end at another time than it begins";
            wrong.push(FieldError::new(format!("{at}/{index}"), "empty", detail));
        }
    }
}

/// Where intervals begin and end, in minutes from `start`; an end may lie on the next day.
fn spans_of(intervals: &[Interval], start: u32) -> impl Iterator<Item = (u32, u32)> {
    intervals.iter().map(move |interval| {
        let (from, to) = (
            u32::from(interval.from.minutes()),
            u32::from(interval.to.minutes()),
        );
        let to = if to < from { to + DAY } else { to };
        (start + from, start + to)
    })
}

/// Refuses whatever begins before another one has ended; after `turn` minutes all begins anew.
fn refuse_overlaps(mut spans: Vec<((u32, u32), String)>, turn: u32, wrong: &mut Vec<FieldError>) {
    spans.sort();
    let last_end = spans.iter().map(|((_, to), _)| *to).max().unwrap_or(0);
    let mut end = last_end.saturating_sub(turn);
    for ((from, to), pointer) in spans {
        if from < end {
            let detail = "begins before another interval has ended";
            wrong.push(FieldError::new(pointer, "overlaps", detail));
        }
        end = end.max(to);
    }
}

fn check_holidays(holidays: &[Holiday], at: &str, wrong: &mut Vec<FieldError>) {
    if holidays.len() > limits::HOLIDAYS {
        let detail = format!("at most {}", limits::HOLIDAYS);
        wrong.push(FieldError::new(at, "too_many", detail));
        return;
    }
    let mut sorted: Vec<_> = holidays.iter().enumerate().collect();
    sorted.sort_by_key(|(_, holiday)| holiday.from);
    let mut taken_to = None;
    for (index, holiday) in sorted {
        let at = format!("{at}/{index}");
        let name = holiday.name.trim();
        let length = name.chars().count();
        if length == 0 || length > limits::HOLIDAY_NAME || name.chars().any(char::is_control) {
            let detail = format!("1 to {} characters in one line", limits::HOLIDAY_NAME);
            wrong.push(FieldError::new(format!("{at}/name"), "invalid", detail));
        }
        let days = holiday.from.days_to(holiday.to);
        if !(1..=limits::HOLIDAY_DAYS).contains(&days) {
            let detail = format!(
                "from the first day on, {} days at most",
                limits::HOLIDAY_DAYS
            );
            wrong.push(FieldError::new(format!("{at}/to"), "out_of_range", detail));
        }
        if taken_to.is_some_and(|taken| holiday.from <= taken) {
            let detail = "this day belongs to another holiday";
            wrong.push(FieldError::new(format!("{at}/from"), "overlaps", detail));
        }
        taken_to = taken_to.max(Some(holiday.to));
        let before = wrong.len();
        let hours = format!("{at}/hours");
        check_day(&holiday.hours, &hours, wrong);
        if wrong.len() == before {
            let spans = spans_of(&holiday.hours, 0).enumerate();
            let spans = spans.map(|(index, span)| (span, format!("{hours}/{index}")));
            refuse_overlaps(spans.collect(), 2 * DAY, wrong);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Week;

    fn schedule(json: &str) -> Schedule {
        serde_json::from_str(json).unwrap()
    }

    fn told(json: &str) -> Vec<(String, String)> {
        let problems = schedule(json).problems("/schedule");
        let told = problems.into_iter();
        told.map(|problem| (problem.pointer, problem.code))
            .collect()
    }

    fn week(days: &str) -> Vec<(String, String)> {
        told(&format!(r#"{{"time_zone":"UTC","week":{{{days}}}}}"#))
    }

    fn holidays(list: &str) -> Vec<(String, String)> {
        told(&format!(
            r#"{{"time_zone":"UTC","week":{{}},"holidays":[{list}]}}"#
        ))
    }

    fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
        vec![(format!("/schedule/{pointer}"), code.to_owned())]
    }

    #[test]
    fn good_schedules_are_taken() {
        assert!(Schedule::default().problems("").is_empty());
        assert!(
            week(r#""monday":[{"from":"09:00","to":"12:00"},{"from":"12:00","to":"18:00"}]"#)
                .is_empty()
        );
        // Round the clock from Sunday evening to Monday morning, and all day.
        assert!(
            week(
                r#""sunday":[{"from":"22:00","to":"06:00"}],"monday":[{"from":"06:00","to":"24:00"}]"#
            )
            .is_empty()
        );
        for zone in ["Europe/Moscow", "Asia/Kolkata", "America/New_York", "UTC"] {
            let zoned = Schedule {
                time_zone: zone.to_owned(),
                week: Week::default(),
                holidays: Vec::new(),
            };
            assert!(zoned.problems("").is_empty(), "{zone}");
        }
    }

    #[test]
    fn zones_are_those_of_the_database() {
        for zone in [
            "Mars/Olympus",
            "",
            "MSK+3",
            "../etc/passwd",
            "europe/moscow",
        ] {
            let json = format!(r#"{{"time_zone":"{zone}","week":{{}}}}"#);
            assert_eq!(told(&json), one("time_zone", "unknown_zone"), "{zone}");
        }
    }

    #[test]
    fn intervals_do_not_overlap_even_over_midnight() {
        assert_eq!(
            week(r#""monday":[{"from":"09:00","to":"12:00"},{"from":"11:59","to":"18:00"}]"#),
            one("week/monday/1", "overlaps")
        );
        assert_eq!(
            week(
                r#""sunday":[{"from":"22:00","to":"06:00"}],"monday":[{"from":"05:59","to":"07:00"}]"#
            ),
            one("week/monday/0", "overlaps")
        );
        assert_eq!(
            week(r#""friday":[{"from":"09:00","to":"09:00"}]"#),
            one("week/friday/0", "empty")
        );
        assert_eq!(
            week(r#""friday":[{"from":"24:00","to":"03:00"}]"#),
            one("week/friday/0", "empty")
        );
        let many = [r#"{"from":"09:00","to":"09:01"}"#; 11].join(",");
        assert_eq!(
            week(&format!(r#""friday":[{many}]"#)),
            one("week/friday", "too_many")
        );
    }

    #[test]
    fn holidays_are_told_apart() {
        assert!(
            holidays(
                r#"{"name":"a","from":"2027-01-01","to":"2027-01-08"},
                   {"name":"b","from":"2027-01-09","to":"2027-01-09","hours":[{"from":"10:00","to":"14:00"}]}"#
            )
            .is_empty()
        );
        assert_eq!(
            holidays(
                r#"{"name":"a","from":"2027-01-08","to":"2027-01-08"},
                   {"name":"b","from":"2027-01-01","to":"2027-01-08"}"#
            ),
            one("holidays/0/from", "overlaps")
        );
        assert_eq!(
            holidays(r#"{"name":"a","from":"2027-01-08","to":"2027-01-07"}"#),
            one("holidays/0/to", "out_of_range")
        );
        assert_eq!(
            holidays(r#"{"name":"a","from":"2027-01-01","to":"2028-01-02"}"#),
            one("holidays/0/to", "out_of_range")
        );
        assert_eq!(
            holidays(r#"{"name":" ","from":"2027-01-01","to":"2027-01-01"}"#),
            one("holidays/0/name", "invalid")
        );
        assert_eq!(
            holidays(
                r#"{"name":"a","from":"2027-01-01","to":"2027-01-01",
                    "hours":[{"from":"10:00","to":"14:00"},{"from":"13:00","to":"15:00"}]}"#
            ),
            one("holidays/0/hours/1", "overlaps")
        );
        let many: Vec<String> = (0..=limits::HOLIDAYS)
            .map(|n| {
                format!(
                    r#"{{"name":"a","from":"{0}-01-01","to":"{0}-01-01"}}"#,
                    2027 + n
                )
            })
            .collect();
        assert_eq!(holidays(&many.join(",")), one("holidays", "too_many"));
    }
}
