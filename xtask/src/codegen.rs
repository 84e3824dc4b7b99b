//! Files that are made from code and kept in git, so that a change of the surface shows in a review.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::repository::Repository;
use crate::settings_page;

const OPENAPI: &str = "web/api-client/openapi.json";
const CLIENT_TYPES: &str = "web/api-client/src/schema.d.ts";

/// A generated file and what makes its text.
struct Generated {
    file: &'static str,
    make: fn(&Repository) -> Result<String>,
}

const GENERATED: &[Generated] = &[
    Generated {
        file: "docs/settings.md",
        make: |_| Ok(settings_page::page()),
    },
    Generated {
        file: "docs/settings.schema.json",
        make: |_| settings_page::schema(),
    },
    Generated {
        file: OPENAPI,
        make: openapi_text,
    },
];

/// Writes the OpenAPI document.
pub(crate) fn openapi(repository: &Repository) -> Result<()> {
    write_file(repository, OPENAPI, &openapi_text(repository)?)
}

/// Writes every generated file.
pub(crate) fn write(repository: &Repository) -> Result<()> {
    for generated in GENERATED {
        write_file(repository, generated.file, &(generated.make)(repository)?)?;
    }
    if has_node_modules(repository) {
        generate_client(repository)?;
        println!("wrote {CLIENT_TYPES}");
    } else {
        println!("left {CLIENT_TYPES} as it is: run `npm ci` in web/ first");
    }
    Ok(())
}

/// Fails when a generated file is not what the code makes now.
pub(crate) fn check(repository: &Repository) -> Result<()> {
    let mut stale = Vec::new();
    for generated in GENERATED {
        let made = (generated.make)(repository)?;
        if repository.read(generated.file).ok().as_ref() != Some(&made) {
            stale.push(generated.file);
        }
    }
    if has_node_modules(repository) && client_is_stale(repository)? {
        stale.push(CLIENT_TYPES);
    }
    if !stale.is_empty() {
        bail!(
            "out of date: {}; run `cargo xtask codegen` and commit the result",
            stale.join(", ")
        );
    }
    println!("codegen: in order");
    Ok(())
}

fn write_file(repository: &Repository, file: &str, text: &str) -> Result<()> {
    fs::write(repository.path(file), text).with_context(|| format!("cannot write {file}"))?;
    println!("wrote {file}");
    Ok(())
}

/// The document as the server itself tells it.
fn openapi_text(repository: &Repository) -> Result<String> {
    let args = [
        "run",
        "--quiet",
        "--package",
        "omnisupport",
        "--",
        "openapi",
    ];
    let printed = repository.run(env!("CARGO"), &args, ".")?;
    serde_json::from_str::<serde_json::Value>(&printed).context("the server printed no JSON")?;
    Ok(printed)
}

fn has_node_modules(repository: &Repository) -> bool {
    repository.path("web/node_modules").is_dir()
}

fn generate_client(repository: &Repository) -> Result<String> {
    repository.run(
        "npm",
        &["run", "--silent", "generate", "--workspace", "api-client"],
        "web",
    )
}

/// Generates in place, since that is what the generator does, and puts back what was there.
fn client_is_stale(repository: &Repository) -> Result<bool> {
    let before = repository.read(CLIENT_TYPES).unwrap_or_default();
    generate_client(repository)?;
    let after = repository.read(CLIENT_TYPES)?;
    if after != before {
        fs::write(repository.path(CLIENT_TYPES), &before)?;
    }
    Ok(after != before)
}
