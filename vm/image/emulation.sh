# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Lets programs of $arch run on a machine of another architecture: packages run some while they are
# installed. Sourced by build-image.

emulator=qemu-${triplet%%-*}
binfmt=/proc/sys/fs/binfmt_misc

# Where systemd runs, it has registered the emulator for good, from the same file. Elsewhere (a
# container, the root of ./dev) it is registered while this script runs. The file's flag F makes the
# kernel keep the emulator open, so that it need not be in the root whose programs it runs.
provide_emulation() {
	settings=/usr/lib/binfmt.d/$emulator.conf
	# Signing return addresses takes up to half of the time.
	[ $arch != arm64 ] || export QEMU_CPU=max,pauth=off
	[ -e $binfmt/register ] || mount -t binfmt_misc binfmt_misc $binfmt 2>>"$log" ||
		die "this kernel has no binfmt_misc, or may not mount it here, so programs of $arch can't run: modprobe binfmt_misc; a container must be privileged"
	[ ! -e $binfmt/$emulator ] || return 0
	[ -f $settings ] || die "programs of $arch do not run here: apt-get install qemu-user-binfmt"
	registered=oriel-$$
	trap 'echo -1 >$binfmt/$registered' EXIT
	trap 'exit 1' HUP INT TERM
	logged "registering $emulator failed" sh -c "sed s,:$emulator:,:$registered:, $settings >$binfmt/register"
}
