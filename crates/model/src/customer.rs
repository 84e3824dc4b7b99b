//! Customers and their addresses.

use serde::{Deserialize, Serialize};

use crate::{ChannelId, ChannelKind, CustomerId, IdentityId, Timestamp, word_enum};

word_enum! {
    /// What a field of a customer's card holds.
    CustomerFieldKind {
        Text = "text",
        Number = "number",
        /// A day, `2026-11-22`.
        Date = "date",
        /// One of the field's options.
        Select = "select",
        Boolean = "boolean",
    }
}

/// A customer's address in one channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IdentityBrief {
    pub id: IdentityId,
    pub channel: ChannelKind,
    pub channel_id: ChannelId,
    /// The channel's own id of the person.
    pub external_id: String,
    /// The name he gives himself there.
    pub display_name: String,
    pub created_at: Timestamp,
}

/// A customer's profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Customer {
    pub id: CustomerId,
    pub name: String,
    pub phone: Option<String>,
    /// Whether the phone was proven, not just told.
    pub phone_verified: bool,
    pub email: Option<String>,
    /// Whether the e-mail address was proven, not just told.
    pub email_verified: bool,
    pub locale: Option<String>,
    pub identities: Vec<IdentityBrief>,
    #[schema(value_type = Object)]
    pub metadata: serde_json::Value,
    /// Values of the company's own fields, by their keys; those that have none are left out.
    #[schema(value_type = Object)]
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Since when the team does not want to hear him.
    pub blocked_at: Option<Timestamp>,
    /// Who he turned out to be: he himself is not listed any more, and changed only by parting them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<CustomerId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A phone number as digits with a leading plus, or `None` where it cannot be one (7 to 15 digits, E.164).
pub fn normalise_phone(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let foreign = text
        .chars()
        .any(|c| !(c.is_ascii_digit() || " +-()./\u{a0}".contains(c)));
    if foreign || !(7..=15).contains(&digits.len()) {
        return None;
    }
    Some(format!("+{digits}"))
}

/// An e-mail address in lower case, or `None` where it cannot be one.
pub fn normalise_email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let plausible = !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.len() <= crate::limits::EMAIL
        && !text
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '<' || c == '>');
    plausible.then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_and_addresses_have_one_form() {
        assert_eq!(
            normalise_phone("+7 (999) 000-11-22").as_deref(),
            Some("+79990001122")
        );
        assert_eq!(normalise_phone("call me"), None);
        assert_eq!(normalise_phone("12"), None);
        assert_eq!(
            normalise_email(" Anna@Example.COM ").as_deref(),
            Some("anna@example.com")
        );
        assert_eq!(normalise_email("a b@example.com"), None);
        assert_eq!(normalise_email("anna@localhost"), None);
    }
}
