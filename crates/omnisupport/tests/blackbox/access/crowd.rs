//! A small company beside a large one: nothing of the one gets into the lists of the other, and no list hands out
//! more than a page (S5).

use std::collections::BTreeSet;

use omni_model::{
    AuditId, ConversationId, CustomerId, IdentityId, MessageId, Role, SystemClock, TenantScope,
    UserId,
};
use omni_store::audit::{self, AuditRecord};
use omni_store::conversations::{self, Change};
use omni_store::identities::{self, IdentityRecord, NewCustomer};
use omni_store::users::{self, UserRecord};
use omni_store::{ConversationRecord, MessageRecord, StoreError, conversation_tags, messages};
use omni_testkit::{Api, TestApp, TestDatabase, both_engines};
use serde_json::{Value, json};

use super::world::World;

/// How many of everything the large company has more than the small one.
const CROWD: i64 = 1_000;

async fn items(who: &Api, path: &str) -> (Vec<Value>, Value) {
    let page = who.get(path).await.expect(200);
    (page["items"].as_array().unwrap().clone(), page)
}

both_engines!(
    a_crowd_next_door_is_in_no_list,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let (ours, theirs) = (World::open(&app).await, World::open(&app).await);
        fill(&app, &theirs).await;
        let owner = &ours.salon.owner;
        let path = format!("/api/v1/conversations/{}", ours.conversation);
        let tagged = owner.patch(&path, &json!({"tags": ["vip"]})).await;
        tagged.expect(200);
        // The search index follows a moment later.
        let named = "/api/v1/conversations?q=%D0%93%D0%BE%D1%81%D1%82%D1%8C";
        while items(owner, named).await.0.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        // What fits all of theirs finds only ours: the guest, and where nobody in particular is asked for, his twin.
        for (filter, many) in [
            ("", 2),
            ("&q=%D0%93%D0%BE%D1%81%D1%82%D1%8C", 1),
            ("&tag=vip", 1),
            ("&status=open", 2),
            ("&channel=web", 2),
            ("&assigned_to=me", 1),
        ] {
            let path = format!("/api/v1/conversations?limit=200{filter}");
            let (found, page) = items(owner, &path).await;
            let names: BTreeSet<_> = (found.iter())
                .map(|found| found["customer"]["id"].as_str().unwrap())
                .collect();
            let known = [ours.customer.as_str(), ours.twin.as_str()];
            assert_eq!(names, known.into_iter().take(many).collect(), "{filter}");
            assert_eq!(
                (&page["total"], &page["total_is_exact"]),
                (&json!(many), &json!(true)),
                "{filter}"
            );
        }
        for filter in [
            format!("assigned_to={}", theirs.salon.owner_id),
            format!("channel_id={}", theirs.channel),
        ] {
            let path = format!("/api/v1/conversations?limit=200&{filter}");
            let (found, page) = items(owner, &path).await;
            assert_eq!((found, &page["total"]), (vec![], &json!(0)), "{filter}");
        }
        for list in ["operators", "audit", "channels"] {
            let path = format!("/api/v1/{list}");
            let (found, page) = items(owner, &path).await;
            assert_eq!(page["total"], found.len(), "{list}");
            let told = page.to_string();
            assert!(!told.contains("crowd"), "{list}: {told}");
        }
        app.stop().await;
    }
);

both_engines!(
    a_page_has_its_bound_whatever_is_asked,
    |database: TestDatabase| async move {
        let app = TestApp::start(database).await;
        let world = World::open(&app).await;
        fill(&app, &world).await;
        let owner = &world.salon.owner;
        for list in ["conversations", "operators", "audit"] {
            let path = format!("/api/v1/{list}?limit=1000");
            let (found, page) = items(owner, &path).await;
            assert_eq!(found.len(), 200, "{list}");
            assert!(page["next_cursor"].is_string(), "{list}");
        }
        let thread = format!("/api/v1/conversations/{}/messages", world.conversation);
        let own = "/api/v1/widget/messages".to_owned();
        for (who, path) in [(owner, thread), (&world.visitor, own)] {
            let (found, page) = items(who, &format!("{path}?limit=1000")).await;
            assert_eq!((found.len(), &page["has_before"]), (200, &json!(true)));
        }
        app.stop().await;
    }
);

/// Gives a company a crowd: people, lines of the log, customers with a conversation each, and a long thread in the one
/// conversation that it had. Stored by hand, for all of it would take long to happen.
async fn fill(app: &TestApp, world: &World) {
    let scope = TenantScope::of(world.salon.tenant_id.into());
    let owner = UserId::from(world.salon.owner_id);
    let id: ConversationId = world.conversation.parse().unwrap();
    let filled = app.core().store().write(&scope, move |unit| async move {
        let known = conversations::lock_one(&unit, &scope, id).await?.unwrap();
        let first = messages::at_seq(unit.db(), &scope, id, 1).await?.unwrap();
        let person = users::find(unit.db(), &scope, owner).await?.unwrap();

        let mut grown = Change::of(known.clone());
        grown.after.last_seq += CROWD;
        let thread: Vec<MessageRecord> = (1..=CROWD)
            .map(|n| MessageRecord {
                id: MessageId::new(&SystemClock),
                seq: known.last_seq + n,
                provider_id: None,
                ..first.clone()
            })
            .collect();
        conversations::save(&unit, &[grown]).await?;
        messages::insert(&unit, &thread).await?;

        let guests: Vec<Guest> = (0..CROWD).map(|_| Guest::like(&known)).collect();
        let customers: Vec<NewCustomer> = guests.iter().map(|g| g.customer.clone()).collect();
        let addresses: Vec<IdentityRecord> = guests.iter().map(|g| g.identity.clone()).collect();
        identities::insert(&unit, &scope, &customers, &addresses).await?;
        let (ids, changes): (Vec<ConversationId>, Vec<Change>) =
            guests.into_iter().map(Guest::comes).unzip();
        conversations::save(&unit, &changes).await?;
        for (n, id) in ids.into_iter().enumerate() {
            conversation_tags::replace(&unit, &scope, id, &["vip".to_owned()]).await?;
            let colleague = UserRecord {
                id: UserId::new(&SystemClock),
                email: format!("{n}@crowd.example"),
                role: Role::Viewer,
                ..person.clone()
            };
            users::insert(&unit, &colleague).await?;
            let line = AuditRecord {
                id: AuditId::new(&SystemClock),
                actor: None,
                action: "crowd.came".to_owned(),
                target_type: "user".to_owned(),
                target_id: None,
                changes: json!({}),
                created_at: unit.now(),
            };
            audit::append(&unit, &scope, &line).await?;
        }
        Ok::<_, StoreError>(())
    });
    filled.await.unwrap();
}

/// Somebody new, and his conversation.
struct Guest {
    customer: NewCustomer,
    identity: IdentityRecord,
    conversation: ConversationRecord,
}

impl Guest {
    fn like(known: &ConversationRecord) -> Self {
        let (customer, identity) = (CustomerId::new(&SystemClock), IdentityId::new(&SystemClock));
        Self {
            customer: NewCustomer {
                id: customer,
                name: "Гость".to_owned(),
                verified_phone: None,
                verified_email: None,
                locale: None,
            },
            identity: IdentityRecord {
                id: identity,
                customer_id: customer,
                channel_id: known.channel_id,
                external_id: format!("crowd:{identity}"),
                display_name: "Гость".to_owned(),
                verified: false,
                blocked: false,
            },
            conversation: ConversationRecord {
                row_id: 0,
                id: ConversationId::new(&SystemClock),
                customer_id: customer,
                identity_id: identity,
                ..known.clone()
            },
        }
    }

    /// The conversation as it is stored.
    fn comes(self) -> (ConversationId, Change) {
        let change = Change {
            before: None,
            after: self.conversation,
        };
        (change.after.id, change)
    }
}
