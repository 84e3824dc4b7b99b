//! Customers in lists, and each one's conversations over all channels.

use omni_model::{
    Conversation, ConversationId, Customer, CustomerId, FieldError, Page, Principal, limits,
};
use omni_store::customer_views::{self, CustomerFilter};
use omni_store::{customer_fields, customers};
use serde::Deserialize;

use super::fields::shown;
use crate::access::needs;
use crate::conversations::words;
use crate::page::{Cursor, PageRequest};
use crate::{Core, Error, Result};

/// Which customers. No filter = all.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CustomerQuery {
    /// A piece of the name, the phone number or the e-mail address.
    pub q: Option<String>,
    pub blocked: Option<bool>,
    /// Rows at most; 50 unless said, never more than 200.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// Rows to skip; not together with `cursor`.
    #[param(maximum = 10_000)]
    pub offset: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Core {
    /// The customers that `who` sees, the newest first.
    pub async fn list_customers(
        &self,
        who: &Principal,
        query: CustomerQuery,
    ) -> Result<Page<Customer>> {
        needs(who, "customers:read")?;
        let mut wrong: Vec<FieldError> = Vec::new();
        let filter = CustomerFilter {
            words: words("q", query.q.as_deref(), limits::NAME, &mut wrong),
            blocked: query.blocked,
            seen_by: self.sight_limits(who).await?,
        };
        if !wrong.is_empty() {
            return Err(Error::invalid(wrong));
        }
        let request = PageRequest {
            limit: query.limit,
            offset: query.offset,
            cursor: query.cursor,
        };
        let place = request.place()?;
        let (scope, reader) = (who.scope(), self.store().reader());
        let (mut records, total) = customer_views::page(
            reader,
            &scope,
            &filter,
            place.map(|cursor| (cursor.at, CustomerId(cursor.id))),
            request.offset(),
            request.limit() + 1,
        )
        .await?;
        let next = request.next(&mut records, |record| Cursor {
            at: record.created_at,
            id: record.id.0,
        });
        let fields = customer_fields::all(reader, &scope).await?;
        let ids: Vec<CustomerId> = records.iter().map(|record| record.id).collect();
        let mut identities = customers::identities_of(reader, &scope, &ids).await?;
        let items = records
            .into_iter()
            .map(|record| {
                let theirs = identities.remove(&record.id).unwrap_or_default();
                let values = shown(&record.fields, &fields);
                record.into_profile(theirs, values)
            })
            .collect();
        Ok(Page::new(items, total, next))
    }

    /// A customer's conversations over all channels, the newest first: those that `who` sees.
    pub async fn customer_timeline(
        &self,
        who: &Principal,
        id: CustomerId,
        request: &PageRequest,
    ) -> Result<Page<Conversation>> {
        self.visible_customer(who, id).await?;
        needs(who, "conversations:read")?;
        let place = request.place()?;
        let (scope, seen_by) = (who.scope(), self.sight_limits(who).await?);
        let (mut records, total) = customer_views::timeline(
            self.store().reader(),
            &scope,
            id,
            seen_by.as_ref(),
            place.map(|cursor| (cursor.at, ConversationId(cursor.id))),
            request.offset(),
            request.limit() + 1,
        )
        .await?;
        let next = request.next(&mut records, |record| Cursor {
            at: record.created_at,
            id: record.id.0,
        });
        let items = self.render_conversations(&scope, &records).await?;
        Ok(Page::new(items, total, next))
    }
}
