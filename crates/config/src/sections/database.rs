//! Which database.

use std::path::{Path, PathBuf};

use url::Url;

use crate::reader::Reader;
use crate::secret::Secret;

/// Which database, and who brings its schema up to date.
#[derive(Debug, Clone)]
pub struct Database {
    /// The database.
    pub url: DatabaseUrl,
    /// Whether `serve` migrates up by itself.
    pub auto_migrate: bool,
}

/// The engine and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server, as `postgres://...`; secret, for it carries the password.
    Postgres(Secret<String>),
}

const EXPECTED: &str = "must be sqlite://path or postgres://user:password@host:5432/name";

impl Database {
    pub(crate) fn read(reader: &mut Reader<'_>, data_dir: &Path) -> Self {
        let text = reader.text("database_url").unwrap_or_default();
        let url = DatabaseUrl::parse(&text, data_dir).unwrap_or_else(|message| {
            reader.problem("database_url", message);
            DatabaseUrl::Sqlite(PathBuf::new())
        });
        Self {
            url,
            auto_migrate: reader.flag("auto_migrate"),
        }
    }
}

impl DatabaseUrl {
    /// Reads any of the accepted forms. `$DATA_DIR` in a SQLite path stands for the data folder. Errors hold no part of
    /// the text.
    pub fn parse(text: &str, data_dir: &Path) -> Result<Self, &'static str> {
        match text.split_once("://") {
            Some(("sqlite", path)) => sqlite(path, data_dir),
            Some(("postgres" | "postgresql" | "postgresql+asyncpg", rest)) => postgres(rest),
            _ => Err(EXPECTED),
        }
    }

    /// The form the SQL driver takes.
    pub fn connection_string(&self) -> Secret<String> {
        match self {
            Self::Sqlite(path) => {
                // The driver takes `?` for options and decodes `%`.
                let path = path
                    .display()
                    .to_string()
                    .replace('%', "%25")
                    .replace('?', "%3F");
                Secret::new(format!("sqlite://{path}"))
            }
            Self::Postgres(url) => url.clone(),
        }
    }
}

fn sqlite(path: &str, data_dir: &Path) -> Result<DatabaseUrl, &'static str> {
    if path.contains('?') || path.contains('#') {
        return Err(
            "a sqlite:// URL is a path only: how the file is opened is not up to the settings",
        );
    }
    if matches!(path, "" | ":memory:") {
        return Err("needs a file: sqlite://path/to/omnisupport.db");
    }
    Ok(DatabaseUrl::Sqlite(match path.strip_prefix("$DATA_DIR/") {
        Some(rest) => data_dir.join(rest),
        None => PathBuf::from(path),
    }))
}

fn postgres(rest: &str) -> Result<DatabaseUrl, &'static str> {
    let url = Url::parse(&format!("postgres://{rest}")).map_err(|_| EXPECTED)?;
    let has_name = url.path().len() > 1;
    // A host may be left out only where `?host=/run/postgresql` names a socket.
    let has_host = url.host().is_some() || url.query_pairs().any(|(name, _)| name == "host");
    if !has_name || !has_host {
        return Err(EXPECTED);
    }
    Ok(DatabaseUrl::Postgres(Secret::new(url.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DatabaseUrl, &'static str> {
        DatabaseUrl::parse(text, Path::new("/srv/data"))
    }

    #[test]
    fn every_promised_form_is_accepted() {
        assert_eq!(
            parse("sqlite://$DATA_DIR/a.db"),
            Ok(DatabaseUrl::Sqlite("/srv/data/a.db".into()))
        );
        assert_eq!(
            parse("sqlite:///var/a.db"),
            Ok(DatabaseUrl::Sqlite("/var/a.db".into()))
        );
        assert_eq!(
            parse("sqlite://a.db"),
            Ok(DatabaseUrl::Sqlite("a.db".into()))
        );
        for scheme in ["postgres", "postgresql", "postgresql+asyncpg"] {
            let url = parse(&format!("{scheme}://u:p@db:5432/omni")).unwrap();
            assert_eq!(
                url.connection_string().expose(),
                "postgres://u:p@db:5432/omni"
            );
        }
        assert!(parse("postgres:///omni?host=/run/postgresql").is_ok());
    }

    #[test]
    fn a_strange_folder_reaches_the_driver_whole() {
        let url = DatabaseUrl::parse("sqlite://$DATA_DIR/a.db", Path::new("/srv/100%?")).unwrap();
        assert_eq!(
            url.connection_string().expose(),
            "sqlite:///srv/100%25%3F/a.db"
        );
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            "omni.db",
            "mysql://h/d",
            "sqlite://",
            "sqlite://:memory:",
            "sqlite://a.db?mode=ro",
            "postgres://host",
            "postgres:///omni",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_password_is_not_printed() {
        let printed = format!("{:?}", parse("postgres://u:hunter2@db/omni").unwrap());
        assert!(!printed.contains("hunter2"), "{printed}");
    }
}
