//! How a bot stands, told for the settings page.

use omni_model::{ChannelStatus, Timestamp};

use super::api::{ALLOWED_UPDATES, Bot, WebhookInfo};
use super::channel::Telegram;
use super::failures::CallError;
use crate::{Account, Check, WebhookState};

impl Telegram {
    pub(super) async fn inspect(&self) -> Check {
        let bot = match self.get_me().await {
            Ok(bot) => bot,
            Err(error) => return failed(&error, None),
        };
        let account = Account::from(bot);
        match self.get_webhook_info().await {
            Ok(info) => stands(account, WebhookState::from(info)),
            Err(error) => failed(&error, Some(account)),
        }
    }
}

impl From<Bot> for Account {
    fn from(bot: Bot) -> Self {
        Self {
            id: bot.id.to_string(),
            name: bot.first_name,
            username: bot.username,
        }
    }
}

impl From<WebhookInfo> for WebhookState {
    fn from(info: WebhookInfo) -> Self {
        let asked = |kind: &&str| info.allowed_updates.iter().any(|it| it == kind);
        Self {
            complete: ALLOWED_UPDATES.iter().all(asked),
            url: Some(info.url).filter(|url| !url.is_empty()),
            pending: info.pending_update_count,
            last_error: info.last_error_message,
            last_error_at: info.last_error_date.map(Timestamp::from_seconds),
        }
    }
}

fn stands(account: Account, webhook: WebhookState) -> Check {
    let name = match &account.username {
        Some(username) => format!("@{username}"),
        None => account.name.clone(),
    };
    let way = match webhook.url {
        Some(_) => "hands updates over to a webhook",
        None => "keeps updates until they are polled",
    };
    let waiting = match webhook.pending {
        0 => String::new(),
        count => format!("; {count} wait"),
    };
    Check {
        status: ChannelStatus::Active,
        code: "ok",
        detail: format!("Telegram knows {name} and {way}{waiting}"),
        account: Some(account),
        webhook: Some(webhook),
    }
}

fn failed(error: &CallError, account: Option<Account>) -> Check {
    let status = match error {
        CallError::Unauthorised { .. } | CallError::Refused { .. } => ChannelStatus::Error,
        // All else may pass.
        _ => ChannelStatus::Connecting,
    };
    Check {
        status,
        code: error.code(),
        detail: error.to_string(),
        account,
        webhook: None,
    }
}
