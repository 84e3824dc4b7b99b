//! Groups that a channel was let into. It serves people one by one, so it says so, once, and leaves.

use std::time::Duration;

use omni_model::{ChannelId, Job, TenantScope};
use omni_store::{UnitOfWork, refused_chats};

use crate::Result;

/// How long nothing more is said to a group, however often it lets us in.
const SILENCE: Duration = Duration::from_secs(24 * 3600);

/// Something of a group.
pub(super) struct Group {
    pub(super) chat: String,
    pub(super) locale: Option<String>,
    /// Whether we were let in just now.
    pub(super) invited: bool,
}

/// Has the channel leave a group, and tell it why where that was not said lately.
pub(super) async fn refuse(
    unit: &UnitOfWork,
    scope: &TenantScope,
    channel_id: ChannelId,
    group: Group,
) -> Result<()> {
    let says = refused_chats::note(unit, scope, channel_id, &group.chat, SILENCE).await?;
    // What is said there while we leave is of no concern.
    if says || group.invited {
        let job = Job::RefuseGroup {
            channel_id,
            chat: group.chat.clone(),
            locale: group.locale,
            says,
        };
        unit.enqueue(format!("group:{channel_id}:{}", group.chat), job);
    }
    Ok(())
}
