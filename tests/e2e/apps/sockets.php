<?php
// SPDX-License-Identifier: MIT
// sockets.php tcp|stream|udp PORT: an IPv4-only server by ext-sockets, which PHP loads
// with RTLD_DEEPBIND. It answers with the client's address: HTTP one after another
// (stream: at a listener that PHP itself opened), or each datagram.

function answer($connection): void
{
    socket_set_option($connection, SOL_SOCKET, SO_RCVTIMEO, ['sec' => 5, 'usec' => 0]);
    for ($request = ''; !str_contains($request, "\r\n\r\n"); $request .= $part) {
        $part = @socket_read($connection, 4096);
        if ($part === false || $part === '') {
            socket_close($connection);
            return;
        }
    }
    if (!socket_getpeername($connection, $peer) || !socket_getsockname($connection, $local)) {
        exit("no names\n");
    }
    $length = strlen($peer);
    socket_write($connection, "HTTP/1.1 200 OK\r\nContent-Length: $length\r\nConnection: close\r\n\r\n$peer");
    socket_close($connection);
}

function listener(string $how, int $port)
{
    if ($how === 'stream') {
        $stream = stream_socket_server("tcp://0.0.0.0:$port", $error, $why, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN,
            stream_context_create(['socket' => ['backlog' => 128]]));
        $socket = socket_import_stream($stream);
        return [$socket, $stream];
    }
    $socket = socket_create(AF_INET, $how === 'tcp' ? SOCK_STREAM : SOCK_DGRAM, 0);
    socket_set_option($socket, SOL_SOCKET, SO_REUSEADDR, 1);
    if (!socket_bind($socket, '0.0.0.0', $port) || ($how === 'tcp' && !socket_listen($socket, 128))) {
        exit("no listener\n");
    }
    return [$socket];
}

[, $how, $port] = $argv;
[$socket] = $kept = listener($how, (int) $port);
socket_getsockname($socket, $name);
echo "listens at $name\n";
while ($how !== 'udp') {
    $connection = socket_accept($socket);
    if ($connection) {
        answer($connection);
    }
}
while (socket_recvfrom($socket, $data, 2048, 0, $peer, $peer_port) !== false) {
    socket_sendto($socket, $peer, strlen($peer), 0, $peer, $peer_port);
}
