//! What goes out, and which way.

use std::sync::Arc;

use omni_channels::{Channel, OutboundContent, OutboundFile, OutboundMessage, error_codes};
use omni_model::{Content, SendError, TenantScope};
use omni_store::{MessageRecord, files, identities, messages};

use crate::conversations::keyboard;
use crate::{Core, Result};

impl Core {
    /// The channel and what it is to send; or why it cannot be sent.
    pub(super) async fn compose(
        &self,
        scope: &TenantScope,
        members: &[MessageRecord],
    ) -> Result<Result<(Arc<dyn Channel>, OutboundMessage), SendError>> {
        let message = &members[0];
        let way = self.way_to(scope, message).await?;
        let (channel, external_id) = match way {
            Ok(way) => way,
            Err(error) => return Ok(Err(error)),
        };
        let mut contents = Vec::with_capacity(members.len());
        for message in members {
            match self.outbound_content(scope, &message.content).await? {
                Ok(content) => contents.push(content),
                Err(error) => return Ok(Err(error)),
            }
        }
        let reply_to_provider_id = match message.reply_to {
            Some(id) => messages::find(self.store().reader(), scope, id)
                .await?
                .and_then(|m| m.provider_id),
            None => None,
        };
        let Some(content) = together(contents) else {
            return Ok(Err(no_album()));
        };
        Ok(Ok((
            channel,
            OutboundMessage {
                external_id,
                content,
                reply_to_provider_id,
                closes_keyboard: keyboard::closes(&message.metadata),
            },
        )))
    }

    /// The channel a message goes through, and the customer's address there; or why there is no way.
    pub(super) async fn way_to(
        &self,
        scope: &TenantScope,
        message: &MessageRecord,
    ) -> Result<Result<(Arc<dyn Channel>, String), SendError>> {
        let refused = |code: &str, detail: &str| {
            Ok(Err(SendError {
                code: code.to_owned(),
                detail: detail.to_owned(),
            }))
        };
        let Some(channel) = self.channel_port(scope, message.channel_id).await? else {
            return refused("channel_gone", "the channel is not connected any more");
        };
        let reader = self.store().reader();
        let identity = identities::of_conversation(reader, scope, message.conversation_id).await?;
        match identity {
            Some(identity) => Ok(Ok((channel, identity.external_id))),
            None => refused(
                "recipient_gone",
                "the customer has no address here any more",
            ),
        }
    }

    async fn outbound_content(
        &self,
        scope: &TenantScope,
        content: &Content,
    ) -> Result<Result<OutboundContent, SendError>> {
        Ok(Ok(match content.clone() {
            Content::Text { text } => OutboundContent::Text { text },
            Content::Location {
                latitude,
                longitude,
            } => OutboundContent::Location {
                latitude,
                longitude,
            },
            Content::Contact { name, phone } => OutboundContent::Contact { name, phone },
            Content::Interactive {
                text,
                buttons,
                keyboard,
            } => OutboundContent::Interactive {
                text,
                buttons,
                keyboard,
            },
            Content::File {
                kind,
                file_id,
                caption,
            } => {
                let file = files::find(self.store().reader(), scope, file_id).await?;
                let bytes = self.blobs().get(scope, file_id).await;
                let (Some(file), Ok(Some(bytes))) = (file, bytes) else {
                    return Ok(Err(SendError {
                        code: "file_gone".to_owned(),
                        detail: "the file is not here any more".to_owned(),
                    }));
                };
                OutboundContent::File(OutboundFile {
                    kind,
                    bytes,
                    file_name: file.file_name,
                    mime_type: file.mime_type,
                    caption,
                })
            }
        }))
    }
}

/// Contents as one message: a single one as it is, several files as an album.
fn together(mut contents: Vec<OutboundContent>) -> Option<OutboundContent> {
    if contents.len() == 1 {
        return contents.pop();
    }
    let file = |content| match content {
        OutboundContent::File(file) => Some(file),
        _ => None,
    };
    let files: Option<Vec<_>> = contents.into_iter().map(file).collect();
    files.map(OutboundContent::Album)
}

fn no_album() -> SendError {
    SendError {
        code: error_codes::BAD_REQUEST.to_owned(),
        detail: "only files can be sent together".to_owned(),
    }
}
