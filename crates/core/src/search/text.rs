//! What of a message or a customer can be found.

use omni_model::Content;

/// The words of a message: text or caption, name of the file, titles of buttons, name and phone of a contact.
pub(super) fn of_message(content: &Content, file_name: Option<&str>) -> String {
    let mut parts: Vec<&str> = content.words().into_iter().collect();
    match content {
        Content::Contact { name, phone } => parts.extend([name.as_str(), phone.as_str()]),
        Content::Interactive { buttons, .. } => {
            parts.extend(buttons.iter().map(|button| button.title.as_str()));
        }
        Content::Text { .. } | Content::File { .. } | Content::Location { .. } => {}
    }
    parts.extend(file_name);
    parts.join("\n")
}

/// The words of a customer.
pub(super) fn of_customer<'a>(
    name: &'a str,
    phone: Option<&'a str>,
    email: Option<&'a str>,
    others: &'a [String],
) -> String {
    let mut parts = vec![name];
    parts.extend(phone);
    parts.extend(email);
    let others = others.iter().map(String::as_str);
    parts.extend(others.filter(|other| *other != name));
    parts.join("\n")
}
