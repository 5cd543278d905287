#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Tests of the kernel module: compiles it for each kernel, boots machines with it. Prints TAP.
#
#   tests/kernel/run.sh WORK [NAME...]     all, or those whose name contains one of the words
#
# WORK/kernels has the kernels, from provide_kernels of tools/vm-packages.sh. Runs in Debian 13.
set -u
here=$(cd "$(dirname "$0")" && pwd -P)
tree=$(cd "$here/../.." && pwd -P)
mkdir -p "$1" && work=$(cd "$1" && pwd -P) || exit 2
shift
wanted=("$@")
count=0
failed=0

# Everything a machine's file needs, in memory if there is room: emulation is slow enough.
scratch=$(mktemp -d /dev/shm/oriel-kernel.XXXXXX)
trap 'rm -rf "$scratch"' EXIT

ok() {
	count=$((count + 1))
	echo "ok $count - $*"
}

not_ok() {
	count=$((count + 1))
	failed=$((failed + 1))
	echo "not ok $count - $*"
}

is_wanted() {
	[ ${#wanted[@]} -eq 0 ] && return
	for word in "${wanted[@]}"; do
		case $1 in *"$word"*) return 0 ;; esac
	done
	return 1
}

as_comment() {
	sed 's/^/# /' "$@"
}

headers() {
	ls -d "$work/kernels/$1/usr/src/linux-headers-"*"-$2"
}

release() {
	headers "$1" "$2" | sed 's/.*linux-headers-//'
}

# $1: suite, $2: CPU, $3: folder; more arguments for make. All warnings are shown, but for those
# that the headers give by themselves to a compiler older than the kernel, or another than its own.
module_build() {
	local suite=$1 arch=$2 to=$3 cross= quiet="-Wno-attributes -Wno-duplicate-decl-specifier"
	shift 3
	[ "$arch" = amd64 ] || cross="ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-"
	# shellcheck disable=SC2086
	nice make -s -j2 -C "$tree/kernel" KDIR="$(headers "$suite" "$arch")" BUILD="$to" W=1 $cross \
		CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS="$quiet" "$@" >"$to.log" 2>&1
}

test_build() {
	local name="the module compiles: $*" to=$work/build-$1-$2-$3 suite=$1 arch=$2 tool=$3 prefix=
	is_wanted "$name" || [ "$tool" = gcc ] || return
	rm -rf "$to"
	[ "$arch" = amd64 ] || prefix=aarch64-linux-gnu-
	case $tool in
	gcc) set -- CC=${prefix}gcc ;;
	# The headers were configured for gcc: what only gcc has is switched off.
	clang) set -- CC="clang --target=$([ "$arch" = amd64 ] && echo x86_64 || echo aarch64)-linux-gnu" \
		CONFIG_CC_IS_GCC= CONFIG_CC_IS_CLANG=y CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT= \
		CONFIG_FUNCTION_ALIGNMENT=0 CONFIG_FTRACE_MCOUNT_USE_CC= CONFIG_GCC_VERSION=0 \
		CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough ;;
	sparse) set -- CC=${prefix}gcc C=2 CF=-D__CHECK_ENDIAN__ ;;
	esac
	if ! module_build "$suite" "$arch" "$to" "$@"; then
		as_comment "$to.log"
		not_ok "$name"
	elif grep -qE ':[0-9]+: (warning|error):|modpost:' "$to.log"; then
		as_comment "$to.log"
		not_ok "$name: there are warnings"
	else
		ok "$name"
	fi
}

# $1: suite, $2: CPU, $3: file for their names; then names of modules. What they depend on comes first.
modules_copy() {
	local base=$work/kernels/$1 version to=$3 list
	version=$(release "$1" "$2")
	[ -f "$base/lib/modules/$version/modules.dep" ] || depmod -b "$base" "$version" 2>/dev/null
	shift 3
	for name in "$@"; do
		modprobe -d "$base" -S "$version" --show-depends "$name" 2>/dev/null | sed -n 's/^insmod //p'
	done | while read -r file; do
		list=${file##*/}
		list=${list%.ko*}.ko
		[ -f "$(dirname "$to")/$list" ] || case $file in
		*.xz) xz -dc "$file" ;;
		*.zst) zstd -qdc "$file" ;;
		*) cat "$file" ;;
		esac >"$(dirname "$to")/$list"
		grep -qsx "/$list" "$to" || echo "/$list" >>"$to"
	done
}

# The module that plays an importer. $1: suite, $2: CPU
importer_build() {
	local to=$work/importer-$1-$2 cross=
	[ "$2" = amd64 ] || cross="ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-"
	rm -rf "$to"
	cp -r "$here/importer" "$to"
	# shellcheck disable=SC2086
	nice make -s -C "$(headers "$1" "$2")" M="$to" $cross CC="${cross:+aarch64-linux-gnu-}gcc" \
		CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS=-Wno-attributes modules >"$to.log" 2>&1 ||
		as_comment "$to.log"
}

program_build() {
	[ -f "$work/init-$1" ] && [ -z "$(find "$here" "$tree/kernel" -newer "$work/init-$1" -name '*.[ch]')" ] && return
	local prefix=
	[ "$1" = amd64 ] || prefix=aarch64-linux-gnu-
	${prefix}gcc -std=c11 -D_GNU_SOURCE -static -O2 -g -Wall -Wextra -Werror -I"$tree" \
		-o "$work/init-$1" "$here"/*.c >"$work/init-$1.log" 2>&1 || {
		as_comment "$work/init-$1.log"
		not_ok "the test program compiles for $1"
		return 1
	}
}

# $1: suite, $2: CPU, $3: modules before ours, $4: modules after it
initramfs() {
	local root=$scratch/root
	rm -rf "$root"
	mkdir -p "$root/dev"
	cp "$work/init-$2" "$root/init"
	cp "$work/build-$1-$2-gcc/oriel_shm.ko" "$root/"
	cp "$work/importer-$1-$2/importer.ko" "$root/" 2>/dev/null || :
	# shellcheck disable=SC2086
	modules_copy "$1" "$2" "$root/before" $3
	# shellcheck disable=SC2086
	modules_copy "$1" "$2" "$root/after" $4
	(cd "$root" && find . | cpio -o -H newc --quiet) >"$scratch/initramfs"
}

kernel_image() {
	local base=$work/kernels/$1 version image
	version=$(release "$1" "$2")
	for image in "$base/boot/vmlinuz-$version" "$base/lib/modules/$version/vmlinuz"; do
		[ ! -f "$image" ] || break
	done
	if [ "$2" = amd64 ]; then
		[ -f "$work/vmlinux-$version" ] || python3 -B "$here/extract_vmlinux.py" "$image" "$work/vmlinux-$version"
		image=$work/vmlinux-$version
	fi
	echo "$image"
}

# A file for a device. $1: name, $2: MiB, $3: its first bytes
device_file() {
	truncate -s 0 "$scratch/$1" && truncate -s "$2M" "$scratch/$1"
	printf %s "${3:-}" | dd of="$scratch/$1" conv=notrunc status=none
}

# Whatever the kernel finds wrong ends the machine, with its whole log.
careful="panic=-1 oops=panic panic_on_warn=1 panic_on_taint=0x2a0 panic_print=0x20 slub_debug=FZPU page_poison=1 kfence.sample_interval=5"

# $1: name, $2: suite, $3: CPU, $4: groups of tests; then arguments of QEMU. The console has the TAP.
boot() {
	local suite=$2 arch=$3 groups=$4 console=$scratch/console machine status
	echo "# $1"
	shift 4
	if [ "$arch" = amd64 ]; then
		machine="qemu-system-x86_64 -cpu max,-fsrm -accel tcg,thread=multi"
	else
		machine="qemu-system-aarch64 -cpu max,pauth-impdef=on -accel tcg,thread=multi"
	fi
	# Once in hundreds of starts QEMU 10 aborts by itself (iotlb_to_section), whatever it emulates.
	for _ in 1 2 3; do
		# shellcheck disable=SC2086
		timeout 300 $machine -smp 2 -nodefaults -no-user-config -display none -no-reboot -serial "file:$console" \
			-kernel "$(kernel_image "$suite" "$arch")" -initrd "$scratch/initramfs" \
			-append "console=$([ "$arch" = amd64 ] && echo ttyS0 || echo ttyAMA0) loglevel=1 $careful test=$groups" \
			"$@" </dev/null >"$scratch/qemu.log" 2>&1
		status=$?
		echo "status of QEMU: $status" >>"$scratch/qemu.log"
		[ $status = 134 ] || break
	done
	tr -d '\r' <"$console" >"$console.text"
}

# Takes over the TAP of a machine. $1: name
report() {
	local plan
	while IFS= read -r line; do
		case $line in
		"ok "*) ok "$1: ${line#*- }" ;;
		"not ok "*) not_ok "$1: ${line#*- }" ;;
		"# host "*) ;;
		*) echo "# ${line#\# }" ;;
		esac
	done <"$scratch/console.text"
	plan=$(sed -n 's/^1\.\.//p' "$scratch/console.text")
	if [ -n "$plan" ] && [ "$(grep -c '^\(not \)\?ok ' "$scratch/console.text")" = "$plan" ]; then
		ok "$1: the machine ran to its end"
	else
		as_comment "$scratch/qemu.log"
		not_ok "$1: the machine did not come to its end"
	fi
}

# What the guest wrote, seen from here. $1: name; then arguments of host_look.py
host_look() {
	local name=$1
	shift
	while read -r what text; do
		if [ "$what" = same ]; then ok "$name: $text"; else not_ok "$name: $what $text"; fi
	done < <(python3 -B "$here/host_look.py" "$scratch/console.text" "$@" 2>&1)
}

ivshmem() {
	echo "-object memory-backend-file,id=$1,share=on,mem-path=$scratch/$1,size=$2M -device ivshmem-plain,memdev=$1"
}

# $1: suite, $2: CPU
test_ivshmem() {
	local name="ivshmem $1 $2" machine=q35
	is_wanted "$name" || return
	[ "$2" = amd64 ] || machine=virt
	device_file shared 32 ORIELSHM
	device_file other 2 ORIELSHM
	device_file foreign 2
	importer_build "$1" "$2"
	initramfs "$1" "$2" "virtio_gpu vgem" ""
	# shellcheck disable=SC2046
	boot "$name" "$1" "$2" device,copy,export,revoke,gone,stress,unload -M $machine -m 512M \
		$(ivshmem shared 32) $(ivshmem other 2) $(ivshmem foreign 2) -device virtio-gpu-pci
	report "$name"
	host_look "$name" "$scratch/shared"
}

# Memory of the second address space. $1: name of the file, $2: MiB, $3: device
plugged() {
	echo "-object memory-backend-file,id=$1,share=on,mem-path=$scratch/$1,size=$2M -device $3,memdev=$1,id=dev-$1"
}

test_pmem() {
	local name="virtio-pmem trixie amd64"
	is_wanted "$name" || return
	device_file shared 32 ORIELSHM
	device_file foreign 32
	initramfs trixie amd64 "virtio_gpu vgem" "virtio_pmem nd_pmem"
	# shellcheck disable=SC2046
	boot "$name" trixie amd64 fronts,device,copy,export,gone,stress,unload -M q35 \
		-m 512M,maxmem=4G $(plugged shared 32 virtio-pmem-pci) \
		$(plugged foreign 32 virtio-pmem-pci) -device virtio-gpu-pci
	report "$name"
	host_look "$name" "$scratch/shared"
}

test_nvdimm() {
	local name="nvdimm trixie amd64" nvdimms
	device_file shared 32 ORIELSHM
	device_file foreign 32
	nvdimms="-M q35,nvdimm=on -m 512M,slots=4,maxmem=4G $(plugged shared 32 nvdimm) $(plugged foreign 32 nvdimm)"
	if is_wanted "$name"; then
		initramfs trixie amd64 "virtio_gpu vgem" "nfit nd_pmem"
		# shellcheck disable=SC2086
		boot "$name" trixie amd64 fronts,device,copy,export,gone,stress,unload $nvdimms \
			-device virtio-gpu-pci
		report "$name"
		host_look "$name" "$scratch/shared"
	fi
	name="nvdimm taken by nd_pmem"
	if is_wanted "$name"; then
		initramfs trixie amd64 "nfit nd_pmem" ""
		# shellcheck disable=SC2086
		boot "$name" trixie amd64 late $nvdimms
		report "$name"
	fi
}

# Poisoned pages would need as much memory here as the machine has.
# $1: CPU, $2: machine, $3: MiB
test_ram() {
	local name="RAM file $1 $2 $3 MiB" careful=${careful/page_poison=1 /}
	is_wanted "$name" || return
	rm -f "$scratch/memory"
	device_file shared 2 ORIELSHM
	initramfs trixie "$1" "virtio_gpu vgem" ""
	# shellcheck disable=SC2046
	boot "$name" trixie "$1" ram -M "$2,memory-backend=memory" -m "$3M" -object \
		memory-backend-file,id=memory,share=on,mem-path="$scratch/memory",size="$3M" \
		$(ivshmem shared 2) -device virtio-gpu-pci
	report "$name"
	host_look "$name" "$scratch/shared" "$scratch/memory" "$2" "$3"
	rm -f "$scratch/memory"
}

for suite in trixie bookworm testing; do
	for arch in amd64 arm64; do
		test_build $suite $arch gcc
	done
done
for arch in amd64 arm64; do
	test_build trixie $arch clang
	test_build trixie $arch sparse
done
if program_build amd64; then
	test_ivshmem trixie amd64
	test_pmem
	test_nvdimm
	test_ram amd64 q35 512
	test_ram amd64 q35 3072
	test_ram amd64 pc 4096
	test_ivshmem bookworm amd64
	test_ivshmem testing amd64
fi
if program_build arm64; then
	test_ivshmem trixie arm64
	test_ram arm64 virt 1024
fi

echo "1..$count"
[ $failed -eq 0 ]
