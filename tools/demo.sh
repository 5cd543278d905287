#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# ./dev demo: run by ./dev where Oriel is built, with its programs on PATH.
set -eu
build=$(cd "$(dirname "$0")/.." && pwd -P)/build
exec "$build/gcc/tests/e2e/demo" "$build/demo.png"
