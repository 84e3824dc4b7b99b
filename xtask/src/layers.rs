//! Dependencies point one way: model <- ports and adapters <- use cases <- server, workers <- the binary.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::repository::Repository;

/// What a crate of ours may use of ours. A crate that is not here has not been placed yet, which is a finding.
///
/// Tests may use more: development dependencies are not looked at.
const MAY_USE: &[(&str, &[&str])] = &[
    ("omni-model", &[]),
    ("omni-analyzer", &[]),
    ("omni-config", &["omni-model"]),
    ("omni-store", &["omni-model", "omni-analyzer"]),
    // The bus hears of the store's commits.
    ("omni-bus", &["omni-model", "omni-store"]),
    ("omni-blobs", &["omni-model"]),
    ("omni-outbound", &["omni-model"]),
    // Adapters speak to third parties, and there is one way to do that.
    ("omni-channels", &["omni-model", "omni-outbound"]),
    (
        "omni-core",
        &[
            "omni-model",
            "omni-analyzer",
            "omni-store",
            "omni-bus",
            "omni-blobs",
            "omni-outbound",
            "omni-channels",
        ],
    ),
    (
        "omni-server",
        &[
            "omni-model",
            "omni-config",
            "omni-bus",
            "omni-outbound",
            "omni-channels",
            "omni-core",
        ],
    ),
    (
        "omni-workers",
        &[
            "omni-model",
            "omni-store",
            "omni-bus",
            "omni-channels",
            "omni-core",
        ],
    ),
    ("omni-simulators", &["omni-model", "omni-outbound"]),
    ("omnisupport", &["omni-*"]),
    ("omni-testkit", &["omni-*"]),
    ("omni-benches", &["omni-*"]),
    ("xtask", &["omni-config"]),
];

/// Crates that only development sees: nothing that ships may use them.
const DEVELOPMENT_ONLY: &[&str] = &["omni-testkit", "omni-benches", "xtask"];

/// Libraries that belong to some crates only, and why.
const RESERVED_LIBRARIES: &[(&str, &[&str], &str)] = &[
    (
        "reqwest",
        // The client of the bucket for files is object_store's own; it talks to nobody but the server of the settings.
        &[
            "omni-outbound",
            "omni-blobs",
            "omni-testkit",
            "omni-benches",
        ],
        "outgoing requests go through omni-outbound",
    ),
    (
        "sea-orm",
        &["omni-store", "omni-testkit", "omni-benches"],
        "SQL lives in omni-store",
    ),
    (
        "sqlx",
        &["omni-store", "omni-testkit", "omni-benches"],
        "SQL lives in omni-store",
    ),
    (
        "axum",
        &[
            "omni-server",
            "omni-simulators",
            "omni-testkit",
            "omni-benches",
        ],
        "HTTP lives in omni-server",
    ),
    ("object_store", &["omni-blobs"], "files live in omni-blobs"),
    (
        "anyhow",
        &["omnisupport", "omni-testkit", "omni-benches", "xtask"],
        "libraries have typed errors",
    ),
];

/// Everything that does not hold.
pub(crate) fn findings(repository: &Repository) -> Result<Vec<String>> {
    let metadata = repository.run(
        env!("CARGO"),
        &["metadata", "--no-deps", "--format-version", "1"],
        ".",
    )?;
    let packages = packages(&serde_json::from_str(&metadata)?)?;
    let mut findings = Vec::new();
    for (name, dependencies) in &packages {
        let Some((_, allowed)) = MAY_USE.iter().find(|(package, _)| package == name) else {
            findings.push(format!("{name}: has no place in xtask/src/layers.rs"));
            continue;
        };
        for used in dependencies {
            if packages.contains_key(used) && !may_use(used, allowed) {
                findings.push(format!("{name}: may not depend on {used}"));
            }
            if let Some((_, owners, why)) = RESERVED_LIBRARIES
                .iter()
                .find(|(library, ..)| library == used)
                && !owners.contains(&name.as_str())
            {
                findings.push(format!("{name}: may not depend on {used}: {why}"));
            }
        }
        if !repository
            .read(&manifest(name))?
            .contains("[lints]\nworkspace = true")
        {
            findings.push(format!("{name}: does not take the workspace's lints"));
        }
    }
    Ok(findings)
}

fn may_use(used: &str, allowed: &[&str]) -> bool {
    allowed.contains(&used) || (allowed.contains(&"omni-*") && !DEVELOPMENT_ONLY.contains(&used))
}

/// A package's folder has its name without the prefix.
fn manifest(package: &str) -> String {
    match package {
        "xtask" => "xtask/Cargo.toml".to_owned(),
        "omni-benches" => "benches/Cargo.toml".to_owned(),
        other => format!(
            "crates/{}/Cargo.toml",
            other.strip_prefix("omni-").unwrap_or(other)
        ),
    }
}

/// Each package of the workspace with what it uses outside its tests.
fn packages(metadata: &Value) -> Result<BTreeMap<String, Vec<String>>> {
    let mut packages = BTreeMap::new();
    for package in metadata["packages"]
        .as_array()
        .context("cargo metadata has packages")?
    {
        let name = package["name"].as_str().context("a package has a name")?;
        let used = package["dependencies"]
            .as_array()
            .context("a package has dependencies")?;
        let used = used
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str())
            .map(str::to_owned)
            .collect();
        packages.insert(name.to_owned(), used);
    }
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_no_way_back() {
        // Going through the table in its order, everything a crate may use must stand above it.
        let mut above: Vec<&str> = Vec::new();
        for (name, allowed) in MAY_USE {
            for used in allowed.iter().filter(|used| **used != "omni-*") {
                assert!(
                    above.contains(used),
                    "{name} uses {used}, which stands below it"
                );
            }
            above.push(name);
        }
    }

    #[test]
    fn what_is_for_development_is_used_by_nobody() {
        assert!(may_use("omni-store", &["omni-*"]));
        assert!(!may_use("omni-testkit", &["omni-*"]));
    }
}
