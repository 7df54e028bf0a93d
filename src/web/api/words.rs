//! Words of closed lists, as the interface takes and describes them.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error as _};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::finding::{FindingKind, FindingState, RejectReason};
use crate::schedule::run_state::RunState;

/// A value that is one word of a list.
pub(super) trait Word: Sized + Copy + 'static {
    const NAME: &'static str;
    const TITLE: &'static str;
    fn all() -> Vec<Self>;
    fn word(self) -> &'static str;
}

/// A word of a list, read strictly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Of<W>(pub(super) W);

impl<'de, W: Word> Deserialize<'de> for Of<W> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let word = Cow::<'de, str>::deserialize(from)?;
        let found = W::all().into_iter().find(|one| one.word() == word);
        found.map(Self).ok_or_else(|| D::Error::custom("no word of the list"))
    }
}

impl<W: Word> PartialSchema for Of<W> {
    fn schema() -> RefOr<Schema> {
        let words = W::all().into_iter().map(W::word);
        let object = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
        RefOr::T(Schema::Object(object.description(Some(W::TITLE)).build()))
    }
}

impl<W: Word> ToSchema for Of<W> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(W::NAME)
    }
}

/// What a case is.
pub(super) type KindWord = Of<FindingKind>;
/// Any state of a case.
pub(super) type StateWord = Of<FindingState>;
/// A state of what there is still something to do about.
pub(super) type OpenStateWord = Of<ToReview>;
/// Why something is rejected.
pub(super) type ReasonWord = Of<RejectReason>;
/// The state of a run.
pub(super) type RunStateWord = Of<RunState>;

/// A state of what there is still something to do about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ToReview(pub(super) FindingState);

impl Word for FindingKind {
    const NAME: &'static str = "Kind";
    const TITLE: &'static str = "What a case is.";

    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for FindingState {
    const NAME: &'static str = "State";
    const TITLE: &'static str = "The state of a case's review.";

    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for ToReview {
    const NAME: &'static str = "OpenState";
    const TITLE: &'static str = "The state of a case that there is still something to do about.";

    fn all() -> Vec<Self> {
        FindingState::TO_REVIEW.into_iter().map(Self).collect()
    }

    fn word(self) -> &'static str {
        self.0.as_str()
    }
}

impl Word for RejectReason {
    const NAME: &'static str = "RejectReason";
    const TITLE: &'static str = "Why a proposal is rejected; `other` needs a note.";

    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for RunState {
    const NAME: &'static str = "RunState";
    const TITLE: &'static str = "Where a run stands.";

    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }

    fn word(self) -> &'static str {
        self.as_str()
    }
}
