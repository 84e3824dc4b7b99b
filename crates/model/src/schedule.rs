//! When a company or a team is there: a time zone, a week, and the days that are not as the others.

mod calendar;
mod check;
mod time;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::word_enum;

pub use calendar::{Calendar, Opening};
pub use time::{ClockTime, Day};

/// A part of a day. One that ends before it begins goes on to that time of the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    pub from: ClockTime,
    /// `24:00` is the end of the day.
    pub to: ClockTime,
}

/// The intervals of each day, by the day they begin on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    pub monday: Vec<Interval>,
    pub tuesday: Vec<Interval>,
    pub wednesday: Vec<Interval>,
    pub thursday: Vec<Interval>,
    pub friday: Vec<Interval>,
    pub saturday: Vec<Interval>,
    pub sunday: Vec<Interval>,
}

impl Week {
    /// The days by name, Monday first.
    pub fn days(&self) -> [(&'static str, &[Interval]); 7] {
        [
            ("monday", &self.monday),
            ("tuesday", &self.tuesday),
            ("wednesday", &self.wednesday),
            ("thursday", &self.thursday),
            ("friday", &self.friday),
            ("saturday", &self.saturday),
            ("sunday", &self.sunday),
        ]
    }
}

/// Days on which the week does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub name: String,
    pub from: Day,
    /// The last day; the same as `from` for a single one.
    pub to: Day,
    /// The intervals of each of these days; none = closed.
    #[serde(default)]
    pub hours: Vec<Interval>,
}

/// When somebody is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Of the IANA database, such as `Europe/Moscow`.
    pub time_zone: String,
    pub week: Week,
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

impl Default for Schedule {
    fn default() -> Self {
        let at = |hour: u16| ClockTime::of_minutes(hour * 60).expect("hours of a day");
        let working = vec![Interval {
            from: at(9),
            to: at(18),
        }];
        Self {
            time_zone: "UTC".to_owned(),
            week: Week {
                monday: working.clone(),
                tuesday: working.clone(),
                wednesday: working.clone(),
                thursday: working.clone(),
                friday: working,
                ..Week::default()
            },
            holidays: Vec::new(),
        }
    }
}

word_enum! {
    /// What routing does while nobody is there by the schedule.
    OutsideHours {
        /// The same as ever: whoever is online gets what comes.
        Assign = "assign",
        /// What comes waits for the opening.
        Queue = "queue",
    }
}

/// `settings/hours`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HoursSettings {
    /// Whether the company's schedule counts; without it the company is always open. Teams with a schedule of
    /// their own follow that either way.
    pub enabled: bool,
    pub schedule: Schedule,
    /// What whoever writes outside the hours is answered, by language; none = nothing.
    pub away_message: BTreeMap<String, String>,
    pub outside_hours: OutsideHours,
    /// Whether customers who wait are told their place in the queue.
    pub show_position: bool,
}

impl Default for HoursSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            schedule: Schedule::default(),
            away_message: BTreeMap::new(),
            outside_hours: OutsideHours::Assign,
            show_position: true,
        }
    }
}

/// The hours of a team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamHours {
    /// Its own; none = it follows the company.
    #[serde(deserialize_with = "Option::deserialize")]
    pub schedule: Option<Schedule>,
}
