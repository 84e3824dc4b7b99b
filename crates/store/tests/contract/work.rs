//! What operators work with: drafts, canned responses, tags.

use omni_model::{
    CannedResponseId, Clock, FileId, OperatorStatus, PlatformScope, Role, SystemClock, Timestamp,
    UserId,
};
use omni_store::canned_responses::{self as canned, CannedRecord};
use omni_store::drafts::{self, DraftRecord};
use omni_store::files::{self, FileRecord, Uploader};
use omni_store::testing::TestDatabase;
use omni_store::users::{self, UserRecord};
use omni_store::{
    Store, StoreError, UniqueKey, both_engines, conversation_tags, customers, tenants,
};

use super::fixture::{Salon, conversation, salon};

/// Somebody who works there.
async fn person(store: &Store, salon: Salon) -> UserId {
    let now = SystemClock.now();
    let id = UserId::at(now);
    let record = UserRecord {
        id,
        tenant_id: salon.scope.tenant_id(),
        email: format!("{id}@salon.example"),
        name: "Анна".to_owned(),
        password_hash: None,
        role: Role::Operator,
        status: OperatorStatus::Offline,
        status_changed_at: now,
        skills: Vec::new(),
        capacity: None,
        version: 1,
        disabled: false,
        created_at: now,
        updated_at: now,
    };
    store
        .write(&salon.scope, move |unit| async move {
            users::insert(&unit, &record).await
        })
        .await
        .unwrap();
    id
}

async fn store_canned(store: &Store, salon: Salon, record: CannedRecord) -> Result<(), StoreError> {
    store
        .write(&salon.scope, move |unit| async move {
            canned::insert(&unit, &salon.scope, &record).await
        })
        .await
}

fn response(code: &str, text: &str, owner_id: Option<UserId>) -> CannedRecord {
    let now = SystemClock.now();
    CannedRecord {
        id: CannedResponseId::at(now),
        owner_id,
        short_code: code.to_owned(),
        title: "Заголовок".to_owned(),
        text: text.to_owned(),
        file_id: None,
        created_at: now,
        updated_at: now,
    }
}

both_engines!(
    the_higher_version_of_a_draft_wins,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let user = person(&store, salon).await;
        let talk = conversation(&store, salon).await.id;
        let keep = async |text: &str, version: i64| {
            let draft = DraftRecord {
                conversation_id: talk,
                text: text.to_owned(),
                version,
                updated_at: Timestamp::from_millis(version),
            };
            store
                .write(&salon.scope, move |unit| async move {
                    drafts::keep(&unit, &salon.scope, user, &draft).await?;
                    drafts::find(unit.db(), &salon.scope, user, talk).await
                })
                .await
                .unwrap()
                .map(|kept| (kept.text, kept.version))
        };
        let is = |text: &str, version| Some((text.to_owned(), version));
        assert_eq!(keep("one", 3).await, is("one", 3));
        assert_eq!(keep("late", 3).await, is("one", 3));
        assert_eq!(keep("later still", 2).await, is("one", 3));
        assert_eq!(keep("two", 4).await, is("two", 4));
        let reader = store.reader();
        let listed = async || {
            let drafts = drafts::of_user(reader, &salon.scope, user, 10)
                .await
                .unwrap();
            drafts.len()
        };
        assert_eq!(listed().await, 1);
        store
            .write(&salon.scope, move |unit| async move {
                drafts::clear(&unit, &salon.scope, user, talk).await
            })
            .await
            .unwrap();
        assert_eq!((listed().await, keep("", 4).await), (0, is("", 5)));
    }
);

both_engines!(
    canned_responses_are_found_and_keep_their_files,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let salon = salon(&store).await;
        let (anna, boris) = (person(&store, salon).await, person(&store, salon).await);
        let (scope, reader) = (salon.scope, store.reader());
        let file = FileRecord::uploaded(
            FileId::new(&SystemClock),
            Uploader::User(anna),
            "a.txt",
            "text/plain",
            1,
            Timestamp::from_millis(1),
        );
        let id = file.id;
        store
            .write(&scope, move |unit| async move {
                files::insert(&unit, &scope, &[file]).await
            })
            .await
            .unwrap();
        let why = || PlatformScope::for_reason("a test sweeps");
        let unsent = async || {
            let before = SystemClock.now();
            let found = files::never_sent(reader, why(), before, 10).await.unwrap();
            found.iter().any(|(_, found)| *found == id)
        };
        assert!(unsent().await);
        let mut own = response("price", "100% от ЦЕНЫ", Some(anna));
        own.file_id = Some(id);
        store_canned(&store, salon, own).await.unwrap();
        store_canned(&store, salon, response("hello", "Привет", None))
            .await
            .unwrap();
        assert!(!unsent().await, "a file that is offered is not forgotten");
        for (user, offered) in [(anna, true), (boris, false)] {
            let told = canned::offers_file(reader, &scope, user, id).await.unwrap();
            assert_eq!(told, offered);
        }

        let taken = store_canned(&store, salon, response("hello", "x", Some(boris))).await;
        assert!(matches!(taken, Err(error) if error.violates(UniqueKey::CANNED_CODE)));
        let found = async |user, q: Option<&str>| {
            let (page, total) = canned::page(reader, &scope, user, q, 0, 10).await.unwrap();
            assert_eq!(total, page.len() as u64);
            page.into_iter()
                .map(|one| one.short_code)
                .collect::<Vec<_>>()
        };
        assert_eq!(found(anna, None).await, ["hello", "price"]);
        assert_eq!(found(boris, None).await, ["hello"]);
        assert_eq!(found(anna, Some("цены 100%")).await, ["price"]);
        assert_eq!(found(anna, Some("hlo")).await, ["hello"]);
        assert!(found(anna, Some("_")).await.is_empty());
    }
);

both_engines!(
    tags_are_counted_and_a_conversation_tells_its_customer,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (ours, theirs) = (salon(&store).await, salon(&store).await);
        for (salon, tags) in [
            (ours, ["vip", "Жалоба"]),
            (ours, ["vip", "x"]),
            (theirs, ["vip", "y"]),
        ] {
            let talk = conversation(&store, salon).await.id;
            store
                .write(&salon.scope, move |unit| async move {
                    let tags = tags.map(str::to_owned);
                    conversation_tags::replace(&unit, &salon.scope, talk, &tags).await
                })
                .await
                .unwrap();
            let customer = customers::of_conversation(store.reader(), &salon.scope, talk).await;
            assert_eq!(customer.unwrap().unwrap().name, "Анна");
        }
        let counts = async |piece: Option<&str>| {
            conversation_tags::counts(store.reader(), &ours.scope, None, piece, 2)
                .await
                .unwrap()
        };
        let of = |tag: &str, n: i64| (tag.to_owned(), n);
        assert_eq!(counts(None).await[0], of("vip", 2));
        assert_eq!(counts(None).await.len(), 2);
        assert_eq!(counts(Some("жало")).await, [of("Жалоба", 1)]);
        let name = tenants::name(store.reader(), &ours.scope).await.unwrap();
        assert_eq!(name.as_deref(), Some("Salon"));
    }
);
