#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
"""Looks at a program linked for macOS: macho.py PROGRAM CPU STUB.tbd...

Fails unless PROGRAM is an executable Mach-O for CPU (aarch64 or x86_64), every library it loads
has a stub, and the stub of each symbol's own library lists it. Prints comments of TAP: what is
wrong, or how many symbols come from which library."""
import collections
import re
import struct
import sys

MAGIC_64 = 0xFEEDFACF
EXECUTE = 2
CPUS = {"aarch64": (0x0100000C, "arm64-macos"), "x86_64": (0x01000007, "x86_64-macos")}
UNDEFINED = 0x1  # a symbol's type: from elsewhere
LC_SYMTAB = 0x2
LC_LOADS = {0xC, 0x20, 0x80000018, 0x8000001F, 0x80000023}  # ways to load a library


class Wrong(Exception):
    pass


def read_stub(path, target):
    """The name a library has on macOS, and its symbols for target, those of the libraries that
    stand behind it included."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    name = re.search(r"^install-name:\s*'?([^'\n]+)'?$", text, re.M)
    symbols, here = set(), False
    for key, value in re.findall(r"([a-z-]*targets|[a-z-]*symbols):\s*\[(.*?)\]", text, re.S):
        words = [word.strip(" '\"\n") for word in value.split(",")]
        if key.endswith("targets"):
            here = target in words
        elif here:
            symbols.update(words)
    if not name:
        raise Wrong(f"{path} names no library")
    return name[1], symbols


def string_at(data, offset):
    return data[offset:data.index(b"\0", offset)].decode()


def load_commands(data):
    """(command, offset) of each."""
    count, offset = struct.unpack_from("<I", data, 16)[0], 32
    for _ in range(count):
        command, size = struct.unpack_from("<II", data, offset)
        yield command, offset
        offset += size


def undefined(data, symtab, libraries):
    """(symbol, library) of all that the program asks for."""
    symbols, count, strings = struct.unpack_from("<III", data, symtab + 8)
    for i in range(count):
        name, kind, _, flags, _ = struct.unpack_from("<IBBHQ", data, symbols + 16 * i)
        if kind != UNDEFINED:
            continue
        number = flags >> 8
        if not 1 <= number <= len(libraries):
            raise Wrong(f"{string_at(data, strings + name)} comes from no library")
        yield string_at(data, strings + name), libraries[number - 1]


def check(path, cpu, stub_paths):
    number, target = CPUS[cpu]
    stubs = dict(read_stub(stub, target) for stub in stub_paths)
    with open(path, "rb") as file:
        data = file.read()
    magic, cpu_type, _, file_type = struct.unpack_from("<IIII", data)
    if (magic, cpu_type, file_type) != (MAGIC_64, number, EXECUTE):
        raise Wrong(f"not a program for {cpu}")
    commands = list(load_commands(data))
    libraries = [string_at(data, at + struct.unpack_from("<I", data, at + 8)[0])
                 for command, at in commands if command in LC_LOADS]
    unknown = [library for library in libraries if library not in stubs]
    if unknown:
        raise Wrong("loads what no stub stands for: " + ", ".join(unknown))
    symtab = [at for command, at in commands if command == LC_SYMTAB]
    if len(symtab) != 1:
        raise Wrong("no table of symbols")
    found = list(undefined(data, symtab[0], libraries))
    missing = [f"{symbol} ({library})" for symbol, library in found
               if symbol not in stubs[library]]
    if missing or not found:
        raise Wrong("asks macOS for what it has not: " + (", ".join(missing) or "nothing"))
    return collections.Counter(library for _, library in found)


def main():
    path, cpu, *stubs = sys.argv[1:]
    try:
        counts = check(path, cpu, stubs)
    except (Wrong, OSError, struct.error, ValueError) as error:
        print(f"# {path}: {error}")
        sys.exit(1)
    for library, count in sorted(counts.items()):
        print(f"# {cpu}: {count} symbols of {library}")


main()
