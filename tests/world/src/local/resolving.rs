//! A client of the consumer that resolves the names of one domain only.

use super::LocalAws;
use super::brokers::BOOTSTRAP_PORT;
use std::collections::BTreeSet;

impl LocalAws {
    /// The brokers that such a client reaches: it begins at bootstrap, and asks each broker that it is told of by the
    /// name that this advertises.
    pub async fn reached(&self, domain: &str) -> Result<BTreeSet<String>, String> {
        let tools = self.tools_at_consumer()?;
        let names = tools.home().folder().join(format!("names-of-{domain}"));
        let written = std::fs::write(&names, self.consumer.names(domain));
        written.map_err(|error| format!("write {}: {error}", names.display()))?;
        let bootstrap = self.consumer.bootstrap_in(domain, BOOTSTRAP_PORT);
        let question = ["--bootstrap-server", &bootstrap];
        let told = tools.resolving(names);
        let told = told.run("kafka-broker-api-versions.sh", &question).await;
        let told = told.map_err(|error| error.to_string())?;
        Ok(answered(&told))
    }
}

/// Who answered, by what the tool printed: a line for each broker that it was told of, with what the broker can do or
/// an error.
fn answered(told: &str) -> BTreeSet<String> {
    let lines = told.lines().filter(|line| line.ends_with("-> ("));
    let nodes = lines.filter_map(|line| line.split_once("(id: ")?.1.split(' ').next());
    nodes.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_answered_is_told_from_who_did_not() {
        let told = "b1.usw2-az1.example.com:9093 (id: 1 rack: usw2-az1) -> (\n\
                    \tProduce(0): 0 to 10 [usable: 10],\n\
                    )\n\
                    b12.usw2-az2.example.com:9104 (id: 12 rack: usw2-az2 isFenced: false) -> (\n\
                    )\n\
                    b3.usw2-az3.example.com:9095 (id: 3 rack: usw2-az3) -> ERROR: java.net.UnknownHostException\n";
        assert_eq!(
            answered(told),
            BTreeSet::from(["1".to_owned(), "12".to_owned()])
        );
        assert_eq!(answered(""), BTreeSet::new());
    }
}
