//! What people are made of, as it is kept.

use omni_model::{FieldError, limits, normalise_email};

use super::NewOperator;
use crate::access::check_new_password;
use crate::{Error, Result};

/// Conversations of one person at most.
const CAPACITY: i32 = 1_000_000;

/// The e-mail address, name and skills as they are stored.
pub(super) fn check(new: &NewOperator) -> Result<(String, String, Vec<String>)> {
    let mut wrong = Vec::new();
    let email = normalise_email(&new.email);
    if email.is_none() {
        wrong.push(FieldError::new(
            "/email",
            "invalid",
            "is not an e-mail address",
        ));
    }
    let name = clean_name(&new.name, &mut wrong);
    let skills = clean_skills("/skills", &new.skills, &mut wrong);
    check_capacity(new.capacity, &mut wrong);
    if let Some(password) = &new.password
        && let Err(Error::Refused { fields, .. }) = check_new_password("/password", password)
    {
        wrong.extend(fields);
    }
    match email {
        Some(email) if wrong.is_empty() => Ok((email, name, skills)),
        _ => Err(Error::invalid(wrong)),
    }
}

/// A name as it is kept.
pub(crate) fn clean_name(name: &str, wrong: &mut Vec<FieldError>) -> String {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > limits::NAME || name.chars().any(char::is_control)
    {
        let detail = format!("takes 1 to {} characters", limits::NAME);
        wrong.push(FieldError::new("/name", "invalid", detail));
    }
    name.to_owned()
}

/// Skills as they are kept: trimmed, each once, in the order given.
pub(crate) fn clean_skills(
    pointer: &str,
    skills: &[String],
    wrong: &mut Vec<FieldError>,
) -> Vec<String> {
    let mut clean: Vec<String> = Vec::new();
    if skills.len() > limits::SKILLS {
        let detail = format!("at most {}", limits::SKILLS);
        wrong.push(FieldError::new(pointer, "too_many", detail));
        return clean;
    }
    for (at, skill) in skills.iter().enumerate() {
        let skill = skill.trim();
        let fits = (1..=limits::TAG).contains(&skill.chars().count())
            && !skill.chars().any(char::is_control);
        if !fits {
            let detail = format!("takes 1 to {} characters", limits::TAG);
            wrong.push(FieldError::new(
                format!("{pointer}/{at}"),
                "invalid",
                detail,
            ));
        } else if !clean.iter().any(|known| known == skill) {
            clean.push(skill.to_owned());
        }
    }
    clean
}

/// Told where it is out of bounds.
pub(crate) fn check_capacity(capacity: Option<i32>, wrong: &mut Vec<FieldError>) {
    if capacity.is_some_and(|n| !(0..=CAPACITY).contains(&n)) {
        let detail = format!("from 0 to {CAPACITY}");
        wrong.push(FieldError::new("/capacity", "out_of_range", detail));
    }
}
