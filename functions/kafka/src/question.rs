//! From a request to the bytes of its frame, and from the bytes of an answer to the codec's record.

use crate::code::brief;
use crate::outline::{Misfit, Outline};
use crate::{Api, Error};
use bytes::{Bytes, BytesMut};
use kafka_protocol::messages::{RequestHeader, ResponseHeader};
use kafka_protocol::protocol::{
    Decodable, HeaderVersion, Request, StrBytes, encode_request_header_into_buffer,
};

/// The name that brokers log us by: it must match `[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?`
/// (K-4).
pub(crate) const SOFTWARE: &str = "kafka-privatelink";

/// A request that we ask, with the outline of its answer.
pub(crate) trait Question: Request {
    /// Its name and key.
    const API: Api;
    /// What its answers look like.
    const OUTLINE: Outline;
}

/// The frame of a request, its length included.
pub(crate) fn encode<Q: Question>(
    question: &Q,
    version: i16,
    correlation: i32,
) -> Result<Bytes, Error> {
    let header = RequestHeader::default()
        .with_request_api_key(Q::KEY)
        .with_request_api_version(version)
        .with_correlation_id(correlation)
        .with_client_id(Some(StrBytes::from_static_str(SOFTWARE)));
    let mut frame = BytesMut::from(&[0; 4][..]);
    encode_request_header_into_buffer(&mut frame, &header)
        .and_then(|()| question.encode(&mut frame, version))
        .map_err(|error| odd::<Q>(format!("the question cannot be written: {error:#}")))?;
    let length =
        u32::try_from(frame.len() - 4).map_err(|_| odd::<Q>("the question is too long"))?;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    Ok(frame.freeze())
}

/// The answer in a frame, which is walked before the codec reads it.
pub(crate) fn decode<Q: Question>(
    mut frame: Bytes,
    version: i16,
    correlation: i32,
) -> Result<Q::Response, Error> {
    let Some((header, body)) = frame.split_first_chunk() else {
        return Err(misfits::<Q>(Misfit::Truncated(format!(
            "{} bytes are no header",
            frame.len()
        ))));
    };
    let received = i32::from_be_bytes(*header);
    if received != correlation {
        return Err(Error::Correlation {
            api: Q::API,
            sent: correlation,
            received,
        });
    }
    let header_version = Q::Response::header_version(version);
    Q::OUTLINE
        .check(body, version, header_version > 0)
        .map_err(misfits::<Q>)?;
    ResponseHeader::decode(&mut frame, header_version)
        .and_then(|_| Q::Response::decode(&mut frame, version))
        .map_err(|error| odd::<Q>(format!("{error:#}")))
}

/// An answer that cannot be right; words of the peer may be in it.
pub(crate) fn odd<Q: Question>(why: impl Into<String>) -> Error {
    Error::Malformed {
        api: Q::API,
        why: brief(&why.into()),
    }
}

fn misfits<Q: Question>(misfit: Misfit) -> Error {
    let api = Q::API;
    match misfit {
        Misfit::Truncated(why) => Error::Truncated { api, why },
        Misfit::Trailing(bytes) => Error::Trailing { api, bytes },
        Misfit::Odd(why) => odd::<Q>(why),
    }
}
