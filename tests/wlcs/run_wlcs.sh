#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Runs Mir's conformance suite on stock Mir and on Mir with the adapter, and compares what fails.
# usage: run_wlcs.sh RUNNER MODULE PLATFORM_DIR
#
# own: with Mir's own window management nothing may fail that does not fail in stock Mir.
# host: with the host's window management, what expected-host-policy.txt names may fail, too.
set -u
runner=$1 module=$2 platform=$3
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

run_policy() {
	name=$1
	shift
	run_suite "$name" env ORIEL_PLATFORM_DIR="$platform" ORIEL_WLCS_POLICY="$policy" \
		"$runner" "$module" "$@"
}

# Many of the suite's tests look at the clock: what fails once and not again does not count.
twice_more() {
	for try in 2 3; do
		[ -s "$work/new" ] || return
		sed "s/^/# fails here only, try $((try - 1)): /" "$work/new"
		run_policy "again$try" --gtest_filter="$(paste -sd: "$work/new")" || return
		cp "$work/again$try.failed" "$work/new"
	done
}

# $1: number of the first of two subtests; $policy
check_policy() {
	if ! run_policy "$policy"; then
		echo "not ok $1 - the suite runs with the $policy policy"
		return
	fi
	echo "ok $1 - the suite runs with the $policy policy"
	comm -23 "$work/$policy.failed" "$work/stock.failed" >"$work/new"
	if [ "$policy" = host ]; then
		unexpected "$work/new" >"$work/left"
		echo "# expected with it: $(($(wc -l <"$work/new") - $(wc -l <"$work/left")))"
		mv "$work/left" "$work/new"
	fi
	twice_more
	if [ -s "$work/new" ]; then
		sed 's/^/# fails here only: /' "$work/new"
		echo "not ok $(($1 + 1)) - nothing else fails with the $policy policy"
	else
		echo "ok $(($1 + 1)) - nothing else fails with the $policy policy"
	fi
}

echo "TAP version 13"
echo "1..5"
if ! run_suite stock "$runner" "$stock"; then
	echo "not ok 1 - stock Mir runs the suite"
	exit 1
fi
echo "ok 1 - stock Mir runs the suite"
policy=own
check_policy 2
policy=host
check_policy 4
