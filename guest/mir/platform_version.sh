#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Prints the symbol version that the installed Mir wants of its platform modules.
# usage: platform_version.sh READELF FOLDER GRAPHICS|INPUT
set -eu
readelf=$1 folder=$2 kind=$3
for module in "$folder"/*.so*; do
	version=$("$readelf" -V "$module" | grep -o "MIR_${kind}_PLATFORM_[0-9.]*" | head -n 1)
	[ -z "$version" ] || { echo "$version"; exit 0; }
done
echo "no $kind platform of Mir in $folder: install mir-platform-graphics-virtual and mir-platform-input-evdev10" >&2
exit 1
