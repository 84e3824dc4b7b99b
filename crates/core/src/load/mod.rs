//! A company full of conversations, to measure with. Rows are written as the use cases would leave them, many in one
//! unit of work; the same numbers make the same company.

mod rows;
mod words;

use std::ops::Range;

use fastrand::Rng;
use omni_model::{PlatformScope, Role, TenantId, TenantScope};
use omni_store::conversations::Change;
use omni_store::{conversation_tags, conversations, identities, messages, tenants};
use serde_json::json;

use self::rows::{Rows, Workplace};
use crate::channels::NewChannel;
use crate::demo::principal;
use crate::operators::NewOperator;
use crate::teams::NewTeam;
use crate::tenants::NewTenant;
use crate::{Core, Error, Result};

/// The slug of the company.
pub const SLUG: &str = "load";
/// Everybody's password in it: `owner@load.local`, `operator0@load.local` and on.
pub const PASSWORD: &str = "load-load";

/// Conversations in one unit of work.
const BATCH: usize = 200;
const OPERATORS: usize = 10;
const TEAMS: usize = 3;
const CHANNELS: usize = 3;

/// How much to make.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    pub conversations: usize,
    /// At least one a conversation.
    pub messages: usize,
}

impl Core {
    /// Makes the company and fills it, telling after each batch how many conversations it has.
    ///
    /// 409 `conflict` where it has conversations already, 422 where there are fewer messages than conversations.
    pub async fn make_load(&self, load: Load, told: impl Fn(usize)) -> Result<TenantId> {
        if load.conversations == 0 || load.messages < load.conversations {
            let detail = "each conversation needs a message";
            return Err(Error::invalid_field("/messages", "out_of_range", detail));
        }
        let workplace = self.load_company().await?;
        let scope = TenantScope::of(workplace.tenant);
        let mut rows = Rows::new(workplace, load, self.clock().now());
        let mut done = 0;
        while done < load.conversations {
            let until = load.conversations.min(done + BATCH);
            self.load_batch(&scope, &mut rows, done..until).await?;
            self.store().tend().await?;
            done = until;
            told(done);
        }
        Ok(scope.tenant_id())
    }

    async fn load_batch(
        &self,
        scope: &TenantScope,
        rows: &mut Rows,
        numbers: Range<usize>,
    ) -> Result<()> {
        let batch = rows.batch(numbers);
        let scope = *scope;
        self.store()
            .write(&scope, move |unit| async move {
                identities::insert(&unit, &scope, &batch.customers, &batch.identities).await?;
                let changes: Vec<Change> = batch
                    .conversations
                    .into_iter()
                    .map(|after| Change {
                        before: None,
                        after,
                    })
                    .collect();
                conversations::save(&unit, &changes).await?;
                messages::insert(&unit, &batch.messages).await?;
                for change in changes.iter().filter(|it| !it.after.tags.is_empty()) {
                    let (id, tags) = (change.after.id, &change.after.tags);
                    conversation_tags::replace(&unit, &scope, id, tags).await?;
                }
                for event in batch.events {
                    unit.emit(event);
                }
                Ok::<_, Error>(())
            })
            .await
    }

    async fn load_company(&self) -> Result<Workplace> {
        let why = PlatformScope::for_reason("the load looks itself up");
        if tenants::by_slug(self.store().reader(), why, SLUG)
            .await?
            .is_some()
        {
            let detail = "the company is there already: use another data folder or database";
            return Err(Error::refused(omni_model::codes::CONFLICT, detail));
        }
        let created = self
            .create_tenant(NewTenant {
                name: "Load".to_owned(),
                slug: SLUG.to_owned(),
                owner_email: "owner@load.local".to_owned(),
                owner_name: None,
                owner_password: Some(PASSWORD.to_owned()),
            })
            .await?;
        let owner = principal(
            created.tenant_id,
            created.owner_id,
            Role::Owner,
            self.clock(),
        );
        let mut workplace = Workplace {
            tenant: created.tenant_id,
            operators: Vec::new(),
            teams: Vec::new(),
            channels: Vec::new(),
        };
        for number in 0..OPERATORS {
            let new = NewOperator {
                email: format!("operator{number}@load.local"),
                name: words::person(&mut Rng::with_seed(number as u64)).to_owned(),
                role: Role::Operator,
                password: Some(PASSWORD.to_owned()),
                skills: Vec::new(),
                capacity: None,
            };
            let made = self.create_operator(&owner, new, None).await?;
            workplace.operators.push(made.value.operator.id);
        }
        for (number, members) in workplace
            .operators
            .chunks(OPERATORS.div_ceil(TEAMS))
            .enumerate()
        {
            let new = NewTeam {
                name: format!("Team {number}"),
                members: members.to_vec(),
            };
            let made = self.create_team(&owner, new, None).await?;
            workplace.teams.push(made.value.id);
        }
        for number in 0..CHANNELS {
            let new: NewChannel = serde_json::from_value(json!({
                "type": "widget",
                "name": format!("Site {number}"),
                "settings": {"name": "Load"},
            }))
            .map_err(|error| Error::internal("the widget of the load does not read", error))?;
            let made = self.create_channel(&owner, new, None).await?;
            workplace.channels.push(made.value.id);
        }
        Ok(workplace)
    }
}
