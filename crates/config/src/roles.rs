//! Which parts of the platform a process runs.

use std::str::FromStr;

/// Which parts of the platform a process runs. Splitting is not possible yet, so there is one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Roles {
    /// Everything in one process.
    #[default]
    All,
}

/// Names the option will take when a server can be split.
const PLANNED: [&str; 9] = [
    "gateway",
    "core",
    "ai",
    "admin",
    "worker-router",
    "worker-ai",
    "worker-analytics",
    "worker-webhook",
    "worker-notify",
];

/// Why a list of roles is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// No such role.
    #[error("there is no role {name:?}; the only one so far is `all` (later: {})", PLANNED.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// A role of a later version.
    #[error(
        "this version cannot be split yet: run it with `--roles all`, the default, instead of {name:?}"
    )]
    NotYet {
        /// What was asked for.
        name: String,
    },
}

impl FromStr for Roles {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        for name in text.split(',').map(str::trim) {
            match name {
                "all" => {}
                planned if PLANNED.contains(&planned) => {
                    return Err(RoleError::NotYet {
                        name: name.to_owned(),
                    });
                }
                _ => {
                    return Err(RoleError::Unknown {
                        name: name.to_owned(),
                    });
                }
            }
        }
        Ok(Self::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_so_far() {
        assert_eq!("all".parse(), Ok(Roles::All));
        assert!(matches!(
            "gateway,core".parse::<Roles>(),
            Err(RoleError::NotYet { .. })
        ));
        let error = "gatway".parse::<Roles>().unwrap_err().to_string();
        assert!(
            error.contains("`all`") && error.contains("gateway"),
            "{error}"
        );
        assert!("".parse::<Roles>().is_err());
    }
}
