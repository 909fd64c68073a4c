// SPDX-License-Identifier: MIT
// What node does with sockets that no rule is about: an HTTP server at an AF_UNIX name and
// at 127.0.0.1, datagrams, and a child that is handed a connection.
'use strict';
const childProcess = require('child_process');
const dgram = require('dgram');
const http = require('http');
const net = require('net');

if (process.argv[2] === 'child') {
    process.on('message', (what, connection) => {
        connection.end('from the child');
        process.disconnect();
    });
    return;
}

const path = process.argv[2];
let left = 4;

function done(what) {
    console.log(what);
    if (--left === 0)
        process.exit(0);
}

function askHttp(what, options) {
    http.get(options, (response) => {
        response.resume();
        response.on('end', () => done(what + ': ' + response.statusCode));
    });
}

http.createServer((request, response) => response.end('hello'))
    .listen(path, () => askHttp('http at a name', {socketPath: path}));
http.createServer((request, response) => response.end('hello ' + request.socket.remoteAddress))
    .listen(8081, '127.0.0.1', () => askHttp('http', {host: '127.0.0.1', port: 8081}));

const echo = dgram.createSocket('udp4');
echo.on('message', (data, peer) => echo.send(data, peer.port, peer.address));
echo.bind(8082, '127.0.0.1', () => {
    const client = dgram.createSocket('udp4');
    client.on('message', (data, peer) => done('datagram from ' + peer.address));
    client.send('x', 8082, '127.0.0.1');
});

const child = childProcess.fork(__filename, ['child']);
net.createServer((connection) => child.send('connection', connection)).listen(8083, '127.0.0.1', () => {
    net.connect(8083, '127.0.0.1').on('data', (data) => done('connection ' + data));
});
