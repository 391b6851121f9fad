//! `infra/conformance`, run as a person runs it, before a stand-in for the AWS CLI.

mod account;

use account::Account;
use serde_json::json;

#[test]
fn a_faithful_account_confirms_all_and_is_as_it_was() {
    let account = Account::faithful();
    let before = account.others();
    let ended = account.run("orders --yes");
    println!("{}\n{}", ended.said, account.read()["calls"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert_eq!(account.others(), before);
    assert_eq!(account.writes(), json!([]).as_array().map(|_| Vec::<String>::new()).unwrap_or_default());
}
