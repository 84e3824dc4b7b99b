//! Settings of a tenant that several crates read.

use serde::{Deserialize, Serialize};

use crate::word_enum;

word_enum! {
    /// How a waiting conversation finds its operator.
    RoutingStrategy {
        /// Nobody is chosen; operators take from the queue.
        Manual = "manual",
        /// The online operator with the fewest active conversations.
        LeastLoaded = "least_loaded",
        /// The least loaded among those of its team who have the skills asked for.
        Skills = "skills",
    }
}

word_enum! {
    /// What `skills` routing does when nobody has the skills.
    SkillsFallback {
        /// Anybody may take it.
        Any = "any",
        /// It waits.
        Wait = "wait",
    }
}

word_enum! {
    /// Which conversations operators see. Owners, admins and viewers see all.
    Visibility {
        /// Everything.
        All = "all",
        /// Their own, those of their teams, and the unassigned queue.
        Team = "team",
        /// Their own and the unassigned queue.
        Own = "own",
    }
}

/// `settings/routing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoutingSettings {
    pub strategy: RoutingStrategy,
    pub skills_fallback: SkillsFallback,
    /// Open conversations an operator takes at once.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub capacity: i32,
    /// Seconds until the conversations of an operator who left go back to the queue; 0 = never.
    #[schema(minimum = 0, maximum = 604_800)]
    pub requeue_after_seconds: i32,
    /// Hours in which a customer's message reopens a resolved conversation.
    #[schema(minimum = 0, maximum = 8_760)]
    pub reopen_within_hours: i32,
    pub visibility: Visibility,
}

impl Default for RoutingSettings {
    fn default() -> Self {
        Self {
            strategy: RoutingStrategy::LeastLoaded,
            skills_fallback: SkillsFallback::Any,
            capacity: 10,
            requeue_after_seconds: 300,
            reopen_within_hours: 72,
            visibility: Visibility::All,
        }
    }
}
