//! Conditions: whether they hold, in `!If`, on outputs and in the assertions of `Rules`.

use super::TemplateError;
use super::node::Node;
use super::resolve::Resolver;
use yaml_serde::Value;

impl Resolver<'_> {
    /// Whether the condition of this name holds.
    pub(super) fn condition(&self, name: &Node<'_>) -> Result<bool, TemplateError> {
        let Value::String(name_of) = name.value else {
            return Err(name.wrong("the name of a condition is wanted"));
        };
        let conditions = self.conditions.as_ref();
        match conditions.and_then(|all| all.get(name_of)) {
            Some(condition) => self.holds(&condition),
            None => Err(name.wrong(format!("no condition is named {name_of}"))),
        }
    }

    /// Whether an expression of `!Equals`, `!Not`, `!And`, `!Or` and `!Condition` holds.
    pub(super) fn holds(&self, node: &Node<'_>) -> Result<bool, TemplateError> {
        let Value::Tagged(tagged) = node.value else {
            return Err(node.wrong("a condition is wanted"));
        };
        let inner = node.untagged(&tagged.value);
        let tag = tagged.tag.to_string();
        if tag == "!Condition" {
            return self.condition(&inner);
        }
        let items = inner.items()?;
        match (tag.as_str(), items.as_slice()) {
            ("!Equals", [one, other]) => Ok(self.text(one)? == self.text(other)?),
            ("!Not", [one]) => Ok(!self.holds(one)?),
            // The reference: two to ten of them.
            ("!And", all) if (2..=10).contains(&all.len()) => self.each(all, true),
            ("!Or", all) if (2..=10).contains(&all.len()) => self.each(all, false).map(|all| !all),
            _ => Err(node.wrong(format!("the condition {tag} of this is not known here"))),
        }
    }

    /// Whether each of them holds, or none, as it is wanted.
    fn each(&self, all: &[Node<'_>], wanted: bool) -> Result<bool, TemplateError> {
        for one in all {
            if self.holds(one)? != wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
