#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
"""Looks at a machine's memory as its host sees it, once the machine is off.

usage: host_look.py CONSOLE DEVICE-FILE [RAM-FILE LAYOUT MIB]

The console has lines from tests/kernel:
  # host device OFFSET SIZE SEED
  # host ram SEED PLACE ADDRESS SIZE    (a piece; PLACE is where it lies in its buffer)
Prints one line for each range of the device and each buffer in RAM: same or DIFFERENT.
"""
import sys

GIB = 1 << 30


def pattern(seed, place, size):
    return bytes(
        (((seed ^ at) & 0xFFFFFFFF) * 2654435761 & 0xFFFFFFFF) >> 24
        for at in range(place, place + size)
    )


def file_offset(address, layout, size):
    """Where QEMU has a guest-physical address in the file of the RAM. PC machines have a hole
    below 4 GiB: what does not fit below it lies above."""
    if layout == "virt":
        return address - GIB
    if layout == "q35":
        low = 2 * GIB if size >= 0xB0000000 else size
    else:
        low = 3 * GIB if size >= 0xE0000000 else size
    return address if address < low else address - 4 * GIB + low


def same(file, offset, size, seed, place):
    file.seek(offset)
    return file.read(size) == pattern(seed, place, size)


def tell(right, what):
    print(f"{'same' if right else 'DIFFERENT'} the host sees {what}")


def main():
    console, device = sys.argv[1:3]
    ram, layout, mib = (sys.argv[3:] + [None] * 3)[:3]
    device = open(device, "rb")
    ram = ram and open(ram, "rb")
    pieces = {}
    for line in open(console, errors="replace"):
        words = line.split()
        if words[:3] == ["#", "host", "device"]:
            offset, size, seed = map(int, words[3:6])
            tell(same(device, offset, size, seed, 0), f"{size} bytes at {offset} of the device")
        elif words[:3] == ["#", "host", "ram"]:
            seed, *piece = map(int, words[3:7])
            pieces.setdefault(seed, []).append(piece)
    for seed, parts in pieces.items():
        right = all(
            same(ram, file_offset(address, layout, int(mib) << 20), size, seed, place)
            for place, address, size in parts
        )
        low, high = min(p[1] for p in parts), max(p[1] + p[2] for p in parts)
        tell(right, f"buffer {seed} in {len(parts)} pieces of RAM, {low:#x} to {high:#x}")


main()
