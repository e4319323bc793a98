//! josekit reads key sets and fetches none.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;

use josekit::jwk::JwkSet;

/// Gets a key set from an `http` address.
pub fn fetch(url: &str) -> Result<JwkSet, Box<dyn Error>> {
    let rest = url.strip_prefix("http://").ok_or("only http is spoken here")?;
    let (host, path) = rest.split_once('/').ok_or("the address has no path")?;
    let mut connection = TcpStream::connect(host)?;
    write!(connection, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut reply = String::new();
    connection.read_to_string(&mut reply)?;
    let (head, body) = reply.split_once("\r\n\r\n").ok_or("no HTTP")?;
    if head.split(' ').nth(1) != Some("200") {
        return Err(head.lines().next().unwrap_or_default().into());
    }
    Ok(JwkSet::from_bytes(body)?)
}
