#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# oriel up with the real QEMU, without acceleration, and a guest that is a kernel and busybox: shared
# memory seen from inside, disks of both formats, a boot that fails, kill -9.
# usage: boot.sh ORIEL [shares]; shares: only the ways of sharing memory, for one more QEMU on PATH.
# Skipped where QEMU, a kernel or busybox is missing
set -u
oriel=$1
kernel=$(ls /boot/vmlinuz-*-amd64 2>/dev/null | tail -n 1)
for program in qemu-system-x86_64 qemu-img cpio /bin/busybox; do
	command -v $program >/dev/null || {
		echo "1..0 # SKIP $program is not there"
		exit 0
	}
done
[ -n "$kernel" ] && [ -r "$kernel" ] || {
	echo "1..0 # SKIP no kernel in /boot"
	exit 0
}
top=$(mktemp -d /tmp/oriel-boot-XXXXXX)
export HOME=$top XDG_RUNTIME_DIR=$top XDG_STATE_HOME=$top/state
unset XDG_DATA_HOME ORIEL_TARGET ORIEL_QEMU
trap '"$oriel" down qemu:boot --force >/dev/null 2>&1; rm -rf "$top"' EXIT
console=$top/state/oriel/vm/boot/console.log
n=0
failed=0

finish() {
	echo "1..$n"
	exit $failed
}

check() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
		tail -n 5 "$top/up" "$top/state/oriel/vm/boot/"{console,qemu,supervisor}.log 2>/dev/null | sed 's/^/# /'
	fi
}

# What the guest does: tells of the device's first bytes, keeps a text in its RAM, waits.
make_image() {
	mkdir -p "$top/root/bin" "$top/image"
	cp /bin/busybox "$top/root/bin/"
	cat >"$top/root/init" <<-'END'
		#!/bin/busybox sh
		/bin/busybox --install -s /bin
		mkdir -p /proc /sys /dev
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t devtmpfs dev /dev
		for device in /sys/bus/pci/devices/*; do
			id=$(cat $device/vendor):$(cat $device/device)
			echo "pci $id"
			[ $id = 0x1af4:0x1110 ] || continue
			echo 1 >$device/enable
			address=$(sed -n '3s/ .*//p' $device/resource)
			echo "device $(devmem $address 64)"
		done
		mount -t tmpfs tmp /mnt 2>/dev/null || { mkdir -p /mnt; mount -t tmpfs tmp /mnt; }
		printf 'oriel-%s-marker' in-ram >/mnt/marker
		echo "guest is ready"
		sleep 100000
	END
	chmod +x "$top/root/init"
	(cd "$top/root" && find . | cpio -o -H newc 2>/dev/null) >"$top/image/initrd"
	cp "$kernel" "$top/image/kernel"
	truncate -s 64M "$top/image/disk.raw"
	qemu-img create -q -f qcow2 "$top/image/disk.qcow2" 64M
}

# $1: disk, $2: its format, $3: initrd
describe_image() {
	cat >"$top/image/image.json" <<-END
		{"name": "boot test", "arch": "amd64", "kernel": "kernel", "initrd": "$3", "disk": "$1",
		 "disk_format": "$2", "cmdline": "quiet panic=0"}
	END
}

# Waits until the file has the text.
wait_for() {
	for _ in $(seq 1 1200); do
		grep -q -e "$2" "$1" 2>/dev/null && return 0
		kill -0 "$up" 2>/dev/null || return 1
		sleep 0.1
	done
	return 1
}

start() {
	rm -f "$console" # what is waited for is the new one's
	"$oriel" up qemu:boot --image "$top/image" --accel tcg --cpus 1 --memory 256M --share-size 16M \
		--timeout 300 "$@" >"$top/up" 2>&1 &
	up=$!
	wait_for "$console" 'guest is ready'
}

status() {
	"$oriel" status qemu:boot --json | sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}$/\1/p"
}

# Each device of shared memory alone.
test_devices() {
	for share in "$@"; do
		start --share $share
		check $? "a guest boots with $share"
		[ "$(status share)/$(status device)" = "ring/$share" ]
		check $? "status tells it: $(status share) $(status device)"
		# "ORIELSHM" as a little-endian number
		[ $share != ivshmem ] || grep -q 'device 0x4D48534C4549524F' "$console"
		check $? 'the guest finds its head where it can look for one'
		"$oriel" down qemu:boot --force >/dev/null
		wait $up
	done
}

echo "# $(qemu-system-x86_64 --version | head -n 1)"
make_image
describe_image disk.raw raw initrd
start --share ram
check $? 'a guest boots'
[ "$(status state)/$(status share)/$(status device)" = booting/ram/virtio-pmem ]
check $? "status tells it: $(status state) $(status share) $(status device)"
ram=$(sed -n 's/.*"path": *"\(.*-ram-.*\)".*/\1/p' "$top/state/oriel/vm/boot/status.json")
found=1
for _ in $(seq 1 50); do
	grep -q -a oriel-in-ram-marker "$ram" && found=0 && break
	sleep 0.2
done
check $found "the guest's RAM is in $ram"

if [ "${2:-}" = shares ]; then
	"$oriel" down qemu:boot --force >/dev/null
	wait $up
	test_devices ivshmem nvdimm
	finish
fi

kill -9 "$(status pid)"
wait $up
[ $? = 1 ] && grep -q 'ended by signal 9' "$top/up" && grep -q 'guest is ready' "$top/up"
check $? 'oriel up tells that QEMU was killed, with the console'
[ ! -e "$ram" ] && [ "$(status state)" = crashed ]
check $? 'nothing of it is left'

describe_image disk.qcow2 qcow2 initrd
"$oriel" up qemu:boot >"$top/up" 2>&1
[ $? = 1 ] && grep -q 'another image' "$top/up" && grep -q -e --fresh "$top/up"
check $? 'a disk of another image is refused'
start --share stream --fresh
check $? 'a guest boots with a qcow2 image and without shared memory'
! grep -q '^device' "$console"
check $? 'it has no device'
supervisor=$(status supervisor) qemu=$(status pid)
kill -9 "$supervisor"
wait $up
for _ in $(seq 1 100); do
	kill -0 "$qemu" 2>/dev/null || break
	sleep 0.1
done
! kill -0 "$qemu" 2>/dev/null
check $? 'QEMU ends with its supervisor'

test_devices ivshmem nvdimm

describe_image disk.qcow2 qcow2 kernel
"$oriel" up qemu:boot --timeout 300 >"$top/up" 2>&1
[ $? = 1 ] && grep -q 'does not boot: its kernel panics' "$top/up" && grep -q 'Kernel panic' "$top/up"
check $? 'a panic is told, with the console'
"$oriel" down qemu:boot --force >/dev/null
check $? 'and ended'
finish
