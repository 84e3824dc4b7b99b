use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{ClockTime, Holiday, Week};

const MINUTE: i64 = 60_000;

fn calendar(schedule: serde_json::Value) -> Calendar {
    let schedule: Schedule = serde_json::from_value(schedule).unwrap();
    assert_eq!(schedule.problems(""), []);
    Calendar::of(&schedule).unwrap()
}

fn at(text: &str) -> Timestamp {
    serde_json::from_value(json!(text)).unwrap()
}

fn daily(zone: &str, from: &str, to: &str) -> Calendar {
    let day = json!([{"from": from, "to": to}]);
    calendar(json!({"time_zone": zone, "week": {
        "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
        "saturday": day, "sunday": day,
    }}))
}

#[test]
fn a_working_week_with_a_break() {
    let day = json!([{"from": "09:00", "to": "13:00"}, {"from": "14:00", "to": "18:00"}]);
    let calendar = calendar(json!({
        "time_zone": "Europe/Moscow",
        "week": {"monday": day, "friday": [{"from": "09:00", "to": "24:00"}]},
    }));
    for (moment, next) in [
        // 2027-03-01 is a Monday; Moscow is three hours ahead.
        ("2027-03-01T05:59:59.999Z", "2027-03-01T06:00:00Z"),
        ("2027-03-01T10:00:00Z", "2027-03-01T11:00:00Z"),
        ("2027-03-01T15:00:00Z", "2027-03-05T06:00:00Z"),
        ("2027-03-05T21:00:00Z", "2027-03-08T06:00:00Z"),
    ] {
        assert!(!calendar.open_at(at(moment)), "{moment}");
        let next_open_at = Some(at(next));
        let closed = Opening {
            open: false,
            next_open_at,
        };
        assert_eq!(calendar.opening(at(moment)), closed, "{moment}");
    }
    for moment in [
        "2027-03-01T06:00:00Z",
        "2027-03-01T09:59:59Z",
        "2027-03-05T20:59:59Z",
    ] {
        assert_eq!(calendar.opening(at(moment)), Opening::ALWAYS, "{moment}");
        assert_eq!(calendar.next_opening(at(moment)), Some(at(moment)));
    }
}

#[test]
fn a_night_goes_on_after_midnight_but_not_into_a_holiday() {
    let calendar = calendar(json!({
        "time_zone": "UTC",
        "week": {"thursday": [{"from": "22:00", "to": "06:00"}], "friday": [{"from": "22:00", "to": "06:00"}]},
        "holidays": [
            {"name": "New Year", "from": "2027-01-01", "to": "2027-01-01"},
            {"name": "Long night", "from": "2027-01-14", "to": "2027-01-15",
             "hours": [{"from": "20:00", "to": "08:00"}]},
        ],
    }));
    // 2026-12-31 is a Thursday.
    assert!(calendar.open_at(at("2026-12-31T23:59:59Z")));
    assert!(!calendar.open_at(at("2027-01-01T00:00:00Z")));
    assert!(!calendar.open_at(at("2027-01-01T23:00:00Z")));
    assert!(!calendar.open_at(at("2027-01-02T03:00:00Z")));
    assert_eq!(
        calendar.next_opening(at("2027-01-01T00:00:00Z")),
        Some(at("2027-01-07T22:00:00Z"))
    );
    assert!(calendar.open_at(at("2027-01-08T05:59:59Z")));
    // Special hours take the place of the week's, and may last over midnight, too.
    assert!(!calendar.open_at(at("2027-01-14T19:59:00Z")));
    assert!(calendar.open_at(at("2027-01-14T20:00:00Z")));
    assert!(calendar.open_at(at("2027-01-15T07:59:00Z")));
    assert!(calendar.open_at(at("2027-01-16T07:59:00Z")));
    assert!(!calendar.open_at(at("2027-01-16T08:00:00Z")));
}

#[test]
fn where_the_clock_is_put_forward() {
    // Berlin, 2027-03-28: 02:00 becomes 03:00 at 01:00 UTC.
    let usual = daily("Europe/Berlin", "09:00", "18:00");
    assert_eq!(
        usual.next_opening(at("2027-03-27T17:00:00Z")),
        Some(at("2027-03-28T07:00:00Z"))
    );
    assert_eq!(
        usual.next_opening(at("2027-03-26T17:00:00Z")),
        Some(at("2027-03-27T08:00:00Z"))
    );
    let begins_in_the_gap = daily("Europe/Berlin", "02:30", "05:00");
    assert_eq!(
        begins_in_the_gap.next_opening(at("2027-03-28T00:00:00Z")),
        Some(at("2027-03-28T01:00:00Z"))
    );
    assert!(!begins_in_the_gap.open_at(at("2027-03-28T03:00:00Z")));
    let lost = daily("Europe/Berlin", "02:10", "02:50");
    assert_eq!(
        lost.next_opening(at("2027-03-28T00:59:59Z")),
        Some(at("2027-03-29T00:10:00Z"))
    );
}

#[test]
fn where_the_clock_is_put_back() {
    // Berlin, 2027-10-31: 03:00 becomes 02:00 at 01:00 UTC.
    let usual = daily("Europe/Berlin", "09:00", "18:00");
    assert_eq!(
        usual.next_opening(at("2027-10-30T16:00:00Z")),
        Some(at("2027-10-31T08:00:00Z"))
    );
    let twice = daily("Europe/Berlin", "02:15", "02:45");
    assert_eq!(
        twice.next_opening(at("2027-10-31T00:00:00Z")),
        Some(at("2027-10-31T00:15:00Z"))
    );
    assert_eq!(
        twice.next_opening(at("2027-10-31T00:45:00Z")),
        Some(at("2027-10-31T01:15:00Z"))
    );
    // The clock is put back into an interval.
    let into = daily("Europe/Berlin", "01:30", "02:30");
    assert!(!into.open_at(at("2027-10-31T00:45:00Z")));
    assert_eq!(
        into.next_opening(at("2027-10-31T00:45:00Z")),
        Some(at("2027-10-31T01:00:00Z"))
    );
}

#[test]
fn who_is_never_there_never_comes() {
    let never = calendar(json!({"time_zone": "UTC", "week": {}}));
    let closed = Opening {
        open: false,
        next_open_at: None,
    };
    assert_eq!(never.opening(at("2027-01-01T00:00:00Z")), closed);
    let always = daily("Asia/Kolkata", "00:00", "24:00");
    assert_eq!(always.opening(at("2027-01-01T00:00:00Z")), Opening::ALWAYS);
    // A time that no calendar has.
    let beyond = Timestamp::from_millis(i64::MAX);
    assert_eq!(always.opening(beyond), closed);
}

fn interval() -> impl Strategy<Value = Interval> {
    let quarter = |n: u16| ClockTime::of_minutes(n * 15).unwrap();
    (0..96_u16, 0..=96_u16)
        .prop_filter("empty", |(from, to)| from != to)
        .prop_map(move |(from, to)| Interval {
            from: quarter(from),
            to: quarter(to),
        })
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let zones = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Asia/Kathmandu",
    ];
    let day = || prop::collection::vec(interval(), 0..2);
    let week = prop::collection::vec(day(), 7);
    (0..zones.len(), week, day(), 0..5_u8).prop_map(move |(zone, week, special, length)| {
        let mut days = week.into_iter();
        let mut next = || days.next().unwrap_or_default();
        let day = |text: &str| text.parse::<Day>().unwrap();
        Schedule {
            time_zone: zones[zone].to_owned(),
            week: Week {
                monday: next(),
                tuesday: next(),
                wednesday: next(),
                thursday: next(),
                friday: next(),
                saturday: next(),
                sunday: next(),
            },
            holidays: vec![Holiday {
                name: "Holiday".to_owned(),
                from: day("2027-10-30"),
                to: day(&format!("2027-11-0{}", length + 1)),
                hours: special,
            }],
        }
    })
}

/// Around the days on which the clocks of these zones are put forward or back.
fn moments() -> impl Strategy<Value = i64> {
    let around = [
        "2027-03-14",
        "2027-03-28",
        "2027-04-04",
        "2027-10-03",
        "2027-10-31",
        "2027-11-07",
    ];
    (0..around.len(), -3 * 1440..3 * 1440_i64).prop_map(move |(day, minutes)| {
        at(&format!("{}T01:00:00Z", around[day])).millis() + minutes * MINUTE
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The next opening is what somebody finds who looks at each minute.
    #[test]
    fn the_next_opening_is_the_first_open_minute(schedule in schedules(), now in moments()) {
        let calendar = Calendar::of(&schedule).unwrap();
        let walked = (0..4 * 1440)
            .map(|minutes| Timestamp::from_millis(now + minutes * MINUTE))
            .find(|moment| calendar.open_at(*moment));
        let told = calendar.next_opening(Timestamp::from_millis(now));
        match walked {
            Some(first) => prop_assert_eq!(told, Some(first)),
            None => prop_assert!(told.is_none_or(|told| told.millis() >= now + 4 * 1440 * MINUTE)),
        }
    }

    /// On days without a holiday it is open when the clock shows a time of the week, and never else.
    #[test]
    fn the_wall_clock_decides(schedule in schedules(), now in moments()) {
        let calendar = Calendar::of(&Schedule { holidays: Vec::new(), ..schedule.clone() }).unwrap();
        let zone = zone(&schedule.time_zone).unwrap();
        let shown = zone.to_datetime(jiff::Timestamp::from_millisecond(now).unwrap());
        let minute = i64::from(shown.hour()) * 60 + i64::from(shown.minute());
        let weekday = usize::try_from(shown.weekday().to_monday_zero_offset()).unwrap();
        let week = schedule.week.days();
        let (today, eve) = (week[weekday].1, week[(weekday + 6) % 7].1);
        let length = |one: &Interval| {
            let (from, to) = (i64::from(one.from.minutes()), i64::from(one.to.minutes()));
            (from, if to < from { to + 1440 } else { to })
        };
        let open = today.iter().map(length).any(|(from, to)| (from..to).contains(&minute))
            || eve.iter().map(length).any(|(from, to)| (from..to).contains(&(minute + 1440)));
        prop_assert_eq!(calendar.open_at(Timestamp::from_millis(now)), open);
    }
}
