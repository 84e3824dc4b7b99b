//! What lies in the database, as somebody reads it who has got hold of it.

use omni_store::testing::TestDatabase;

/// Looks for `word` in every table.
///
/// # Panics
/// When it lies there although it must not, or is missing although it must.
pub async fn expect_stored(database: &TestDatabase, word: &str, expected: bool) {
    match database.url.strip_prefix("sqlite://") {
        Some(path) => {
            // All there is, and what is left of what there was.
            let files = [path.to_owned(), format!("{path}-wal")];
            let found = files.iter().any(|file| holds(file, word));
            assert_eq!(found, expected, "stored: {word}");
        }
        None => database.execute(&search(word, expected)).await,
    }
}

fn holds(file: &str, word: &str) -> bool {
    // The log is there only while something is in it.
    let bytes = std::fs::read(file).unwrap_or_default();
    String::from_utf8_lossy(&bytes).contains(word)
}

/// A statement that fails unless the word is found, or not, in the rows of all tables.
fn search(word: &str, expected: bool) -> String {
    format!(
        "DO $$ DECLARE place text; here bigint; found bigint := 0; BEGIN \
         FOR place IN SELECT table_name FROM information_schema.tables \
         WHERE table_schema = 'public' LOOP \
         EXECUTE format('SELECT count(*) FROM %I AS r WHERE strpos(r::text, %L) > 0', \
         place, '{word}') INTO here; \
         found := found + here; END LOOP; \
         ASSERT (found > 0) = {expected}, 'stored: {word}'; END $$"
    )
}
