//! A segment as the rows of a form: all of them, or any of them, each possibly turned round.

use super::{Condition, Node, Segment, SegmentError};

/// What a form shows of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// How the rows are joined.
    pub join: Join,
    /// The rows; one at least.
    pub rows: Vec<Row>,
}

/// How rows are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    /// All of them hold.
    All,
    /// At least one of them holds.
    Any,
}

/// A row of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Whether it selects those for whom the condition does not hold.
    pub negated: bool,
    /// The condition.
    pub condition: Condition,
}

impl Form {
    /// The rows of a segment; `None` for one that rows cannot say, which is edited as text.
    pub fn of(segment: &Segment) -> Option<Self> {
        let (join, parts) = match segment.root() {
            Node::All(parts) => (Join::All, &parts[..]),
            Node::Any(parts) => (Join::Any, &parts[..]),
            one @ (Node::Not(_) | Node::Is(_)) => (Join::All, std::slice::from_ref(one)),
        };
        let rows = parts.iter().map(row).collect::<Option<Vec<_>>>()?;
        Some(Self { join, rows })
    }

    /// The segment that the rows say.
    ///
    /// # Errors
    /// When there is no row or too many, or a value is out of bounds.
    pub fn segment(&self) -> Result<Segment, SegmentError> {
        let parts = self.rows.iter().map(|row| {
            let condition = Node::Is(row.condition.clone());
            if row.negated { Node::Not(Box::new(condition)) } else { condition }
        });
        let parts = parts.collect();
        Segment::new(match self.join {
            Join::All => Node::All(parts),
            Join::Any => Node::Any(parts),
        })
    }
}

fn row(node: &Node) -> Option<Row> {
    let (negated, inner) = match node {
        Node::Not(inner) => (true, &**inner),
        other => (false, other),
    };
    match inner {
        Node::Is(condition) => Some(Row { negated, condition: condition.clone() }),
        Node::All(_) | Node::Any(_) | Node::Not(_) => None,
    }
}
