//! Serves the Telegram simulator with its chat page until interrupted: `telegram [ADDRESS]`.

use std::net::SocketAddr;

use omni_simulators::telegram::TelegramSimulator;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1);
    let address: SocketAddr = address.as_deref().unwrap_or("127.0.0.1:8081").parse()?;
    let simulator = TelegramSimulator::serve(address).await?;
    // The first line tells scripts where it listens.
    write_line(simulator.base_url().as_str())?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}

fn write_line(line: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    out.flush()
}
