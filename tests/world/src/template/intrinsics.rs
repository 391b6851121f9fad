//! Intrinsics that take a list: `!Sub` with names of its own, `!Select`, `!Split`, `!Join`, `!If`.

use super::TemplateError;
use super::node::Node;
use super::resolve::Resolver;
use serde_json::Value as Json;
use std::collections::BTreeMap;

impl Resolver<'_> {
    /// What the intrinsic of this tag makes of this list.
    pub(super) fn of_list(&self, tag: &str, list: &Node<'_>) -> Result<Json, TemplateError> {
        let unknown = || list.wrong(format!("the intrinsic {tag} of this is not known here"));
        let items = list.items().map_err(|_| unknown())?;
        if let ("!If", [condition, then, or]) = (tag, items.as_slice()) {
            return self.json(if self.condition(condition)? { then } else { or });
        }
        let [first, second] = items.as_slice() else {
            return Err(unknown());
        };
        match tag {
            "!Sub" => {
                let mut given = BTreeMap::new();
                for (name, value) in second.entries()? {
                    given.insert(name.to_owned(), self.text(&value)?);
                }
                let text = self.text(first)?;
                self.substitute(list, &text, &given).map(Json::String)
            }
            "!Select" => {
                let index = self.number(first)? as usize;
                let Json::Array(mut from) = self.json(second)? else {
                    return Err(second.wrong("a list is wanted"));
                };
                if index >= from.len() {
                    let length = from.len();
                    return Err(list.wrong(format!("nothing at {index} of a list of {length}")));
                }
                Ok(from.swap_remove(index))
            }
            "!Join" => {
                let separator = self.text(first)?;
                let texts = match self.json(second)? {
                    // A parameter that is a list has its values with commas between them.
                    Json::String(list) => list.split(',').map(str::to_owned).collect(),
                    Json::Array(_) => second
                        .items()?
                        .iter()
                        .map(|item| self.text(item))
                        .collect::<Result<Vec<_>, _>>()?,
                    _ => return Err(second.wrong("a list is wanted")),
                };
                Ok(Json::String(texts.join(&separator)))
            }
            "!Split" => {
                let (separator, text) = (self.text(first)?, self.text(second)?);
                Ok(text.split(separator.as_str()).collect())
            }
            _ => Err(unknown()),
        }
    }
}
