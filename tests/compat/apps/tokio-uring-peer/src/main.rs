// SPDX-License-Identifier: MIT
//! tokio-uring-peer ADDRESS:PORT: answers with the client's address, over TCP (HTTP) and UDP.

use std::net::SocketAddr;

use tokio_uring::net::{TcpListener, TcpStream, UdpSocket};

async fn answer(stream: TcpStream, peer: SocketAddr) -> std::io::Result<()> {
    stream.read(vec![0; 4096]).await.0?;
    let text = peer.ip().to_string();
    let response = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len());
    stream.write_all(response.into_bytes()).await.0
}

async fn answer_datagrams(socket: UdpSocket) -> std::io::Result<()> {
    loop {
        let (_, peer) = socket.recv_from(vec![0; 4096]).await.0?;
        socket.send_to(peer.ip().to_string().into_bytes(), peer).await.0?;
    }
}

fn report(result: std::io::Result<()>) {
    if let Err(error) = result {
        eprintln!("error: {error}");
    }
}

fn main() -> std::io::Result<()> {
    let address: SocketAddr = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("ADDRESS:PORT");
    tokio_uring::start(async move {
        let socket = UdpSocket::bind(address).await?;
        tokio_uring::spawn(async { report(answer_datagrams(socket).await) });
        let listener = TcpListener::bind(address)?;
        loop {
            let (stream, peer) = listener.accept().await?;
            tokio_uring::spawn(async move { report(answer(stream, peer).await) });
        }
    })
}
