# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Packages of other releases and CPUs: kernels to build the module for and to boot, QEMU, and the host's
# side of vsock. Sourced after tools/root.sh. Packages are kept in $cache/packages/SUITE-ARCH and only ever unpacked: installing
# those of another release or CPU would change the root.

kernel_suites="bookworm trixie testing"
kernel_arches="amd64 arm64"
qemu_suites="bookworm testing"

# apt with a state of its own. $1: suite, $2: CPU; then a tool of apt and its arguments.
packages_apt() {
	packages_state=$cache/packages/$1-$2
	packages_arch=$2
	packages_tool=$3
	shift 3
	"$packages_tool" -o Dir::State="$packages_state/state" -o Dir::State::status=/dev/null \
		-o Dir::Cache="$packages_state/state" -o Dir::Etc::SourceParts=- \
		-o Dir::Etc::SourceList="$packages_state/sources.list" \
		-o APT::Architecture="$packages_arch" -o APT::Architectures="$packages_arch" \
		-o APT::Sandbox::User=root "$@"
}

# The machine's own mirror, with the keys of the root: those of the machine may be too old.
packages_update() {
	packages_keys=usr/share/keyrings/debian-archive-keyring.gpg
	[ -f "$root/$packages_keys" ] && packages_keys=$root/$packages_keys || packages_keys=/$packages_keys
	mkdir -p "$cache/packages/$1-$2/state/lists/partial" "$cache/packages/$1-$2/state/archives/partial"
	echo "deb [arch=$2 signed-by=$packages_keys] $(mirror) $1 main" >"$cache/packages/$1-$2/sources.list"
	packages_apt "$1" "$2" apt-get update
}

# $1: suite, $2: CPU, $3: package; tells what of the kernel it depends on.
kernel_depends() {
	packages_apt "$1" "$2" apt-cache depends --no-recommends --no-suggests --no-conflicts \
		--no-breaks --no-replaces "$3" |
		sed -nE 's/^[ |]*Depends: (linux-(image|binary|modules|headers|kbuild)-.*)/\1/p' | grep -v unsigned
}

# The packages of the newest kernel: an image that boots, and headers. What does not depend on the
# CPU, or runs here, comes from amd64.
kernel_packages() {
	for meta in $(kernel_depends "$1" "$2" "linux-image-$2") $(kernel_depends "$1" "$2" "linux-headers-$2"); do
		echo "$meta"
		kernel_depends "$1" "$2" "$meta" || :
	done | sort -u | if [ "$2" = amd64 ]; then cat; else grep -- "-$2\$"; fi
}

kernel_download() {
	packages_update "$1" "$2" &&
		kernel_list=$(kernel_packages "$1" "$2") &&
		(cd "$cache/packages/$1-$2" && rm -f ./*.deb &&
			packages_apt "$1" "$2" apt-get download $kernel_list) &&
		rm -rf "$cache/packages/$1-$2/state" &&
		touch "$cache/packages/$1-$2/complete"
}

# $1: folder for the suite, $2: suite. The headers name their other parts by absolute path.
kernel_unpack() {
	rm -rf "$1" "$1.new"
	mkdir -p "$1.new"
	for arch in $kernel_arches; do
		for deb in "$cache/packages/$2-$arch"/*.deb; do
			dpkg-deb -x "$deb" "$1.new" || return
		done
	done
	[ ! -d "$1.new/lib" ] || {
		mkdir -p "$1.new/usr/lib" && cp -a "$1.new/lib/." "$1.new/usr/lib/" && rm -rf "$1.new/lib"
	} || return
	ln -s usr/lib "$1.new/lib"
	sed -i "s,/usr/src/,$1/usr/src/,g" "$1.new"/usr/src/linux-headers-*/Makefile \
		"$1.new"/usr/src/linux-headers-*/.kernelvariables || return
	mv "$1.new" "$1"
}

# Makes $1/SUITE be there for each suite: lib/modules, boot and usr/src as the packages have them.
# The folder must be one that the root sees: below the work tree.
provide_kernels() {
	for suite_of_kernel in $kernel_suites; do
		for arch in $kernel_arches; do
			[ -f "$cache/packages/$suite_of_kernel-$arch/complete" ] || {
				need_space 1500 "$cache"
				say "fetching the kernel of $suite_of_kernel for $arch"
				kernel_download "$suite_of_kernel" "$arch" >>"$cache/root.log" 2>&1 || apt_failed
				rm -rf "$1/$suite_of_kernel"
			}
		done
		[ -d "$1/$suite_of_kernel" ] || {
			mkdir -p "$1"
			need_space 1500 "$1"
			say "unpacking the kernels of $suite_of_kernel"
			kernel_unpack "$1/$suite_of_kernel" "$suite_of_kernel" || die "unpacking into $1 failed"
		}
	done
}

# Makes $1/usr/bin/vhost-device-vsock be there. Debian 13 does not have it, but what it needs.
provide_vhost_vsock() {
	[ ! -d "$1" ] || return 0
	say "fetching vhost-device-vsock"
	{
		rm -rf "$1.new" && mkdir -p "$1.new" && packages_update testing amd64 &&
			(cd "$1.new" && packages_apt testing amd64 apt-get download vhost-device-vsock &&
				dpkg-deb -x ./*.deb .)
	} >>"$cache/root.log" 2>&1 || apt_failed
	mv "$1.new" "$1"
}

# An unpacked QEMU finds its parts where it was not built for. $1: its folder, $2: program, $3: options
qemu_wrapper() {
	cat <<-EOF
		#!/bin/sh
		QEMU_MODULE_DIR=$1/usr/lib/x86_64-linux-gnu/qemu exec $1/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 \\
			--library-path $1/usr/lib/x86_64-linux-gnu $1/usr/bin/$2 $3 "\$@"
	EOF
}

# Everything that it needs comes along, libc first: it is another release's. Modules that it does not
# have it would look for among those of the QEMU that is installed, and die of them.
qemu_unpack() {
	packages_update "$2" amd64 && packages_apt "$2" amd64 apt-get install -y --download-only \
		--no-install-recommends qemu-system-x86 qemu-utils || return
	for deb in "$cache/packages/$2-amd64/state/archives"/*.deb; do
		dpkg-deb -x "$deb" "$1.new" || return
	done
	rm -rf "$cache/packages/$2-amd64/state/archives"
	[ ! -d "$1.new/lib" ] || cp -a "$1.new/lib/." "$1.new/usr/lib/" || return
	sed -i s,/usr/lib/x86_64-linux-gnu/qemu,/nowhere/x86_64-linux-gnu/qemu,g \
		"$1.new/usr/bin/qemu-system-x86_64" || return
	mkdir "$1.new/programs"
	qemu_wrapper "$1" qemu-img '' >"$1.new/programs/qemu-img"
	qemu_wrapper "$1" qemu-system-x86_64 "-L $1/usr/share/qemu -L $1/usr/share/seabios" \
		>"$1.new/programs/qemu-system-x86_64"
	chmod +x "$1.new/programs"/*
}

# Makes $1/programs have the QEMU of the suite $2.
provide_qemu() {
	[ ! -d "$1" ] || return 0
	mkdir -p "$(dirname "$1")"
	need_space 800 "$(dirname "$1")"
	say "fetching QEMU of $2"
	rm -rf "$1.new" && mkdir "$1.new"
	qemu_unpack "$1" "$2" >>"$cache/root.log" 2>&1 || apt_failed
	mv "$1.new" "$1"
}
