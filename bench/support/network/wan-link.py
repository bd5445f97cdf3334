#!/usr/bin/env python3
"""A slow link between two network namespaces, shaped in user space because netem is not in every kernel.

Makes a TUN interface in each namespace and carries packets between them: each direction has a rate, a one-way delay, a
bounded queue (packets that would wait longer are dropped, as a router does) and optional loss.

    wan-link.py --a NAMESPACE ADDRESS/BITS --b NAMESPACE ADDRESS/BITS --down 20 --up 5 --delay 20

`down` is from a to b. Prints `ready` when packets can pass. Each line on standard input is a command: `stats` prints the
counters of both directions as one line of JSON, `cut` and `restore` stop and allow all packets, `down 50`, `up 10` (Mbit/s),
`delay 5`, `queue 100` (ms) and `loss 0.01` change a setting. Ends when standard input does. Needs root.
"""

import argparse
import collections
import ctypes
import fcntl
import json
import os
import random
import selectors
import struct
import subprocess
import sys
import time

INTERFACE = "wan0"
MTU = 1500
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
PACKETS_PER_TURN = 64

libc = ctypes.CDLL(None, use_errno=True)


def enter(namespace_fd):
    if libc.setns(namespace_fd, 0) != 0:
        raise OSError(ctypes.get_errno(), "cannot enter the network namespace")


def open_tun(namespace, address):
    """A TUN interface inside the namespace; its descriptor stays usable from outside."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        enter(there)
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", INTERFACE.encode(), IFF_TUN | IFF_NO_PI))
        subprocess.run(["ip", "addr", "add", address, "dev", INTERFACE], check=True)
        subprocess.run(["ip", "link", "set", INTERFACE, "mtu", str(MTU), "txqueuelen", "1000", "up"], check=True)
        return descriptor
    finally:
        enter(home)
        os.close(home)
        os.close(there)


class Direction:
    """Packets on their way to one end. Times are seconds of the monotonic clock."""

    def __init__(self, link, megabits, out):
        self.link = link
        self.megabits = megabits
        self.out = out
        self.queue = collections.deque()
        self.line_free_at = 0.0
        self.packets = self.bytes = self.dropped = 0

    def push(self, now, packet):
        link = self.link
        starts_at = max(now, self.line_free_at)
        is_lost = link.loss > 0 and random.random() < link.loss
        if link.is_cut or is_lost or (starts_at - now) * 1000 > link.queue_ms:
            self.dropped += 1
            return
        self.line_free_at = starts_at + len(packet) * 8 / (self.megabits * 1e6)
        self.queue.append((self.line_free_at + link.delay_ms / 1000, packet))

    def deliver(self, now):
        """Hands over what has arrived by now; when the next packet will."""
        while self.queue and self.queue[0][0] <= now:
            _, packet = self.queue.popleft()
            if self.link.is_cut:
                self.dropped += 1
                continue
            try:
                os.write(self.out, packet)
                self.packets += 1
                self.bytes += len(packet)
            except OSError:
                self.dropped += 1
        return self.queue[0][0] if self.queue else None

    def counters(self):
        return {"packets": self.packets, "bytes": self.bytes, "dropped": self.dropped}


class Link:
    def __init__(self, options):
        self.delay_ms = options.delay
        self.queue_ms = options.queue
        self.loss = options.loss
        self.is_cut = False
        end_a = open_tun(*options.a)
        end_b = open_tun(*options.b)
        self.down = Direction(self, options.down, end_b)
        self.up = Direction(self, options.up, end_a)
        self.by_source = {end_a: self.down, end_b: self.up}

    def command(self, line):
        name, *values = line.split() or [""]
        if name == "stats":
            print(json.dumps({"down": self.down.counters(), "up": self.up.counters()}), flush=True)
        elif name in ("cut", "restore"):
            self.is_cut = name == "cut"
        elif name in ("down", "up") and values:
            getattr(self, name).megabits = float(values[0])
        elif name == "delay" and values:
            self.delay_ms = float(values[0])
        elif name == "queue" and values:
            self.queue_ms = float(values[0])
        elif name == "loss" and values:
            self.loss = float(values[0])
        else:
            print(f"unknown command: {line}", file=sys.stderr, flush=True)

    def run(self):
        selector = selectors.DefaultSelector()
        for descriptor in (*self.by_source, sys.stdin.fileno()):
            selector.register(descriptor, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            now = time.monotonic()
            due = [at for way in (self.down, self.up) if (at := way.deliver(now)) is not None]
            timeout = max(0, min(due) - time.monotonic()) if due else None
            for key, _ in selector.select(timeout):
                if key.fd == sys.stdin.fileno():
                    text = os.read(key.fd, 4096).decode()
                    if not text:
                        return
                    for line in text.splitlines():
                        self.command(line)
                else:
                    self.read_packets(key.fd)

    def read_packets(self, descriptor):
        now = time.monotonic()
        for _ in range(PACKETS_PER_TURN):
            try:
                packet = os.read(descriptor, MTU + 64)
            except OSError:
                return
            self.by_source[descriptor].push(now, packet)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--a", nargs=2, required=True, metavar=("NAMESPACE", "ADDRESS"))
    parser.add_argument("--b", nargs=2, required=True, metavar=("NAMESPACE", "ADDRESS"))
    parser.add_argument("--down", type=float, default=20.0, help="Mbit/s from a to b")
    parser.add_argument("--up", type=float, default=5.0, help="Mbit/s from b to a")
    parser.add_argument("--delay", type=float, default=20.0, help="ms, one way")
    parser.add_argument("--queue", type=float, default=100.0, help="ms that a packet waits at most")
    parser.add_argument("--loss", type=float, default=0.0, help="share of the packets, 0 to 1")
    Link(parser.parse_args()).run()


if __name__ == "__main__":
    main()
