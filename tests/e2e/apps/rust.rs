// SPDX-License-Identifier: MIT
// rust start COMMAND...: an entry point in Rust, which starts the rest of its line as
// a child, and ends with it.
// rust serve PORT: an HTTP server on 0.0.0.0 that answers with the client's address.
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

fn serve(port: u16) {
    let listener = TcpListener::bind(("0.0.0.0", port)).expect("bind");
    for stream in listener.incoming() {
        let mut stream = match stream {
            Ok(stream) => stream,
            Err(_) => continue,
        };
        let peer = stream.peer_addr().map(|p| p.ip().to_string()).unwrap_or_default();
        let peer = peer.trim_start_matches("::ffff:");
        let mut request = [0; 2048];
        let _ = stream.read(&mut request);
        let _ = write!(stream, "HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{}", peer.len(), peer);
    }
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if words[1] == "serve" {
        serve(words[2].parse().expect("port"));
        return;
    }
    let status = Command::new(&words[2]).args(&words[3..]).status().expect("start");
    std::process::exit(status.code().unwrap_or(1));
}
