// SPDX-License-Identifier: MIT
// peer.js ADDRESS PORT [WORKERS]: answers with the client's address.
// With workers, as node's cluster: one process binds, others get the sockets.
const cluster = require('cluster');
const http = require('http');

const [address, port, workers] = process.argv.slice(2);
if (workers && cluster.isMaster) {
  for (let i = 0; i < Number(workers); i++) cluster.fork();
} else {
  http.createServer((request, response) => {
    response.end(request.socket.remoteAddress);
  }).listen(Number(port), address);
}
