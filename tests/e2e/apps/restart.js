// SPDX-License-Identifier: MIT
// restart.js PORT: answers by HTTP with the number of its listener, which SIGUSR2 makes it close and
// open anew. A client that sends HOLD is told so and not read from any more: its end is not seen.
const net = require('net');

let number = 0, listener;

function open() {
  number++;
  listener = net.createServer((connection) => {
    connection.on('error', () => {});
    connection.once('data', (data) => {
      if (data.toString().startsWith('HOLD')) {
        connection.write('held');
        connection.pause();
      } else {
        connection.end(`HTTP/1.0 200 OK\r\n\r\n${number}`);
      }
    });
  });
  listener.listen(Number(process.argv[2]), '0.0.0.0');
}

process.on('SIGUSR2', () => {
  listener.close();
  open();
});
open();
