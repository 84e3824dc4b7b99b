//! The checkout: its files and its commands.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The checkout this tool was built from.
pub(crate) struct Repository {
    root: PathBuf,
}

impl Repository {
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies in the repository")?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn read(&self, relative: &str) -> Result<String> {
        std::fs::read_to_string(self.path(relative))
            .with_context(|| format!("cannot read {relative}"))
    }

    /// Files that belong to the project (tracked, or new and not ignored) with one of these endings, sorted.
    pub(crate) fn files(&self, endings: &[&str]) -> Result<Vec<String>> {
        let listed = self.run(
            "git",
            &["ls-files", "--cached", "--others", "--exclude-standard"],
            ".",
        )?;
        let mut files: Vec<String> = listed
            .lines()
            .filter(|file| endings.iter().any(|ending| file.ends_with(ending)))
            // Deleted and not yet committed.
            .filter(|file| self.path(file).is_file())
            .map(str::to_owned)
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// Runs a command in a folder of the repository and gives what it prints; its complaints go to the terminal.
    pub(crate) fn run(&self, program: &str, args: &[&str], folder: &str) -> Result<String> {
        let output = Command::new(program)
            .args(args)
            .current_dir(self.path(folder))
            .stderr(std::process::Stdio::inherit())
            .output()
            .with_context(|| format!("cannot run {program}"))?;
        ensure!(
            output.status.success(),
            "{program} {} failed",
            args.join(" ")
        );
        String::from_utf8(output.stdout).with_context(|| format!("{program} did not print text"))
    }
}
