//! `doctor`: what would keep the server from running well, and what to do about it.

use std::net::TcpListener;
use std::sync::Arc;

use anyhow::{Result, bail};
use omni_bus::Bus;
use omni_config::Settings;
use omni_model::{Clock, SystemClock, Timestamp};
use omnisupport::{open_blobs, open_store};

use super::say;

/// Before this the clock is surely wrong: 1 January 2026.
const EARLIEST: Timestamp = Timestamp::from_seconds(1_767_225_600);

pub(crate) async fn run(settings: &Settings) -> Result<()> {
    let findings = [
        clock(),
        folder(settings),
        port(settings),
        database(settings).await,
        files(settings).await,
    ];
    let mut to_mend = 0;
    for finding in findings {
        match finding {
            Ok(good) => say(format_args!("ok    {good}")),
            Err(bad) => {
                to_mend += 1;
                say(format_args!("MEND  {bad}"));
            }
        }
    }
    if to_mend > 0 {
        bail!("{to_mend} to mend");
    }
    Ok(())
}

type Finding = Result<String, String>;

fn clock() -> Finding {
    if SystemClock.now() < EARLIEST {
        return Err(
            "the clock is wrong: tokens would not work. Set it, e.g. with chrony".to_owned(),
        );
    }
    Ok("the clock is plausible".to_owned())
}

fn folder(settings: &Settings) -> Finding {
    let dir = &settings.data_dir;
    let probe = dir.join(".doctor");
    let written = std::fs::create_dir_all(dir).and_then(|()| std::fs::write(&probe, b"x"));
    let _ = std::fs::remove_file(&probe);
    match written {
        Ok(()) => Ok(format!("the data folder {} can be written", dir.display())),
        Err(error) => Err(format!(
            "the data folder {} cannot be written ({error}): set DATA_DIR or mend its owner",
            dir.display()
        )),
    }
}

fn port(settings: &Settings) -> Finding {
    let addr = settings.http.addr;
    match TcpListener::bind(addr) {
        Ok(_) => Ok(format!("{addr} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Ok(format!(
            "{addr} is in use: fine if that is OmniSupport, else set HTTP_ADDR"
        )),
        Err(error) => Err(format!("cannot listen on {addr} ({error}): set HTTP_ADDR")),
    }
}

async fn database(settings: &Settings) -> Finding {
    let store = open_store(settings, Arc::new(SystemClock), &Bus::new())
        .await
        .map_err(|error| format!("{error:#}: look at DATABASE_URL"))?;
    let status = store
        .migration_status()
        .await
        .map_err(|error| error.to_string())?;
    let pending = status.iter().filter(|migration| !migration.applied).count();
    if pending > 0 && !settings.database.auto_migrate {
        return Err(format!(
            "{pending} migrations are pending: omnisupport migrate up"
        ));
    }
    Ok(format!(
        "the database answers; {pending} migrations pending"
    ))
}

async fn files(settings: &Settings) -> Finding {
    let place = match &settings.files.s3 {
        Some(s3) => format!("the bucket {}", s3.bucket),
        None => "the folder for files".to_owned(),
    };
    let blobs = open_blobs(settings).map_err(|error| format!("{error:#}"))?;
    match blobs.check().await {
        Ok(()) => Ok(format!("{place} can be written")),
        Err(error) => {
            let cause = std::error::Error::source(&error)
                .map(ToString::to_string)
                .unwrap_or_default();
            Err(format!(
                "{place} cannot be written ({cause}): look at S3_* and DATA_DIR"
            ))
        }
    }
}
