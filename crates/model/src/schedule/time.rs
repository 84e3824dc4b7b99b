//! Times of day and days, as people write them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// A time on a wall clock, to the minute; `24:00` is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, utoipa::ToSchema)]
#[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", example = "09:30")]
pub struct ClockTime(u16);

impl ClockTime {
    /// The end of a day.
    pub const MIDNIGHT: Self = Self(DAY);

    /// So many minutes after midnight, up to the end of the day.
    pub const fn of_minutes(minutes: u16) -> Option<Self> {
        if minutes <= DAY {
            Some(Self(minutes))
        } else {
            None
        }
    }

    /// Minutes since midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for ClockTime {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let [a, b, b':', c, d] = text.as_bytes() else {
            return Err(());
        };
        let digit = |byte: &u8| match byte {
            b'0'..=b'9' => Ok(u16::from(byte - b'0')),
            _ => Err(()),
        };
        let (hours, minutes) = (digit(a)? * 10 + digit(b)?, digit(c)? * 10 + digit(d)?);
        if minutes > 59 {
            return Err(());
        }
        Self::of_minutes(hours * 60 + minutes).ok_or(())
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// A day of the calendar, in no time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, utoipa::ToSchema)]
#[schema(value_type = String, format = Date, example = "2027-01-01")]
pub struct Day(jiff::civil::Date);

impl Day {
    pub(super) const fn date(self) -> jiff::civil::Date {
        self.0
    }

    /// How many days there are from this one to `last`, both counted; less than one where `last` is earlier.
    pub fn days_to(self, last: Self) -> i64 {
        let days = |day: Self| jiff::civil::DateTime::from(day.0);
        let span = days(last).duration_since(days(self));
        span.as_hours() / 24 + 1
    }
}

impl FromStr for Day {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        // The library takes more forms than one; we compare and show one.
        let date: jiff::civil::Date = text.parse().map_err(drop)?;
        let day = Self(date);
        if (1970..=9998).contains(&date.year()) && day.to_string() == text {
            Ok(day)
        } else {
            Err(())
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! as_text {
    ($name:ident, $expected:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(|()| {
                    let what = serde::de::Unexpected::Str(&text);
                    serde::de::Error::invalid_value(what, &$expected)
                })
            }
        }
    };
}

as_text!(ClockTime, "a time from 00:00 to 24:00");
as_text!(Day, "a day such as 2027-01-01");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_and_days_have_one_form() {
        for good in ["00:00", "09:30", "23:59", "24:00"] {
            assert_eq!(good.parse::<ClockTime>().unwrap().to_string(), good);
        }
        for bad in [
            "25:00", "24:01", "9:30", "09:60", "09-30", "", "0９:30", "+9:30",
        ] {
            assert!(bad.parse::<ClockTime>().is_err(), "{bad}");
        }
        for good in ["2027-01-01", "2028-02-29"] {
            assert_eq!(good.parse::<Day>().unwrap().to_string(), good);
        }
        for bad in [
            "2027-02-29",
            "2027-13-01",
            "20270101",
            "2027-01-01T00:00",
            "0000-01-01",
            "9999-12-31",
            "-000001-01-01",
            "",
        ] {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(day("2027-12-31").days_to(day("2028-01-02")), 3);
        assert_eq!(day("2027-03-01").days_to(day("2027-02-28")), 0);
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_breaks_them(text in ".{0,12}") {
            if let Ok(time) = text.parse::<ClockTime>() {
                prop_assert_eq!(time.to_string(), text.clone());
            }
            if let Ok(day) = text.parse::<Day>() {
                prop_assert_eq!(day.to_string(), text);
            }
        }
    }
}
