//! Where somebody came from, and what was done there: codes and identifiers only.

use axum::extract::{FromRequestParts, RawQuery};
use axum::http::request::Parts;
use form_urlencoded::Serializer;
use uuid::Uuid;

use crate::web::errors::WebError;

/// The query of a list is never longer, in bytes.
const LONGEST_LIST: usize = 1000;

/// What follows the question mark of a case's address. What is not understood is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Came {
    /// The query of the list somebody came from.
    pub(super) list: String,
    /// The code of what was done.
    pub(super) done: Option<String>,
    /// To which case.
    pub(super) case: Option<Uuid>,
}

impl Came {
    pub(super) fn parse(query: &str) -> Self {
        let mut came = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "list" => came.list = list(&value),
                "done" => came.done = Some(value.into_owned()),
                "case" => came.case = value.parse().ok(),
                _ => {}
            }
        }
        came
    }

    /// The address of a case in the same list.
    pub(super) fn to_case(&self, id: Uuid) -> String {
        self.query(&format!("/queue/{id}"))
    }

    /// The address of a page in the same list, with nothing done.
    fn query(&self, path: &str) -> String {
        if self.list.is_empty() {
            return path.to_owned();
        }
        let query = Serializer::new(String::new()).append_pair("list", &self.list).finish();
        format!("{path}?{query}")
    }

    /// The address of a question before an act.
    pub(super) fn to_act(&self, id: Uuid, act: &str) -> String {
        self.query(&format!("/queue/{id}/{act}"))
    }

    /// The address of the list.
    pub(super) fn to_list(&self) -> String {
        if self.list.is_empty() { "/queue".to_owned() } else { format!("/queue?{}", self.list) }
    }

    /// The address to go to after something was done: the next case, or the list when there is none.
    pub(super) fn after(&self, next: Option<Uuid>, done: &str, case: Uuid) -> String {
        let mut query = Serializer::new(String::new());
        let path = if let Some(next) = next {
            if !self.list.is_empty() {
                query.append_pair("list", &self.list);
            }
            format!("/queue/{next}")
        } else {
            query.extend_pairs(form_urlencoded::parse(self.list.as_bytes()));
            "/queue".to_owned()
        };
        let query = query.append_pair("done", done).append_pair("case", &case.to_string()).finish();
        format!("{path}?{query}{}", if next.is_some() { "#case" } else { "" })
    }

    /// The same for a form's field.
    pub(super) fn of_form(list: &str) -> Self {
        Self { list: self::list(list), ..Self::default() }
    }
}

/// A list's query as we write it ourselves: whatever else it was, it leads nowhere but to the list.
fn list(query: &str) -> String {
    if query.len() > LONGEST_LIST {
        return String::new();
    }
    let pairs = form_urlencoded::parse(query.as_bytes());
    Serializer::new(String::new())
        .extend_pairs(pairs.filter(|(name, _)| name != "done" && name != "case"))
        .finish()
}

impl<S: Send + Sync> FromRequestParts<S> for Came {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let Ok(RawQuery(query)) = RawQuery::from_request_parts(parts, state).await;
        Ok(Self::parse(query.as_deref().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_goes_along_and_leads_nowhere_else() {
        let came = Came::parse("list=kind%3Ddeath%26page%3D2&done=approved&case=nothing");
        assert_eq!((came.list.as_str(), came.case), ("kind=death&page=2", None));
        let id = Uuid::from_u128(7);
        assert_eq!(came.to_case(id), format!("/queue/{id}?list=kind%3Ddeath%26page%3D2"));
        let after = came.after(Some(id), "rejected", id);
        assert_eq!(after, format!("/queue/{id}?list=kind%3Ddeath%26page%3D2&done=rejected&case={id}#case"));
        assert_eq!(
            came.after(None, "rejected", id),
            format!("/queue?kind=death&page=2&done=rejected&case={id}")
        );
        for hostile in ["#x", "a=b\r\nset-cookie: c", "\"><script>", "//example.org"] {
            let came = Came::of_form(hostile);
            let safe = came
                .to_list()
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"/?=&%+-_.*".contains(&byte));
            assert!(safe && came.to_list().starts_with("/queue?"), "{hostile}: {}", came.to_list());
        }
        assert_eq!(Came::of_form(&"a=b&".repeat(400)).to_list(), "/queue");
    }
}
