// SPDX-License-Identifier: MIT
//! rustix-peer ADDRESS:PORT: answers with the client's address. rustix makes the system
//! calls itself.

use std::net::{SocketAddr, SocketAddrV4};
use std::thread;

use rustix::fd::OwnedFd;
use rustix::io::{read, write, Errno};
use rustix::net::{acceptfrom, bind, listen, socket, sockopt, AddressFamily, SocketType};

fn answer(client: OwnedFd, peer: SocketAddr) -> Result<(), Errno> {
    read(&client, &mut [0u8; 2048])?;
    let body = peer.ip().to_string();
    write(&client, format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes())?;
    Ok(())
}

fn main() -> Result<(), Errno> {
    let address: SocketAddr = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("ADDRESS:PORT");
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let listener = socket(family, SocketType::STREAM, None)?;
    sockopt::set_socket_reuseaddr(&listener, true)?;
    bind(&listener, &address)?;
    listen(&listener, 64)?;
    loop {
        let (client, peer) = acceptfrom(&listener)?;
        let peer = peer.and_then(|any| SocketAddr::try_from(any).ok());
        let peer = peer.unwrap_or_else(|| SocketAddrV4::new([0, 0, 0, 0].into(), 0).into());
        thread::spawn(move || answer(client, peer));
    }
}
