#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# ./dev bench [--vm] [--json FILE]: runs inside the build's environment.
set -u
json=
program=bench
while [ $# -gt 0 ]; do
	case $1 in
	--json)
		[ $# -ge 2 ] || { echo "bench: --json needs a file name" >&2; exit 2; }
		case $2 in /*) json=$2 ;; *) json=$PWD/$2 ;; esac
		shift 2
		;;
	--vm)
		program=bench-vm
		shift
		;;
	*)
		echo "bench: unknown option $1; usage: ./dev bench [--vm] [--json FILE]" >&2
		exit 2
		;;
	esac
done
build=$(cd "$(dirname "$0")/.." && pwd)/build/gcc
log=$build/$program.log
# The figures are comment lines of the test output.
PATH=$build/bench:$build/tests/clients:$PATH "$build/bench/$program" ${json:+"$json"} 2>&1 |
	tee "$log" | sed -n 's/^# //p'
! grep -qE '^(not ok|Bail out)' "$log" && grep -q '^ok' "$log" || {
	cat "$log" >&2
	exit 1
}
