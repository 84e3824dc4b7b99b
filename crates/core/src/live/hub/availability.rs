//! Whether anybody is there to answer: told to every visitor when it changes.

use omni_store::users;

use super::Hub;
use crate::live::frame::{Body, Frame};
use crate::{Core, Result};

/// Looks whether anybody is there, and tells the visitors if that is not what they were told last.
pub(super) async fn tell(core: &Core, hub: &Hub) -> Result<()> {
    if !hub.wants().visitors {
        return Ok(());
    }
    let taking = users::taking(core.store().reader(), &hub.scope).await?;
    let online = !taking.operators.is_empty();
    let mut table = hub.lock();
    if table.told_online.replace(online) == Some(online) {
        return Ok(());
    }
    let frame = Frame::fleeting(&Body::WidgetAvailability { online });
    let seats = table.visitors.values().flatten();
    seats.for_each(|(_, seat)| seat.mailbox.put_fleeting(frame.clone()));
    Ok(())
}
