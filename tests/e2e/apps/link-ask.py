# SPDX-License-Identifier: MIT
"""link-ask.py dhcp|mdns N SERVER: asks a server that its link finds, by IPv4 broadcast or multicast.

  dhcp  N clients, each with a hardware address of its own, get a lease: DISCOVER and
        REQUEST, which go to 255.255.255.255 as the answers do
  mdns  N queries to 224.0.0.251, of the address of pod.local

Prints how many were answered by SERVER, and rightly: each lease is another address, and
pod.local has SERVER's. What does not come is sent again, as these clients do.
"""
import select
import socket
import struct
import sys
import time

SO_BINDTODEVICE = 25
DISCOVER, OFFER, REQUEST, ACK = 1, 2, 3, 5


def answer_to(client, data, to, takes, tries=5, wait=4):
    """The first answer that TAKES takes, and who sent it."""
    for _ in range(tries):
        client.sendto(data, to)
        end = time.monotonic() + wait
        while (left := end - time.monotonic()) > 0 and select.select([client], [], [], left)[0]:
            told, peer = client.recvfrom(2048)
            if takes(told):
                return told, peer
    return None, None


def dhcp_message(n, kind, options=b""):
    hardware = struct.pack("!HI", 0x0200, n)
    return (struct.pack("!4BIHH16x", 1, 1, 6, 0, 0x51000000 + n, 0, 0x8000) + hardware.ljust(16, b"\0") + bytes(192)
            + b"\x63\x82\x53\x63" + bytes((53, 1, kind)) + options + b"\xff")


def dhcp_options(told):
    at, found = 240, {}
    while at + 1 < len(told) and told[at] != 255:
        if told[at] == 0:
            at += 1
            continue
        found[told[at]] = told[at + 2:at + 2 + told[at + 1]]
        at += 2 + told[at + 1]
    return found


def dhcp_client():
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    client.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, b"eth0")
    client.bind(("", 68))
    return client


def dhcp(count, server):
    client, leases = dhcp_client(), set()
    for n in range(count):
        def takes(told, kind):
            return len(told) > 240 and told[4:8] == struct.pack("!I", 0x51000000 + n) and dhcp_options(told).get(53) == bytes((kind,))
        to = "255.255.255.255", 67
        offer, peer = answer_to(client, dhcp_message(n, DISCOVER), to, lambda told: takes(told, OFFER))
        if offer is None or peer != (server, 67):
            return len(leases)
        chosen = struct.pack("!BB4s", 50, 4, offer[16:20]) + struct.pack("!BB4s", 54, 4, dhcp_options(offer)[54])
        ack, peer = answer_to(client, dhcp_message(n, REQUEST, chosen), to, lambda told: takes(told, ACK))
        if ack is None or peer != (server, 67) or ack[16:20] != offer[16:20]:
            return len(leases)
        leases.add(ack[16:20])
    return len(leases)


def mdns(count, server):
    right, name = 0, b"\3pod\5local\0"
    for n in range(count):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("8xi", socket.if_nametoindex("eth0")))
            told, peer = answer_to(client, struct.pack("!6H", n, 0, 1, 0, 0, 0) + name + b"\0\1\0\1", ("224.0.0.251", 5353),
                                   lambda told, n=n: told[:2] == struct.pack("!H", n))
            right += told is not None and peer == (server, 5353) and told[-4:] == socket.inet_aton(server)
    return right


print({"dhcp": dhcp, "mdns": mdns}[sys.argv[1]](int(sys.argv[2]), sys.argv[3]))
