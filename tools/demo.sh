#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# ./dev demo [--vm]: run by ./dev where Oriel is built, with its programs on PATH.
set -eu
build=$(cd "$(dirname "$0")/.." && pwd -P)/build
case ${1:-} in
'') exec "$build/gcc/tests/e2e/demo" "$build/demo.png" ;;
--vm) exec "$build/gcc/tests/vm/demo" "$build/demo-vm.png" ;;
*)
	echo "demo: unknown option $1; usage: ./dev demo [--vm]" >&2
	exit 2
	;;
esac
