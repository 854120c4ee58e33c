//! Where a message begins and ends, and what it asks: as much of the protocols as counting needs.

use super::Protocol;

/// A whole request.
pub(super) struct Message {
    pub(super) whole: Vec<u8>,
    /// None for a part of a handshake.
    pub(super) asks: Option<Asks>,
}

/// What a request asks for.
pub(super) enum Asks {
    /// To make a statement known.
    Prepare(String),
    /// To carry out a known statement.
    Execute(u32),
    /// Anything else.
    Else(String),
}

/// Takes the first whole request from the buffer.
pub(super) fn request(protocol: Protocol, buffer: &mut Vec<u8>) -> Option<Message> {
    let whole = reply(protocol, buffer)?;
    let asks = match protocol {
        Protocol::Sql => command(&whole),
        Protocol::Redis => Some(Asks::Else(word(&whole))),
        Protocol::Http => Some(Asks::Else(target(&whole))),
    };
    Some(Message { whole, asks })
}

/// Takes the first whole message from the buffer: a packet of MariaDB's, a value of Redis's, an answer of HTTP's.
pub(super) fn reply(protocol: Protocol, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let length = match protocol {
        Protocol::Sql => packet(buffer),
        Protocol::Redis => value(buffer),
        Protocol::Http => exchange(buffer),
    }?;
    if buffer.len() < length {
        return None;
    }
    let rest = buffer.split_off(length);
    Some(std::mem::replace(buffer, rest))
}

/// The id of the statement that a first reply to its text names.
pub(super) fn prepared(packet: &[u8]) -> Option<u32> {
    (*packet.get(4)? == 0).then(|| number(packet, 5)).flatten()
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// Three bytes of length, one that counts; then what it says.
fn packet(buffer: &[u8]) -> Option<usize> {
    let head = buffer.get(..4)?;
    Some(usize::try_from(u32::from_le_bytes([head[0], head[1], head[2], 0])).ok()? + 4)
}

fn command(packet: &[u8]) -> Option<Asks> {
    // A command begins to count anew; what the client says within a handshake does not.
    if packet[3] != 0 {
        return None;
    }
    let text = || String::from_utf8_lossy(packet.get(5..).unwrap_or_default()).into_owned();
    match packet.get(4)? {
        0x03 => Some(Asks::Else(text())),
        0x16 => Some(Asks::Prepare(text())),
        0x17 => number(packet, 5).map(Asks::Execute),
        0x19 => Some(Asks::Else("CLOSE".to_owned())),
        0x0e => Some(Asks::Else("PING".to_owned())),
        // The end of the connection.
        0x01 => None,
        other => Some(Asks::Else(format!("command {other:#04x}"))),
    }
}

/// The length of the value at the beginning, if it is there as a whole.
fn value(buffer: &[u8]) -> Option<usize> {
    let end = buffer.windows(2).position(|pair| pair == b"\r\n")?;
    let count = || std::str::from_utf8(&buffer[1..end]).ok()?.parse::<i64>().ok();
    let after = end + 2;
    match buffer[0] {
        b'$' => Some(usize::try_from(count()?).map_or(after, |length| after + length + 2)),
        b'*' => {
            let mut at = after;
            for _ in 0..count()?.max(0) {
                at += value(buffer.get(at..)?)?;
                if at > buffer.len() {
                    return None;
                }
            }
            Some(at)
        }
        _ => Some(after),
    }
}

/// The first word of a command.
fn word(command: &[u8]) -> String {
    let text = String::from_utf8_lossy(command);
    text.split("\r\n").nth(2).unwrap_or_default().to_ascii_uppercase()
}

/// Head and body of an HTTP message.
fn exchange(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    if field("transfer-encoding:") == Some("chunked") {
        let end = buffer[head..].windows(5).position(|five| five == b"0\r\n\r\n")?;
        return Some(head + end + 5);
    }
    Some(head + field("content-length:").and_then(|length| length.parse().ok()).unwrap_or(0))
}

/// The operation of AWS that a request names, or else its method.
fn target(request: &[u8]) -> String {
    let text = String::from_utf8_lossy(request);
    let named =
        text.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("x-amz-target:").map(str::to_owned));
    let first = || text.split(' ').next().unwrap_or_default().to_owned();
    named.map_or_else(first, |name| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_taken_once_it_is_whole() {
        for (protocol, bytes) in [
            (Protocol::Sql, &b"\x05\0\0\0\x17\x07\0\0\0"[..]),
            (Protocol::Redis, b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"),
            (Protocol::Redis, b"*2\r\n*1\r\n:1\r\n$-1\r\n"),
            (Protocol::Http, b"POST / HTTP/1.1\r\nX-Amz-Target: AmazonSQS.SendMessage\r\nContent-Length: 2\r\n\r\n{}"),
            (Protocol::Http, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
        ] {
            let mut short = bytes[..bytes.len() - 1].to_vec();
            assert!(reply(protocol, &mut short).is_none(), "{protocol:?}");
            let mut two = [bytes, bytes].concat();
            assert_eq!(reply(protocol, &mut two).as_deref(), Some(bytes));
            assert_eq!(two, bytes);
        }
    }

    #[test]
    fn a_request_says_what_it_asks() {
        let asks = |protocol, bytes: &[u8]| request(protocol, &mut bytes.to_vec()).and_then(|message| message.asks);
        assert!(matches!(asks(Protocol::Sql, b"\x05\0\0\0\x17\x07\0\0\0"), Some(Asks::Execute(7))));
        assert!(matches!(asks(Protocol::Sql, b"\x03\0\0\0\x16DO"), Some(Asks::Prepare(text)) if text == "DO"));
        assert!(asks(Protocol::Sql, b"\x02\0\0\x01ok").is_none(), "a handshake asks for nothing");
        let http = b"POST / HTTP/1.1\r\nX-Amz-Target: AmazonSQS.SendMessage\r\n\r\n";
        assert!(matches!(asks(Protocol::Http, http), Some(Asks::Else(name)) if name == "amazonsqs.sendmessage"));
        assert_eq!(prepared(b"\x0c\0\0\x01\0\x09\0\0\0"), Some(9));
    }
}
