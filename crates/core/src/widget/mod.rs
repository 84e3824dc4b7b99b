//! The web widget: visitors' sessions, who they are, what they write.

mod identify;
mod messages;
mod session;
mod visitor;

pub use messages::VisitorMessage;
pub(crate) use session::KEPT;
pub use session::{OpenSession, OpenedSession, WidgetLook, WidgetVisitor};
pub use visitor::Visitor;
