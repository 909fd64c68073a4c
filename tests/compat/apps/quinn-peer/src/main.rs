// SPDX-License-Identifier: MIT
//! quinn-peer serve ADDRESS:PORT CERTIFICATE KEY: a QUIC server that answers each request, which is all of
//! a stream, with the client's address, a line feed, and the request backwards.
//!
//! quinn-peer ask ADDRESS:PORT CERTIFICATE CONNECTIONS STREAMS: so many connections at once, each with a
//! socket of its own, and so many streams in each. Prints what the server says the client's address is, and
//! "N asked, W wrong". Exit status: 0 if none is wrong.
//!
//! The certificate and the key are files in DER.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use quinn::{ClientConfig, Connection, Endpoint, Incoming, ServerConfig};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::RootCertStore;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const LONGEST: usize = 1 << 20;

async fn answer(incoming: Incoming) -> Outcome<()> {
    let connection = incoming.await?;
    while let Ok((mut send, mut receive)) = connection.accept_bi().await {
        let peer = connection.remote_address().ip();
        tokio::spawn(async move {
            let mut request = receive.read_to_end(LONGEST).await?;
            request.reverse();
            send.write_all(format!("{peer}\n").as_bytes()).await?;
            send.write_all(&request).await?;
            send.finish()?;
            Outcome::Ok(())
        });
    }
    Ok(())
}

async fn serve(address: SocketAddr, certificate: CertificateDer<'static>, key: Vec<u8>) -> Outcome<()> {
    let config = ServerConfig::with_single_cert(vec![certificate], PrivatePkcs8KeyDer::from(key).into())?;
    let endpoint = Endpoint::server(config, address)?;
    while let Some(incoming) = endpoint.accept().await {
        tokio::spawn(async move {
            if let Err(error) = answer(incoming).await {
                eprintln!("connection: {error}");
            }
        });
    }
    Ok(())
}

/// Up to some 20 datagrams long.
fn request(connection: usize, stream: usize) -> Vec<u8> {
    let length = 10 + (connection * 7919 + stream * 4099) % 24000;
    let mut state = (connection as u64) << 32 | stream as u64 | 1 << 63;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 56) as u8
        })
        .collect()
}

async fn ask(connection: &Connection, data: &[u8]) -> Outcome<(String, Vec<u8>)> {
    let (mut send, mut receive) = connection.open_bi().await?;
    send.write_all(data).await?;
    send.finish()?;
    let mut answer = receive.read_to_end(LONGEST).await?;
    let end = answer.iter().position(|&byte| byte == b'\n').ok_or("no address")?;
    let peer = String::from_utf8(answer[..end].to_vec())?;
    answer.drain(..=end);
    answer.reverse();
    Ok((peer, answer))
}

/// How many of the streams were not answered, or not rightly.
async fn client(server: SocketAddr, config: ClientConfig, number: usize, streams: usize) -> Outcome<(usize, String)> {
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let endpoint = Endpoint::client((any, 0).into())?;
    let connection = endpoint.connect_with(config, server, "server")?.await?;
    let (mut wrong, mut peers) = (0, Vec::new());
    for stream in 0..streams {
        let data = request(number, stream);
        match tokio::time::timeout(Duration::from_secs(20), ask(&connection, &data)).await {
            Ok(Ok((peer, answer))) if answer == data => peers.push(peer),
            other => {
                eprintln!("connection {number}, stream {stream}: {:?}", other.map(|answer| answer.map(|(peer, _)| peer)));
                wrong += 1;
            }
        }
    }
    connection.close(0u32.into(), b"");
    endpoint.wait_idle().await;
    peers.sort();
    peers.dedup();
    Ok((wrong, peers.join(" ")))
}

async fn load(server: SocketAddr, certificate: CertificateDer<'static>, connections: usize, streams: usize) -> Outcome<bool> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate)?;
    let config = ClientConfig::with_root_certificates(Arc::new(roots))?;
    let tasks: Vec<_> = (0..connections).map(|n| tokio::spawn(client(server, config.clone(), n, streams))).collect();
    let (mut wrong, mut peers) = (0, Vec::new());
    for task in tasks {
        match task.await? {
            Ok((some, peer)) => {
                wrong += some;
                peers.push(peer);
            }
            Err(error) => {
                eprintln!("connection: {error}");
                wrong += streams;
            }
        }
    }
    peers.sort();
    peers.dedup();
    println!("{}\n{} asked, {wrong} wrong", peers.join(" "), connections * streams);
    Ok(wrong == 0)
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (address, certificate) = (words[1].parse()?, std::fs::read(&words[2])?.into());
    if words[0] == "serve" {
        return serve(address, certificate, std::fs::read(&words[3])?).await;
    }
    if !load(address, certificate, words[3].parse()?, words[4].parse()?).await? {
        std::process::exit(1);
    }
    Ok(())
}
