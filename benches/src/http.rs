//! A connection of HTTP/1.1 without anything around it: the generator shares its cores with the server.

use std::io;
use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A head longer than this is no answer of ours.
const LONGEST_HEAD: usize = 16 * 1024;

/// One connection that is kept alive; one request at a time.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A whole answer.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(addr: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4096),
        })
    }

    /// Sends a request and reads its answer to the end.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let head = loop {
            if let Some(head) = Head::read(&self.buffer)? {
                break head;
            }
            self.more().await?;
        };
        let end = head.length + head.body;
        while self.buffer.len() < end {
            self.more().await?;
        }
        Ok(Answer {
            status: head.status,
            body: &self.buffer[head.length..end],
        })
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Calls the API with JSON; answers the JSON of a 2xx and fails on anything else.
    pub(crate) async fn call(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<Value> {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let authorization = token
            .map(|token| format!("authorization: Bearer {token}\r\n"))
            .unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n{authorization}\
             content-length: {}\r\n\r\n{body}",
            self.stream.peer_addr()?,
            body.len()
        );
        let answer = self
            .exchange(request.as_bytes())
            .await
            .with_context(|| format!("{method} {path} got no answer"))?;
        if !(200..300).contains(&answer.status) {
            let words = String::from_utf8_lossy(answer.body);
            bail!("{method} {path} was answered {}: {words}", answer.status);
        }
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(answer.body)
            .with_context(|| format!("{method} {path} was not answered in JSON"))
    }
}

struct Head {
    status: u16,
    /// Bytes up to the body.
    length: usize,
    /// Bytes of the body.
    body: usize,
}

impl Head {
    /// Reads the head off the front of `bytes`; `None` while it is not whole.
    fn read(bytes: &[u8]) -> io::Result<Option<Self>> {
        let bad = |words: &str| io::Error::new(io::ErrorKind::InvalidData, words.to_owned());
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            if bytes.len() > LONGEST_HEAD {
                return Err(bad("an endless head"));
            }
            return Ok(None);
        };
        let head = std::str::from_utf8(&bytes[..end]).map_err(|_| bad("a head that is no text"))?;
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok())
            .ok_or_else(|| bad("no status"))?;
        let length = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse().ok());
        let body = match (length, status) {
            (Some(length), _) => length,
            (None, 204 | 304) => 0,
            (None, _) => return Err(bad("an answer without a length")),
        };
        Ok(Some(Self {
            status,
            length: end + 4,
            body,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        assert!(Head::read(&answer[..30]).unwrap().is_none());
        let head = Head::read(answer).unwrap().unwrap();
        assert_eq!(
            (head.status, head.length, head.body),
            (200, answer.len() - 5, 5)
        );
    }

    #[test]
    fn an_answer_without_a_length_must_be_without_a_body() {
        let empty = Head::read(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap()
            .unwrap();
        assert_eq!(empty.body, 0);
        assert!(Head::read(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(Head::read(b"HTTP/1.1 nonsense\r\n\r\n").is_err());
    }
}
