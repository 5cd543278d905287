#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Runs Mir's conformance suite on stock Mir and on Mir with the adapter, and compares what fails.
# usage: run_wlcs.sh RUNNER MODULE PLATFORM_DIR own|host
#
# own: with Mir's own window management nothing may fail that does not fail in stock Mir.
# host: with the host's window management, what expected-host-policy.txt names may fail, too.
set -u
runner=$1 module=$2 platform=$3 policy=$4
here=$(cd "$(dirname "$0")" && pwd -P)
work=$(mktemp -d /tmp/oriel-wlcs-XXXXXX)
trap 'rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR="$work" LC_ALL=C.UTF-8
unset WAYLAND_DISPLAY DISPLAY
chmod 700 "$work"

[ -x "$runner" ] || runner=$(ls /usr/lib/*/wlcs/wlcs /usr/libexec/wlcs/wlcs 2>/dev/null | head -n 1)
stock=$(ls /usr/lib/*/mir/miral_wlcs_integration.so 2>/dev/null | head -n 1)
if [ -z "$runner" ] || [ -z "$stock" ]; then
	echo "1..0 # SKIP install the packages wlcs and mir-wlcs-integration"
	exit 0
fi

summary='^\[==========\].* r[au]n\.'

# $1: name of the log; the rest: what to run. The names of what failed go to $1.failed. The
# summary at the end is what counts: tests that are skipped are failures to the other reports.
run_suite() {
	log=$work/$1
	shift
	timeout -k 5 400 "$@" >"$log.log" 2>&1
	if ! grep -qE "$summary" "$log.log"; then
		tail -n 20 "$log.log" | sed 's/^/# /'
		return 1
	fi
	sed -nE "/$summary/,\$p" "$log.log" | sed -n 's/^\[  FAILED  \] \([^ ,]*\).*/\1/p' |
		grep -v '^[0-9]*$' | sort -u >"$log.failed"
	sed -n 's/^\[  PASSED  \]/# passed:/p' "$log.log"
	echo "# failed: $(wc -l <"$log.failed")"
}

echo "TAP version 13"
echo "1..3"
if run_suite stock "$runner" "$stock"; then
	echo "ok 1 - stock Mir runs the suite"
else
	echo "not ok 1 - stock Mir runs the suite"
	exit 1
fi
if run_suite oriel env ORIEL_PLATFORM_DIR="$platform" ORIEL_WLCS_POLICY="$policy" "$runner" "$module"; then
	echo "ok 2 - Mir with the adapter runs the suite"
else
	echo "not ok 2 - Mir with the adapter runs the suite"
	exit 1
fi

# The names of $1 that no pattern of the expected file stands for.
unexpected() {
	while read -r name; do
		while read -r pattern _; do
			# shellcheck disable=SC2254
			case $pattern in '' | '#') continue ;; esac
			case $name in $pattern) continue 2 ;; esac
		done <"$here/expected-host-policy.txt"
		echo "$name"
	done <"$1"
}

comm -23 "$work/oriel.failed" "$work/stock.failed" >"$work/new"
if [ "$policy" = host ]; then
	unexpected "$work/new" >"$work/left"
	echo "# expected with the host's policy: $(($(wc -l <"$work/new") - $(wc -l <"$work/left")))"
	mv "$work/left" "$work/new"
fi
sed 's/^/# fails here only: /' "$work/new"
if [ -s "$work/new" ]; then
	echo "not ok 3 - nothing else fails with the $policy policy"
	exit 1
fi
echo "ok 3 - nothing else fails with the $policy policy"
