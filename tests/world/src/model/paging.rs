//! Lists in pages: a token says after which entry the next page begins.

use super::ApiError;
use cloud::calls::{Page, PageToken};

/// One page of `all`, which is sorted by key; `error` is the service's code for a bad token.
pub(super) fn page<T>(
    all: impl Iterator<Item = (String, T)>,
    token: Option<&PageToken>,
    size: usize,
    error: &'static str,
) -> Result<Page<T>, ApiError> {
    let after = match token {
        None => None,
        Some(PageToken(token)) => Some(token.strip_prefix("after:").ok_or_else(|| {
            ApiError::refused(error, format!("the token '{token}' was not issued here"))
        })?),
    };
    let mut rest = all.filter(|(key, _)| after.is_none_or(|after| key.as_str() > after));
    let mut items = Vec::new();
    let mut last = String::new();
    for (key, item) in rest.by_ref().take(size.max(1)) {
        items.push(item);
        last = key;
    }
    let next = rest.next().map(|_| PageToken(format!("after:{last}")));
    Ok(Page { items, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters() -> impl Iterator<Item = (String, char)> {
        ('a'..='e').map(|c| (c.to_string(), c))
    }

    #[test]
    fn pages_hold_everything_once_and_the_last_has_no_token() {
        let mut seen = Vec::new();
        let mut token = None;
        loop {
            let Ok(page) = page(letters(), token.as_ref(), 2, "InvalidNextToken") else {
                panic!("a token of ours was refused");
            };
            seen.extend(page.items);
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, ['a', 'b', 'c', 'd', 'e']);
    }

    #[test]
    fn a_foreign_token_is_refused() {
        let token = PageToken("eyJ".to_owned());
        let refused = page(letters(), Some(&token), 2, "InvalidNextToken");
        assert_eq!(refused.map_err(|e| e.code), Err("InvalidNextToken"));
    }
}
