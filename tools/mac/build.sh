#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Cross-compiles src/ and host/ for macOS (Apple Silicon and Intel), links `oriel` for each and
# looks at what came out. Needs no Apple SDK and runs nothing of it: docs/macos.md says how and what
# that proves. Runs in the Debian 13 that Oriel is built in (./dev run tools/mac/build.sh); prints
# TAP.
#
# What is downloaded and the libraries made of it are kept in the cache folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
tree=$(cd "$here/../.." && pwd -P)
cache=${ORIEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/oriel}/mac
build=${ORIEL_MAC_BUILD:-$tree/build/mac}
tests=0
failed=0

bail() {
	[ ! -f "$cache/log" ] || tail -n 15 "$cache/log" | sed 's/^/# /'
	echo "Bail out! $*"
	exit 1
}

# $1: 0 or not, $2: what
result() {
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $2"
	fi
}

. "$here/fetch.sh"
. "$here/libraries.sh"

# $1: CPU. Configures once, then builds what has changed.
link_program() {
	out=$build/$1
	if [ ! -f "$out/build.ninja" ]; then
		meson setup "$out" "$tree" --cross-file "$build/paths-$1.ini" \
			--cross-file "$here/cross.ini" --cross-file "$here/$1.ini" || return 1
	fi
	ninja -C "$out" -j 2 host/oriel
}

# $1: CPU
check_cpu() {
	mkdir -p "$build"
	put "$build/paths-$1.ini" <<-END
		[constants]
		tools = '$here'
		prefix = '$cache/$1'
	END
	status=0
	(export ORIEL_ZIG="$zig"; link_program "$1") >"$build/$1.log" 2>&1 || status=1
	[ $status = 0 ] ||
		grep -E 'ERROR|error:|warning:' "$build/$1.log" | head -n 30 | sed 's/^/# /'
	result $status "$1: compiles and links (log: $build/$1.log)"
	if [ $status = 0 ]; then
		python3 "$here/macho.py" "$build/$1/host/oriel" "$1" \
			"$zig_folder/lib/libc/darwin/libSystem.tbd" "$cache/$1/lib"/*.tbd \
			"$here"/stubs/*.tbd "$here"/stubs/*/*.tbd || status=1
	fi
	result $status "$1: a Mach-O program that asks macOS for nothing unknown"
}

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
: >"$cache/log"
echo "TAP version 13"
echo "1..4"
fetch_zig
fetch_sources
for cpu in aarch64 x86_64; do
	make_libraries "$cpu"
	check_cpu "$cpu"
done
[ $failed = 0 ]
