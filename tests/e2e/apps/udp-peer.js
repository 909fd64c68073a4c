// SPDX-License-Identifier: MIT
// udp-peer.js PORT [reuse] [WORKERS]: answers each datagram with its sender's
// address, or, if it says "pid", with the process's number. reuse: with
// reuseAddr. With workers, as node's cluster: the primary binds, the workers
// share its socket.
const cluster = require('cluster');
const dgram = require('dgram');

const [port, ...words] = process.argv.slice(2);
const reuseAddr = words.includes('reuse');
const workers = Number(words.find((word) => word !== 'reuse') || 0);
if (workers && cluster.isMaster) {
  for (let i = 0; i < workers; i++) cluster.fork();
  cluster.on('exit', () => process.exit(1));
} else {
  const socket = dgram.createSocket({ type: 'udp4', reuseAddr });
  socket.on('message', (message, sender) => {
    const answer = String(message) === 'pid' ? String(process.pid) : sender.address;
    socket.send(answer, sender.port, sender.address);
  });
  socket.bind(Number(port), '0.0.0.0');
}
