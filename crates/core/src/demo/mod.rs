//! The demo tenant: a salon with its people, a widget, and about thirty conversations in every state. Made
//! through the same use cases that people use, once; what is there already is left alone.

mod script;
mod seed;

pub(crate) use script::principal;

use omni_model::{ChannelKind, PlatformScope, Role, TenantId, TenantScope};
use omni_store::{channels, counters, tenants};
use serde_json::json;

use crate::channels::NewChannel;
use crate::operators::NewOperator;
use crate::tenants::NewTenant;
use crate::{Core, Error, Result};

/// The demo tenant's slug.
pub const SLUG: &str = "demo";
/// Channels looked through for the demo's widget.
const CHANNELS: u64 = 200;
/// Everybody's password in the demo.
pub const PASSWORD: &str = "demo-demo";

/// Somebody of the demo.
#[derive(Clone, Copy, Debug)]
pub struct DemoPerson {
    pub email: &'static str,
    pub name: &'static str,
    pub role: Role,
}

/// The people of the demo, the owner first.
pub const PEOPLE: [DemoPerson; 3] = [
    DemoPerson {
        email: "owner@demo.local",
        name: "Виктория",
        role: Role::Owner,
    },
    DemoPerson {
        email: "anna@demo.local",
        name: "Анна",
        role: Role::Operator,
    },
    DemoPerson {
        email: "boris@demo.local",
        name: "Борис",
        role: Role::Operator,
    },
];

/// What the sign-in page and the demo page need.
#[derive(Clone, Debug)]
pub struct DemoInfo {
    pub tenant_id: TenantId,
    pub widget_key: String,
}

impl Core {
    /// Creates what is missing of the demo.
    pub async fn ensure_demo(&self) -> Result<DemoInfo> {
        let why = PlatformScope::for_reason("the demo looks itself up");
        let tenant_id = match tenants::by_slug(self.store().reader(), why, SLUG).await? {
            Some(tenant) => tenant.id,
            None => self.create_demo_tenant().await?,
        };
        let scope = TenantScope::of(tenant_id);
        let people = self.demo_people(&scope).await?;
        let widget_key = self.demo_widget(&scope, &people).await?;
        let everything = counters::CounterFilter::default();
        if counters::total(self.store().reader(), &scope, &everything).await? == 0 {
            self.seed_demo(&scope, &people).await?;
        }
        Ok(DemoInfo {
            tenant_id,
            widget_key,
        })
    }

    async fn create_demo_tenant(&self) -> Result<TenantId> {
        let [owner, operators @ ..] = PEOPLE;
        let created = self
            .create_tenant(NewTenant {
                name: "Салон «Лаванда»".to_owned(),
                slug: SLUG.to_owned(),
                owner_email: owner.email.to_owned(),
                owner_name: Some(owner.name.to_owned()),
                owner_password: Some(PASSWORD.to_owned()),
            })
            .await?;
        let principal = principal(
            created.tenant_id,
            created.owner_id,
            Role::Owner,
            self.clock(),
        );
        for person in operators {
            let new = NewOperator {
                email: person.email.to_owned(),
                name: person.name.to_owned(),
                role: person.role,
                password: Some(PASSWORD.to_owned()),
                skills: Vec::new(),
                capacity: None,
            };
            self.create_operator(&principal, new, None).await?;
        }
        Ok(created.tenant_id)
    }

    /// The widget of the demo page; made if it is not there.
    async fn demo_widget(&self, scope: &TenantScope, people: &script::People) -> Result<String> {
        let known = channels::list(self.store().reader(), scope, CHANNELS).await?;
        if let Some(widget) = known.into_iter().find(|c| c.kind == ChannelKind::Widget) {
            return Ok(widget.public_key);
        }
        let new: NewChannel = serde_json::from_value(json!({
            "type": "widget",
            "name": "Сайт салона",
            "settings": {
                "name": "Салон «Лаванда»",
                "color": "#7c3aed",
                "greeting": {
                    "ru": "Здравствуйте! Чем помочь?",
                    "en": "Hello! How can we help?",
                    "ar": "مرحباً! كيف يمكننا مساعدتك؟",
                },
            },
        }))
        .map_err(|error| Error::internal("the demo's widget does not read", error))?;
        let created = self.create_channel(&people.owner, new, None).await?.value;
        created
            .widget_key
            .ok_or_else(|| Error::internal("the demo's widget has no key", "no key"))
    }
}
