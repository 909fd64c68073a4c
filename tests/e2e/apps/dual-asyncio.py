# SPDX-License-Identifier: MIT
"""create_server(host=None): binds each family, in an order that is random.

Each connection is answered with the peer's address. What the server has, and
in which order, goes to standard output. Usage: dual-asyncio.py PORT [reuse_port]
"""
import asyncio
import sys


async def answer(reader, writer):
    await reader.readline()
    body = writer.get_extra_info("peername")[0].encode()
    writer.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    writer.close()


async def main():
    server = await asyncio.start_server(answer, None, int(sys.argv[1]), reuse_port="reuse_port" in sys.argv)
    names = [sock.getsockname() for sock in server.sockets]
    print("order:", *[name[0] for name in names])
    print("names:", sorted(names), flush=True)
    await server.serve_forever()


asyncio.run(main())
