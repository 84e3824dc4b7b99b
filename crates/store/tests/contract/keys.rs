//! API keys, superadmins, and companies that are suspended.

use std::time::Duration;

use omni_model::{
    ApiKeyId, Clock, Job, MessageId, Permissions, PlatformScope, Queue, Role, SuperadminId,
    SuperadminSessionId, SystemClock, TenantScope, UserId,
};
use omni_store::api_keys::{self, ApiKeyRecord};
use omni_store::superadmins::{self, SuperadminRecord};
use omni_store::testing::TestDatabase;
use omni_store::{Claim, Store, StoreError, UniqueKey, both_engines, tenant_views, tenants};

use super::fixture::{self, Salon};

const WHY: PlatformScope = PlatformScope::for_reason("a test looks at all tenants");

async fn somebody(store: &Store, salon: Salon) -> UserId {
    let id = UserId::new(&SystemClock);
    let record = omni_store::users::UserRecord {
        id,
        tenant_id: salon.scope.tenant_id(),
        email: format!("{id}@a.example"),
        name: "Анна".to_owned(),
        password_hash: None,
        role: Role::Admin,
        status: omni_model::OperatorStatus::Offline,
        status_changed_at: SystemClock.now(),
        skills: Vec::new(),
        capacity: None,
        version: 1,
        disabled: false,
        created_at: SystemClock.now(),
        updated_at: SystemClock.now(),
    };
    let written = store.write(&salon.scope, move |unit| async move {
        omni_store::users::insert(&unit, &record).await
    });
    written.await.unwrap();
    id
}

async fn key(store: &Store, salon: Salon, hash: &'static str) -> ApiKeyRecord {
    let now = SystemClock.now();
    let record = ApiKeyRecord {
        id: ApiKeyId::at(now),
        tenant_id: salon.scope.tenant_id(),
        name: "Shop".to_owned(),
        last4: "abcd".to_owned(),
        permissions: Permissions::new(vec!["conversations:read".to_owned()]),
        rate_limit: Some(7),
        created_by: somebody(store, salon).await,
        created_at: now,
        updated_at: now,
        expires_at: Some(now.plus(Duration::from_secs(60))),
        last_used_at: None,
    };
    let row = record.clone();
    let written = store.write(&salon.scope, move |unit| async move {
        api_keys::insert(&unit, hash, &row).await
    });
    written.await.unwrap();
    record
}

both_engines!(
    a_key_is_found_by_its_hash_until_it_is_revoked,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (ours, theirs) = (fixture::salon(&store).await, fixture::salon(&store).await);
        let record = key(&store, ours, "hash").await;
        let standing = api_keys::standing(store.reader(), WHY, "hash")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (standing.id, standing.tenant_id),
            (record.id, record.tenant_id)
        );
        assert_eq!((standing.role, standing.disabled), (Role::Admin, false));
        assert_eq!(standing.rate_limit, Some(7));
        assert_eq!(standing.last_used_at, None);
        assert!(
            api_keys::standing(store.reader(), WHY, "other")
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            api_keys::find(store.reader(), &ours.scope, record.id)
                .await
                .unwrap(),
            Some(record.clone())
        );
        assert_eq!(
            api_keys::find(store.reader(), &theirs.scope, record.id)
                .await
                .unwrap(),
            None
        );
        assert_eq!(
            api_keys::count(store.reader(), &ours.scope).await.unwrap(),
            1
        );
        assert_eq!(
            api_keys::count(store.reader(), &theirs.scope)
                .await
                .unwrap(),
            0
        );

        // Used now; and not noted again before its time.
        let id = record.id;
        let used = |before| {
            let store = store.clone();
            async move {
                store
                    .write(&ours.scope, move |unit| async move {
                        api_keys::note_use(&unit, &ours.scope, id, before).await
                    })
                    .await
                    .unwrap();
                let found = api_keys::find(store.reader(), &ours.scope, id)
                    .await
                    .unwrap();
                found.unwrap().last_used_at.unwrap()
            }
        };
        let first = used(record.created_at).await;
        assert_eq!(
            used(record.created_at.minus(Duration::from_secs(60))).await,
            first
        );

        let revoked = |scope: TenantScope| {
            let store = store.clone();
            async move {
                let revoke = store.write(&scope, move |unit| async move {
                    api_keys::revoke(&unit, &scope, id).await
                });
                revoke.await.unwrap()
            }
        };
        assert!(!revoked(theirs.scope).await, "not theirs to revoke");
        assert!(revoked(ours.scope).await);
        assert!(!revoked(ours.scope).await, "once");
        assert!(
            api_keys::standing(store.reader(), WHY, "hash")
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            api_keys::page(store.reader(), &ours.scope, None, 0, 10)
                .await
                .unwrap(),
            (vec![], 0)
        );
    }
);

both_engines!(
    work_of_a_suspended_company_waits,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let (one, two) = (fixture::salon(&store).await, fixture::salon(&store).await);
        for salon in [one, two] {
            let queued = store.write(&salon.scope, |unit| async move {
                let message_id = MessageId::new(&SystemClock);
                unit.enqueue("lane", Job::Deliver { message_id });
                Ok::<_, StoreError>(())
            });
            queued.await.unwrap();
        }
        let suspend = |scope: TenantScope, reason: &'static str| {
            let store = store.clone();
            async move {
                let done = store.write(&scope, move |unit| async move {
                    tenants::suspend(&unit, &scope, reason).await
                });
                done.await.unwrap()
            }
        };
        assert!(suspend(one.scope, "first").await);
        assert!(!suspend(one.scope, "second").await);
        let seen = tenant_views::find(store.reader(), WHY, one.scope.tenant_id())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(seen.suspended_reason.as_deref(), Some("first"));
        assert!(
            tenants::standing(store.reader(), &one.scope)
                .await
                .unwrap()
                .suspended
        );
        assert!(
            !tenants::standing(store.reader(), &two.scope)
                .await
                .unwrap()
                .suspended
        );
        let claim = || Claim {
            queue: Queue::Deliver,
            owner: "worker".to_owned(),
            lanes: 10,
            tenant_bound: 10,
        };
        // It is passed over, from wherever the round begins, and does not count as late.
        let leased = store.claim_lanes(claim(), None).await.unwrap();
        let served: Vec<_> = leased.iter().map(|lease| lease.scope).collect();
        assert_eq!(served, [two.scope]);
        for after in [
            None,
            Some(one.scope.tenant_id()),
            Some(two.scope.tenant_id()),
        ] {
            assert!(store.claim_lanes(claim(), after).await.unwrap().is_empty());
        }
        store.give_back(&leased).await.unwrap();
        assert_eq!(store.lane_backlog(Queue::Deliver).await.unwrap().lanes, 1);

        let restored = store.write(&one.scope, move |unit| async move {
            let first = tenants::restore(&unit, &one.scope).await?;
            Ok::<_, StoreError>((first, tenants::restore(&unit, &one.scope).await?))
        });
        assert_eq!(restored.await.unwrap(), (true, false));
        let two_left = [
            store.claim_lanes(claim(), None).await.unwrap(),
            store
                .claim_lanes(claim(), Some(one.scope.tenant_id()))
                .await
                .unwrap(),
            store
                .claim_lanes(claim(), Some(two.scope.tenant_id()))
                .await
                .unwrap(),
        ];
        assert_eq!(two_left.iter().map(Vec::len).sum::<usize>(), 2);
    }
);

both_engines!(
    a_superadmin_has_one_address_and_sessions,
    |database: TestDatabase| async move {
        let store = database.store().await.unwrap();
        let root = |email: &str| SuperadminRecord {
            id: SuperadminId::new(&SystemClock),
            email: email.to_owned(),
            password_hash: "hash".to_owned(),
            created_at: SystemClock.now(),
        };
        let insert = |record: SuperadminRecord| {
            let store = store.clone();
            async move {
                let written = store.write_platform(WHY, move |unit| async move {
                    superadmins::insert(&unit, &record).await
                });
                written.await
            }
        };
        let first = root("root@a.example");
        insert(first.clone()).await.unwrap();
        let again = insert(root("root@a.example")).await.unwrap_err();
        assert!(again.violates(UniqueKey::SUPERADMIN_EMAIL), "{again}");
        let found = superadmins::by_email(store.reader(), WHY, "root@a.example")
            .await
            .unwrap();
        assert_eq!(found, Some(first.clone()));

        let (session, whose) = (SuperadminSessionId::new(&SystemClock), first.id);
        let ended = store.write_platform(WHY, move |unit| async move {
            let ends = unit.now().plus(Duration::from_secs(60));
            superadmins::insert_session(&unit, session, whose, ends).await?;
            superadmins::insert_refresh(&unit, "token", session, ends).await?;
            let token = superadmins::lock_refresh(&unit, "token").await?.unwrap();
            assert_eq!((token.session, token.used_at), (session, None));
            superadmins::use_refresh(&unit, "token").await?;
            let token = superadmins::lock_refresh(&unit, "token").await?.unwrap();
            assert!(token.used_at.is_some());
            let first = superadmins::revoke(&unit, session, "logout").await?;
            Ok::<_, StoreError>((first, superadmins::revoke(&unit, session, "logout").await?))
        });
        assert_eq!(ended.await.unwrap(), (true, false));
        let standing = superadmins::standing(store.reader(), WHY, session)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((standing.id, standing.revoked), (whose, true));
        let forgotten = store.write_platform(WHY, |unit| async move {
            superadmins::forget_old(&unit, unit.now().plus(Duration::from_secs(120))).await
        });
        forgotten.await.unwrap();
        assert!(
            superadmins::standing(store.reader(), WHY, session)
                .await
                .unwrap()
                .is_none()
        );
    }
);
