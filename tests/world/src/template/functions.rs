//! Which functions a template has, and how they are called: by the logical id, which is AWS's name of
//! a function, or by the name of the binary that is its code.

use super::node::Node;
use super::parts::{function, function_stack, mappings_of};
use super::properties::of_type;
use super::resolve::Resolver;
use super::{FunctionSettings, FunctionStack, TemplateError};

/// The function of this name.
pub(super) fn settings(
    resources: &Node<'_>,
    resolver: &Resolver<'_>,
    name: &str,
) -> Result<FunctionSettings, TemplateError> {
    let all = all(resources, resolver)?.into_iter();
    let mut of_name = all.filter(|function| function.is_named(name));
    let found = of_name.next();
    let found = found.ok_or_else(|| resources.wrong(format!("no function is named {name}")))?;
    match of_name.next() {
        None => Ok(found),
        Some(other) => Err(resources.wrong(format!(
            "{} and {} are both named {name}",
            found.name, other.name
        ))),
    }
}

/// Every function that takes its work from a queue.
pub(super) fn woken(
    resources: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<Vec<FunctionStack>, TemplateError> {
    let mut woken = Vec::new();
    for function in all(resources, resolver)? {
        if !mappings_of(resources, resolver, &function.name)?.is_empty() {
            woken.push(function_stack(resources, resolver, function)?);
        }
    }
    Ok(woken)
}

/// Every function that nothing wakes.
pub(super) fn asked(
    resources: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<Vec<FunctionSettings>, TemplateError> {
    let mut asked = Vec::new();
    for function in all(resources, resolver)? {
        if mappings_of(resources, resolver, &function.name)?.is_empty() {
            asked.push(function);
        }
    }
    Ok(asked)
}

fn all(
    resources: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<Vec<FunctionSettings>, TemplateError> {
    let functions = of_type(resources, resolver, "AWS::Serverless::Function")?.into_iter();
    functions
        .map(|(logical_id, _)| function(resources, resolver, logical_id))
        .collect()
}
