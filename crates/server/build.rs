//! Makes the folders that are embedded, so that the server builds where the web part was not built.

use std::fs;

fn main() -> std::io::Result<()> {
    for folder in ["../../web/dashboard/dist", "../../web/widget/dist"] {
        fs::create_dir_all(folder)?;
        println!("cargo:rerun-if-changed={folder}");
    }
    Ok(())
}
