//! A canned response at use: its variables filled in for one conversation. Values are data: what a customer calls
//! himself is never read as a variable.

use omni_model::{
    CannedResponseId, ConversationId, Principal, StoredFile, Template, TenantScope, Variable,
};
use omni_store::{customers, tenants, users};
use serde::{Deserialize, Serialize};

use crate::{Core, Error, Result};

/// Where a canned response is to be used.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CannedUse {
    pub conversation_id: ConversationId,
}

/// A canned response as it is put into the reply.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RenderedCanned {
    pub text: String,
    pub file: Option<StoredFile>,
}

#[derive(Default)]
struct Values {
    customer_name: String,
    customer_email: Option<String>,
    customer_phone: Option<String>,
    operator_name: String,
    company_name: String,
}

impl Core {
    /// Fills a canned response in for a conversation.
    pub async fn render_canned(
        &self,
        who: &Principal,
        id: CannedResponseId,
        wanted: CannedUse,
    ) -> Result<RenderedCanned> {
        let response = self.canned_response(who, id).await?;
        self.check_reply(who, wanted.conversation_id).await?;
        let template = Template::parse(&response.text)
            .map_err(|error| Error::internal("a stored canned response does not read", error))?;
        let values = self.values(who, wanted.conversation_id).await?;
        Ok(RenderedCanned {
            text: template.render(|variable| values.of(variable)),
            file: response.file,
        })
    }

    async fn values(&self, who: &Principal, id: ConversationId) -> Result<Values> {
        let (scope, reader): (TenantScope, _) = (who.scope(), self.store().reader());
        let customer = customers::of_conversation(reader, &scope, id).await?;
        let customer = customer.ok_or_else(|| Error::not_found("conversation"))?;
        let operator = users::find(reader, &scope, who.sees_as()).await?;
        let company = tenants::name(reader, &scope).await?;
        Ok(Values {
            customer_name: customer.name,
            customer_email: customer.email,
            customer_phone: customer.phone,
            operator_name: operator.map(|user| user.name).unwrap_or_default(),
            company_name: company.unwrap_or_default(),
        })
    }
}

impl Values {
    fn of(&self, variable: Variable) -> Option<String> {
        match variable {
            Variable::CustomerName => Some(self.customer_name.clone()),
            Variable::CustomerFirstName => first_word(&self.customer_name),
            Variable::CustomerEmail => self.customer_email.clone(),
            Variable::CustomerPhone => self.customer_phone.clone(),
            Variable::OperatorName => Some(self.operator_name.clone()),
            Variable::OperatorFirstName => first_word(&self.operator_name),
            Variable::CompanyName => Some(self.company_name.clone()),
        }
    }
}

fn first_word(name: &str) -> Option<String> {
    name.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_braces_stays_a_name() {
        let values = Values {
            customer_name: "{{company.name}} Smith".to_owned(),
            company_name: "Salon".to_owned(),
            ..Values::default()
        };
        let text = "{{customer.first_name}}, {{customer.email|no address}}, {{company.name}}";
        let rendered = Template::parse(text)
            .unwrap()
            .render(|variable| values.of(variable));
        assert_eq!(rendered, "{{company.name}}, no address, Salon");
    }
}
