//! The control socket: a file through which the world is told things, one line each.

use crate::local::LocalAws;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream as Blocking;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

/// The function's binary is there: its path follows.
pub(super) const BUILT: &str = "function-built";
/// What the compiler is doing.
pub(super) const BUILDING: &str = "function-building";
/// The page is there, outside of the world: where follows.
pub(super) const PAGE: &str = "page-at";
/// Why there will be no function.
pub(super) const FAILED: &str = "function-failed";

/// How far the function's build is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Build {
    Going { crates: usize, now: String },
    Done(PathBuf),
    Failed(String),
}

/// The world's end of the socket.
pub(super) struct Control {
    build: watch::Receiver<Build>,
    page: watch::Receiver<String>,
}

/// What it is told from outside.
struct Tell {
    build: watch::Sender<Build>,
    page: watch::Sender<String>,
}

impl Control {
    /// Listens.
    pub(super) fn open(socket: &Path, world: Arc<LocalAws>) -> Result<Self, String> {
        let listener = UnixListener::bind(socket)
            .map_err(|error| format!("open the control socket {}: {error}", socket.display()))?;
        let start = Build::Going {
            crates: 0,
            now: String::new(),
        };
        let (tell_build, build) = watch::channel(start);
        let (tell_page, page) = watch::channel(String::new());
        let tell = Arc::new(Tell {
            build: tell_build,
            page: tell_page,
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tell, world) = (Arc::clone(&tell), Arc::clone(&world));
                tokio::spawn(async move { serve(stream, &tell, &world).await });
            }
        });
        Ok(Self { build, page })
    }

    /// Where the page is, once that is told.
    pub(super) async fn page(&self) -> Result<String, String> {
        let mut page = self.page.clone();
        let told = page.wait_for(|page| !page.is_empty()).await;
        let told = told.map_err(|_| "the control socket is closed".to_owned())?;
        Ok(told.clone())
    }

    /// How far the build is, and its changes.
    pub(super) fn build(&self) -> watch::Receiver<Build> {
        self.build.clone()
    }
}

async fn serve(mut stream: UnixStream, tell: &Tell, world: &LocalAws) {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer = match word {
            BUILT => {
                tell.build.send_replace(Build::Done(PathBuf::from(rest)));
                String::new()
            }
            PAGE => {
                tell.page.send_replace(rest.to_owned());
                String::new()
            }
            FAILED => {
                tell.build.send_replace(Build::Failed(rest.to_owned()));
                String::new()
            }
            BUILDING => {
                tell.build.send_modify(|build| {
                    if let Build::Going { crates, now } = build {
                        *crates += usize::from(rest.starts_with("Compiling "));
                        rest.clone_into(now);
                    }
                });
                String::new()
            }
            "shell" | "quit" => {
                format!("{word} needs the terminal in which the world stays up\n")
            }
            _ => match world.verb(&line).await {
                Ok(done) => format!("{done}\n"),
                Err(wrong) => format!("{wrong}\n"),
            },
        };
        // Whoever asked may be gone: then nobody misses the answer.
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Tells the world a line, from outside; waits a moment for it to come up.
pub(super) fn tell(socket: &Path, line: &str) -> Result<(), String> {
    const COMES_UP_WITHIN: Duration = Duration::from_secs(20);
    let deadline = Instant::now() + COMES_UP_WITHIN;
    let mut stream = loop {
        match Blocking::connect(socket) {
            Ok(stream) => break stream,
            Err(error) if Instant::now() > deadline => {
                return Err(format!("reach the world at {}: {error}", socket.display()));
            }
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    writeln!(stream, "{line}").map_err(|error| format!("tell the world: {error}"))
}

/// Sends a verb and prints the answer.
pub(super) fn send(socket: &Path, verb: &str) -> Result<ExitCode, String> {
    let failed = |error| {
        let socket = socket.display();
        format!(
            "reach the world at {socket}: {error}; see whether it still stays up, and which socket it has printed"
        )
    };
    let mut stream = Blocking::connect(socket).map_err(failed)?;
    writeln!(stream, "{verb}").map_err(failed)?;
    stream.shutdown(std::net::Shutdown::Write).map_err(failed)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(failed)?;
    print!("{answer}");
    Ok(ExitCode::SUCCESS)
}
