#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Whether docs/protocol.md is what the protocol's table says: protocol-doc.sh PROGRAM INTRO DOC
set -eu
fresh=$("$1" "$2")
if printf '%s\n' "$fresh" | diff -u "$3" -; then
	exit 0
fi
echo "docs/protocol.md is out of date; to renew it: ./dev run ninja -C build/gcc protocol-doc" >&2
exit 1
