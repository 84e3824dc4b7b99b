//! What was found, as the API shows it: by the stored text.

use omni_store::customers::CustomerRecord;
use omni_store::{MessageRecord, conversation_views, files, live_views, search_views};

use super::find::{Search, SearchHit};
use super::snippet::snippet;
use super::text;
use crate::{Core, Result};

impl Core {
    pub(super) async fn message_items(
        &self,
        search: &Search,
        rows: &[i64],
    ) -> Result<Vec<SearchHit>> {
        let (reader, scope) = (self.store().reader(), &search.scope);
        let records = search_views::messages(reader, scope, rows).await?;
        let mut talks: Vec<_> = records
            .iter()
            .map(|record| record.conversation_id)
            .collect();
        talks.sort_unstable();
        talks.dedup();
        let files: Vec<_> = records.iter().filter_map(MessageRecord::file_id).collect();
        let (talks, beside, files) = tokio::try_join!(
            live_views::conversations(reader, scope, &talks),
            conversation_views::beside(reader, scope, &talks),
            files::find_many(reader, scope, &files),
        )?;
        let item = |record: MessageRecord| {
            let talk = talks
                .iter()
                .find(|talk| talk.id == record.conversation_id)?;
            let file = record.file_id();
            let file = files.iter().find(|found| Some(found.id) == file);
            let text = text::of_message(&record.content, file.map(|file| file.file_name.as_str()));
            Some(SearchHit::Message {
                conversation_id: talk.id,
                message_id: record.id,
                seq: record.seq,
                direction: record.direction,
                sender_type: record.sender_type,
                private: record.private,
                created_at: record.created_at,
                channel: talk.channel_kind,
                channel_id: talk.channel_id,
                customer_id: talk.customer_id,
                customer_name: beside.get(&talk.id)?.customer.name.clone(),
                snippet: snippet(&text, &search.query),
            })
        };
        Ok(records.into_iter().filter_map(item).collect())
    }

    pub(super) async fn customer_items(
        &self,
        search: &Search,
        rows: &[i64],
    ) -> Result<Vec<SearchHit>> {
        let (reader, scope) = (self.store().reader(), &search.scope);
        let records = search_views::customers(reader, scope, rows).await?;
        let ids: Vec<_> = records.iter().map(|record| record.id).collect();
        let newest =
            search_views::newest_conversations(reader, scope, &ids, &search.filter).await?;
        let item = |record: CustomerRecord| {
            let (phone, email) = (record.phone.as_deref(), record.email.as_deref());
            let text = text::of_customer(&record.name, phone, email, &[]);
            SearchHit::Customer {
                customer_id: record.id,
                conversation_id: newest.get(&record.id).copied(),
                snippet: snippet(&text, &search.query),
                name: record.name,
                phone: record.phone,
                email: record.email,
            }
        };
        Ok(records.into_iter().map(item).collect())
    }
}
