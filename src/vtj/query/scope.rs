//! The namespaces in scope while an answer is read: what a prefix stands for, at the open element.

use quick_xml::events::attributes::Attribute;
use quick_xml::name::PrefixDeclaration;

use super::names::Space;

/// The declarations around the open element. Few elements have any.
#[derive(Default)]
pub(super) struct Scope {
    /// The innermost last.
    declared: Vec<Declaration>,
}

struct Declaration {
    /// The depth of the element that declares it.
    depth: usize,
    /// `None` for the default namespace.
    prefix: Option<Box<str>>,
    /// `None` for a namespace that nothing is read of.
    space: Option<Space>,
}

impl Scope {
    /// Takes over what the element at a depth declares.
    pub(super) fn enter(&mut self, attributes: &[Attribute<'_>], depth: usize) {
        for attribute in attributes {
            let prefix = match attribute.key.as_namespace_binding() {
                Some(PrefixDeclaration::Default) => None,
                Some(PrefixDeclaration::Named(prefix)) => Some(prefix.into()),
                None => continue,
            };
            let space =
                Space::named(&attribute.value).filter(|space| prefix.is_none() || *space != Space::Plain);
            self.declared.push(Declaration { depth, prefix, space });
        }
    }

    /// Forgets what the element at a depth declared.
    pub(super) fn leave(&mut self, depth: usize) {
        while self.declared.pop_if(|one| one.depth == depth).is_some() {}
    }

    /// The namespace a prefix stands for. One that nothing declares stands for none that is read.
    pub(super) fn of(&self, prefix: Option<&str>) -> Option<Space> {
        match self.declared.iter().rev().find(|one| one.prefix.as_deref() == prefix) {
            Some(declaration) => declaration.space,
            None => prefix.is_none().then_some(Space::Plain),
        }
    }
}
