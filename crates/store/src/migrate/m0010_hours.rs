//! Business hours: those of a team, when routing is to look again, and who was told that nobody is there.

pub(super) const UP: &[&str] = &[
    "ALTER TABLE teams ADD COLUMN hours TEXT",
    "ALTER TABLE tenants ADD COLUMN route_again_at BIGINT",
    "ALTER TABLE conversations ADD COLUMN away_at BIGINT",
];

pub(super) const DOWN: &[&str] = &[
    "ALTER TABLE conversations DROP COLUMN away_at",
    "ALTER TABLE tenants DROP COLUMN route_again_at",
    "ALTER TABLE teams DROP COLUMN hours",
];

pub(super) const TABLES: &[&str] = &[];
