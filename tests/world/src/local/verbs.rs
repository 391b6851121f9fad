//! The world's verbs: what a person types to play on.

use super::LocalAws;
use super::keeper::Running;
use super::verb_help::{VERBS, not_understood};
use crate::demo::picture::Picture;
use crate::deployment::HandsError;
use crate::faults::Fault;
use serde_json::json;
use std::process::Stdio;

impl LocalAws {
    /// Does what a line says; answers what to print.
    pub async fn verb(&self, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let text = |error: HandsError| error.to_string();
        match words[..] {
            ["add", node, az] => {
                let id = self.launch(node, az).map_err(text)?;
                Ok(format!("broker {node} is being launched in {az}: {id}"))
            }
            ["terminate", node] => {
                let id = self.terminate(node).map_err(text)?;
                Ok(format!("{id} is being terminated"))
            }
            ["replace", node] => {
                let id = self.replace(node).await.map_err(text)?;
                Ok(format!("broker {node} is being launched anew: {id}"))
            }
            ["stop", node] => Ok(format!(
                "{} is being stopped",
                self.stop(node).map_err(text)?
            )),
            ["start", node] => {
                let id = self.start_again(node).map_err(text)?;
                Ok(format!("{id} is being started"))
            }
            ["fail", node] => {
                let id = self.fail_machine(node).map_err(text)?;
                Ok(format!("{id} fails its status check from now on"))
            }
            ["group", node, az] => {
                self.group_with_hooks(node, az).map_err(text)?;
                Ok(format!(
                    "Auto Scaling group broker-{node} is there, with both lifecycle hooks"
                ))
            }
            ["scale", node, count] => {
                let number = count.parse().map_err(|_| format!("{count} is no number"))?;
                self.scale(node, number).map_err(text)?;
                Ok(format!(
                    "Auto Scaling group broker-{node} wants {number} instances, and has {:?}",
                    self.lifecycle_states(node)
                ))
            }
            ["put-parameter", name, ..] => {
                let value = line.split_once(name).map_or("", |(_, value)| value.trim());
                self.put_parameter(name, value).map_err(text)?;
                Ok(format!("{name} is written"))
            }
            ["cross", port, node] => {
                let number = port.parse().map_err(|_| format!("{port} is no port"))?;
                self.cross_wires(number, node).map_err(text)?;
                Ok(format!(
                    "listener {port} forwards to broker {node}'s target group"
                ))
            }
            ["proof"] => Ok(crate::demo::checks::table(self).await?.to_string()),
            ["lose", source] => {
                self.bus().lose(source);
                Ok(format!("every event of {source} is lost from now on"))
            }
            ["lose-no-more", source] => {
                self.bus().lose_no_more(source);
                Ok(format!("events of {source} are delivered again"))
            }
            ["faults"] => Ok(self.faults()),
            ["faults", "off"] => {
                self.set_faults(0, "").map_err(|error| error.to_string())?;
                Ok("no faults any more".to_owned())
            }
            ["faults", seed, list] => {
                let seed = seed.parse().map_err(|_| format!("{seed} is no number"))?;
                self.set_faults(seed, list)
                    .map_err(|error| error.to_string())?;
                Ok(format!("from now on: {list}"))
            }
            ["send", ..] => {
                let body = line.trim_start().strip_prefix("send").unwrap_or_default();
                self.send(body.trim()).map_err(|error| error.to_string())?;
                Ok("a message is on every queue".to_owned())
            }
            ["status"] => Ok(self.status()),
            ["log"] => {
                let journal = self.journal();
                let newest = journal.log.iter().rev().take(20).rev();
                let lines = newest.map(|line| format!("{}: {}", line.function, line.text));
                let lines: Vec<String> = lines.collect();
                Ok(lines.join("\n"))
            }
            ["plan"] => self.plan().await,
            ["doctor"] => crate::demo::checks::doctor(self).await,
            ["page", file] => self.draw(file),
            ["ask", target] => {
                let answered = self.consumer.ask(target).await?;
                Ok(format!(
                    "broker {} on {} answers at {target}",
                    answered.node, answered.instance
                ))
            }
            ["kafka", verb, node] => self.kafka_verb(verb, node).await,
            ["check", "internal"] => Ok(self.check_internal().await?.to_string()),
            ["check", "external"] => Ok(self.check_external().await?.to_string()),
            ["shell", host] => self.shell(host).await,
            ["help"] => Ok(VERBS.to_owned()),
            [] => Ok(String::new()),
            _ => match self.consumer_verb(&words).await {
                Some(done) => done,
                None => Err(not_understood(line)),
            },
        }
    }

    fn faults(&self) -> String {
        let struck = self.struck();
        let lines = Fault::ALL.map(|fault| {
            let times = struck.get(&fault).copied().unwrap_or_default();
            format!("{:<20} struck {times} times", fault.name())
        });
        lines.join("\n")
    }

    fn status(&self) -> String {
        let picture = Picture::of(self).to_string();
        let journal = self.journal();
        let reports = self.names().map(|name| {
            let report = journal.runs(name).reports.last();
            let report = report.map_or("none yet".to_owned(), ToString::to_string);
            format!("{name}, newest report: {report}")
        });
        let broken = journal.broken.iter();
        let broken = broken.map(|broken| format!("the world broke: {broken}"));
        let lines: Vec<String> = [picture].into_iter().chain(reports).chain(broken).collect();
        lines.join("\n")
    }

    async fn plan(&self) -> Result<String, String> {
        let mut plans = Vec::new();
        for name in self.names() {
            let function = self
                .function(name)
                .ok_or("the functions are not built yet")?;
            let answer = function.invoke(json!({"action": "plan"})).await;
            let answer = answer.map_err(|error| format!("{name}: {error}"))?;
            match answer["text"].as_str() {
                Some(text) => plans.push(format!("{name}:\n{text}")),
                None => return Err(format!("{name} answered {answer}")),
            }
        }
        Ok(plans.join("\n"))
    }

    async fn kafka_verb(&self, verb: &str, node: &str) -> Result<String, String> {
        let broker = self.kafka(node).await?;
        let done = match verb {
            "start" => {
                let started = async {
                    broker.start().await?;
                    broker.serving().await
                };
                started.await.map(|_| "serves")
            }
            "stop" => broker.stop().await.map(|()| "has stopped"),
            "kill" => broker.kill().await.map(|()| "is killed"),
            "freeze" => broker
                .freeze()
                .await
                .map(|()| "is frozen: its ports accept, and it answers nobody"),
            "thaw" => broker.thaw().await.map(|()| "goes on"),
            "wipe" => broker.wipe().await.map(|()| "has no data any more"),
            "log" => return Ok(broker.log()),
            _ => return Err(not_understood(&format!("kafka {verb} {node}"))),
        };
        let done = done.map_err(|error| error.to_string())?;
        Ok(format!("broker {node} {done}"))
    }

    async fn shell(&self, host: &str) -> Result<String, String> {
        let mut command = if host == "consumer" {
            self.consumer.command("sh")
        } else {
            let id = self.instance(host).map_err(|error| error.to_string())?;
            let shell = |running: &Running| {
                let mut command = running.host.command("sh");
                if let Some(broker) = running.kafka() {
                    command.current_dir(broker.home().folder());
                }
                command
            };
            let command = self.keeper.on(&id, shell).await;
            command.ok_or_else(|| format!("{id} is not running"))?
        };
        let status = command
            .stdin(Stdio::inherit())
            .status()
            .await
            .map_err(|error| format!("start a shell on {host}: {error}"))?;
        Ok(format!("the shell on {host} has ended ({status})"))
    }
}
