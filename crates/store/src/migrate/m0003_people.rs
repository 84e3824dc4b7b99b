//! People: teams and their members, invitations; conversations that are for a team, and counted by it.

/// In order of creation.
pub(super) const UP: &[&str] = &[
    "CREATE TABLE teams (
        id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL REFERENCES tenants (id),
        name TEXT NOT NULL,
        deleted_at BIGINT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        UNIQUE (tenant_id, id)){strict}",
    "CREATE UNIQUE INDEX ux_teams_name ON teams (tenant_id, name) WHERE deleted_at IS NULL",
    "CREATE TABLE team_members (
        tenant_id {uuid} NOT NULL,
        team_id {uuid} NOT NULL,
        user_id {uuid} NOT NULL,
        PRIMARY KEY (team_id, user_id),
        FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id),
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)){strict}",
    "CREATE INDEX ix_team_members_user ON team_members (user_id)",
    "CREATE TABLE invitations (
        user_id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL,
        token_hash TEXT NOT NULL,
        expires_at BIGINT NOT NULL,
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)){strict}",
    "CREATE UNIQUE INDEX ux_invitations_token ON invitations (token_hash)",
    // The event after which somebody sees other conversations than before.
    "CREATE TABLE sight_changes (
        user_id {uuid} NOT NULL PRIMARY KEY,
        tenant_id {uuid} NOT NULL,
        seq BIGINT NOT NULL,
        FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)){strict}",
    "ADD REFERENCE conversations assigned_team teams",
    "CREATE INDEX ix_conversations_team ON conversations (tenant_id, assigned_team, updated_at, row_id) WHERE assigned_team IS NOT NULL",
    "ALTER TABLE events ADD COLUMN team_from {uuid}",
    "ALTER TABLE events ADD COLUMN team_to {uuid}",
    "ALTER TABLE counters RENAME TO counters_before",
    "CREATE TABLE counters (
        tenant_id {uuid} NOT NULL,
        channel_id {uuid} NOT NULL,
        status TEXT NOT NULL,
        assignee {uuid} NOT NULL,
        team {uuid} NOT NULL,
        n BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, status, assignee, channel_id, team)){strict}",
    "INSERT INTO counters (tenant_id, channel_id, status, assignee, team, n)
        SELECT tenant_id, channel_id, status, assignee, {nobody}, n FROM counters_before",
    "DROP TABLE counters_before",
];

/// Undoes what was changed in earlier tables.
pub(super) const DOWN: &[&str] = &[
    "ALTER TABLE counters RENAME TO counters_after",
    "CREATE TABLE counters (
        tenant_id {uuid} NOT NULL,
        channel_id {uuid} NOT NULL,
        status TEXT NOT NULL,
        assignee {uuid} NOT NULL,
        n BIGINT NOT NULL,
        PRIMARY KEY (tenant_id, status, assignee, channel_id)){strict}",
    "INSERT INTO counters (tenant_id, channel_id, status, assignee, n)
        SELECT tenant_id, channel_id, status, assignee, CAST(SUM(n) AS BIGINT) FROM counters_after
        GROUP BY tenant_id, channel_id, status, assignee",
    "DROP TABLE counters_after",
    "ALTER TABLE events DROP COLUMN team_to",
    "ALTER TABLE events DROP COLUMN team_from",
    "DROP INDEX ix_conversations_team",
    "DROP REFERENCE conversations assigned_team teams",
];

/// Children first.
pub(super) const TABLES: &[&str] = &["sight_changes", "invitations", "team_members", "teams"];
