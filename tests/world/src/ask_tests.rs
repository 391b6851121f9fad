//! Asking and the stand-in broker, over loopback.

use super::*;
use crate::broker::Broker;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

const WITHIN: Duration = Duration::from_secs(10);

async fn broker() -> (String, tokio::task::JoinHandle<io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap().to_string();
    let broker = Broker {
        node_id: NodeId::new(7).unwrap(),
        instance: InstanceId::from("i-7"),
    };
    (target, tokio::spawn(broker.serve(listener)))
}

#[tokio::test]
async fn a_broker_says_who_it_is() {
    let (target, _task) = broker().await;
    let answer = ask(&target, WITHIN).await.unwrap();
    assert_eq!(answer.to_string(), "node.id=7 instance=i-7");
}

#[tokio::test]
async fn many_questions_are_answered_on_one_connection_and_on_many() {
    let (target, _task) = broker().await;
    let mut lines = Vec::new();
    for _ in 0..20 {
        lines.push(Line::open(&target, WITHIN).await.unwrap());
    }
    for _ in 0..3 {
        for line in &mut lines {
            assert_eq!(line.ask(WITHIN).await.unwrap().node_id.get(), 7);
        }
    }
}

#[tokio::test]
async fn nobody_there_is_told_from_a_break_and_from_a_stranger() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap().to_string();
    let stranger = tokio::spawn(async move {
        let (connection, _) = listener.accept().await.unwrap();
        drop(connection);
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut line = String::new();
        BufReader::new(&mut connection)
            .read_line(&mut line)
            .await
            .unwrap();
        connection.write_all(b"HTTP/1.1 400 Bad\n").await.unwrap();
    });
    let broken = ask(&target, WITHIN).await.unwrap_err();
    assert!(matches!(broken, AskError::Broken { .. }), "{broken}");
    let strange = ask(&target, WITHIN).await.unwrap_err();
    assert!(matches!(strange, AskError::NotABroker { .. }), "{strange}");
    stranger.await.unwrap();
    let nobody = ask(&target, WITHIN).await.unwrap_err();
    assert!(matches!(nobody, AskError::Connect { .. }), "{nobody}");
}

#[tokio::test]
async fn silence_ends_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap().to_string();
    let silent = ask(&target, Duration::from_millis(50)).await.unwrap_err();
    assert!(silent.to_string().contains("timed out"), "{silent}");
}

#[tokio::test]
async fn a_held_connection_counts_answers_and_its_one_break() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap().to_string();
    let (tell, mut told) = mpsc::unbounded_channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let holding = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        let pause = Duration::from_millis(5);
        hold(&target, pause, WITHIN, stopped, move |event| {
            let _ = tell.send(format!("{event:?}"));
        })
        .await
    });
    for _ in 0..2 {
        let (ended, _) = listener.accept().await.unwrap();
        let mut connection = BufReader::new(ended);
        for _ in 0..3 {
            let mut line = String::new();
            connection.read_line(&mut line).await.unwrap();
            connection
                .write_all(b"node.id=1 instance=i-1\n")
                .await
                .unwrap();
            assert!(told.recv().await.unwrap().starts_with("Answer"));
        }
        drop(connection);
        assert!(told.recv().await.unwrap().starts_with("Break"));
    }
    let _ = stop.send(());
    let tally = holding.await.unwrap();
    assert_eq!((tally.answers, tally.breaks), (6, 2));
}
