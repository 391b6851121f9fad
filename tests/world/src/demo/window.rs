//! The page of a world that stays up, from outside of it: a port of this machine leads to the socket inside.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread;

/// Opens a port on loopback for the page behind this socket; answers where a browser finds it.
pub(super) fn open(socket: PathBuf) -> Result<String, String> {
    let failed = |error| format!("open a port for the page: {error}");
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    thread::spawn(move || {
        for browser in listener.incoming() {
            let socket = socket.clone();
            // While the world comes up there is no socket: the browser is turned away, and asks anew.
            thread::spawn(move || -> io::Result<()> {
                carry(browser?, UnixStream::connect(socket)?)
            });
        }
    });
    Ok(format!("http://{address}/"))
}

/// Carries bytes both ways until both ends are done.
fn carry(mut browser: TcpStream, mut page: UnixStream) -> io::Result<()> {
    let (mut asks, mut asked) = (browser.try_clone()?, page.try_clone()?);
    let there = thread::spawn(move || -> io::Result<()> {
        io::copy(&mut asks, &mut asked)?;
        asked.shutdown(Shutdown::Write)
    });
    io::copy(&mut page, &mut browser)?;
    browser.shutdown(Shutdown::Both)?;
    match there.join() {
        Ok(done) => done,
        Err(_) => Err(io::Error::other("a thread panicked")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::page::serve;
    use std::io::{Read, Write};

    fn answer(url: &str, asked: &str) -> String {
        let address = url
            .strip_prefix("http://")
            .and_then(|it| it.strip_suffix('/'));
        let mut stream = TcpStream::connect(address.expect("an address")).expect("a connection");
        let request = format!("{asked} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("asked");
        let mut said = String::new();
        stream.read_to_string(&mut said).expect("an answer");
        said
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_browser_outside_gets_the_page_that_is_drawn_inside() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("page");
        let url = open(socket.clone()).expect("a port");
        serve(&socket, || "<p>ports</p>".to_owned()).expect("a socket");
        let asked = move |asked: &'static str| {
            let url = url.clone();
            tokio::task::spawn_blocking(move || answer(&url, asked))
        };
        let page = asked("GET /").await.expect("an answer");
        assert!(page.starts_with("HTTP/1.1 200 OK"), "{page}");
        assert!(
            page.contains("content-type: text/html; charset=utf-8"),
            "{page}"
        );
        assert!(page.ends_with("<p>ports</p>"), "{page}");
        let other = asked("GET /../../etc/passwd").await.expect("an answer");
        assert!(other.starts_with("HTTP/1.1 404 Not Found"), "{other}");
        let write = asked("POST /").await.expect("an answer");
        assert!(
            write.starts_with("HTTP/1.1 405 Method Not Allowed"),
            "{write}"
        );
    }
}
