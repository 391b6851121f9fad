//! Frames: four bytes of length, then that many bytes. The length is judged before anything is
//! stored.

use crate::stream::{Stream, is_closed};
use crate::{Api, Error, Step, TlsProblem};
use bytes::{Bytes, BytesMut};
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What the buffer grows by, at most, ahead of the bytes that came.
const CHUNK: usize = 64 * 1024;

/// Sends one request. A peer that has hung up is no error yet: what it said before, an alert of TLS
/// for one, says more than our broken pipe.
pub(crate) async fn send(stream: &mut Stream, api: Api, frame: &[u8]) -> Result<(), Error> {
    let sent = async {
        stream.write_all(frame).await?;
        stream.flush().await
    };
    match sent.await {
        Err(error) if !is_closed(&error) => Err(lost(api, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Receives one answer of at most `limit` bytes.
pub(crate) async fn receive(stream: &mut Stream, api: Api, limit: usize) -> Result<Bytes, Error> {
    let mut length = [0; 4];
    stream
        .read_exact(&mut length)
        .await
        .map_err(|error| lost(api, &error))?;
    let announced = judge(length, api, limit)?;
    let mut frame = BytesMut::new();
    while frame.len() < announced {
        let missing = announced - frame.len();
        frame.reserve(missing.min(CHUNK));
        let mut rest = (&mut *stream).take(missing as u64);
        match rest.read_buf(&mut frame).await {
            Ok(0) => return Err(cut_off(api, frame.len(), announced)),
            Ok(_) => {}
            Err(error) if is_closed(&error) => return Err(cut_off(api, frame.len(), announced)),
            Err(error) => return Err(lost(api, &error)),
        }
    }
    Ok(frame.freeze())
}

/// The length of the frame, if it is one of an answer that we read.
fn judge(bytes: [u8; 4], api: Api, limit: usize) -> Result<usize, Error> {
    let announced = i32::from_be_bytes(bytes);
    match usize::try_from(announced) {
        Ok(announced) if announced <= limit => Ok(announced),
        // Only the first answer can tell what the peer speaks; it is always that to ApiVersions.
        _ if api == Api::ApiVersions && is_tls_record(bytes) => Err(Error::SpeaksTls),
        _ if api == Api::ApiVersions && bytes.iter().all(u8::is_ascii_graphic) => {
            Err(Error::NotKafka {
                why: format!("the answer begins with \"{}\"", bytes.escape_ascii()),
            })
        }
        Ok(announced) => Err(Error::TooLarge {
            api,
            announced,
            limit,
        }),
        Err(_) => Err(Error::NotKafka {
            why: format!("the answer to {api} says to be {announced} bytes long"),
        }),
    }
}

/// A record of TLS: alert (21) or handshake (22), then the version, which begins with 3.
fn is_tls_record(bytes: [u8; 4]) -> bool {
    matches!(bytes[0], 21 | 22) && bytes[1] == 3
}

fn cut_off(api: Api, received: usize, announced: usize) -> Error {
    Error::CutOff {
        api,
        received,
        announced,
    }
}

fn lost(api: Api, error: &io::Error) -> Error {
    let step = Step::Answer(api);
    if is_closed(error) {
        return Error::Closed { step };
    }
    if let Some(problem) = TlsProblem::of(error) {
        return Error::Tls(problem);
    }
    Error::Broken {
        step,
        why: error.to_string(),
    }
}
