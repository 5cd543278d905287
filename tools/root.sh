# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# The Debian 13 that Oriel is built and tested in. Sourced by ./dev.
#
# On Debian 13 that is the machine itself. Elsewhere it is a root of its own, made by debootstrap
# from the machine's own package mirror, kept in the cache folder and entered by chroot, with the
# work tree and /tmp at their own paths.

# ORIEL_SUITE=testing builds and tests with Debian's next release, and so with its newer Mir.
suite=${ORIEL_SUITE:-trixie}
packages_file=$tree/tools/packages
cache=${ORIEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/oriel}
root=$cache/$suite

die() {
	echo "dev: error: $*" >&2
	exit 1
}

say() {
	echo "dev: $*" >&2
}

# A line "suite: package" of the list is for that suite alone, "root: package" for a root of our
# own: not for people's machines; "vm: package" and "arm64: package" for some commands alone.
package_list() {
	kinds=$suite
	is_debian13 || kinds="$suite|root"
	sed -E "/^#/d; /^$/d; s/^($kinds): //; /: /d" "$packages_file" | sort -u
}

# $1: tag
tagged_package_list() {
	sed -n "s/^$1: //p" "$packages_file" | sort -u
}

is_debian13() {
	[ "$suite" = trixie ] && grep -qs '^VERSION_CODENAME=trixie' /etc/os-release
}

# The machine's own mirror: never written down in the project.
mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
		2>/dev/null | grep '/debian/*$' | head -n 1
}

# $1: space needed in MiB, $2: folder
need_space() {
	free=$(df -Pm "$2" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$1" ] || die "$2 has $free MiB free and $1 MiB are needed: make room, or set ORIEL_CACHE to a folder on a larger disk"
}

apt_failed() {
	tail -n 5 "$cache/root.log" >&2
	case $(tail -n 30 "$cache/root.log") in
	*'No space left'*) die "the disk of $cache is full: make room, or set ORIEL_CACHE to a folder on a larger disk" ;;
	*'Could not resolve'* | *'Could not connect'* | *'Temporary failure'* | *'Failed getting release'*)
		die "the package mirror does not answer: check the network and /etc/apt, then run this again" ;;
	esac
	die "installing packages failed: the whole log is $cache/root.log"
}

in_root() {
	unshare --mount --propagation private sh -c '
		root=$1; shift
		mount --rbind /dev "$root/dev" && mount -t proc proc "$root/proc" &&
		mount --rbind /sys "$root/sys" && exec chroot "$root" "$@"' sh "$root" "$@"
}

install_packages() {
	# shellcheck disable=SC2046
	in_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get install -y \
		--no-install-recommends $(package_list) >>"$cache/root.log" 2>&1 || apt_failed
	package_list >"$root/packages.installed"
}

make_root() {
	command -v debootstrap >/dev/null || {
		say "installing debootstrap"
		{ apt-get update && apt-get install -y debootstrap; } >"$cache/root.log" 2>&1 || apt_failed
	}
	rm -rf "$root.new" "$root"
	say "making a Debian root ($suite) in $root (once; a few minutes)"
	need_space 6000 "$cache"
	# shellcheck disable=SC2046
	debootstrap --variant=minbase $suite "$root.new" $(mirror) \
		$(ls /usr/share/debootstrap/scripts/$suite /usr/share/debootstrap/scripts/sid 2>/dev/null | head -n 1) \
		>"$cache/root.log" 2>&1 || apt_failed
	sed -n '/^deb /{s/^deb /deb-src /;p}' "$root.new/etc/apt/sources.list" >>"$root.new/etc/apt/sources.list"
	apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$root.new/etc/apt/apt.conf.d/00machine"
	mv "$root.new" "$root"
	in_root apt-get update >>"$cache/root.log" 2>&1 || apt_failed
	say "installing $(package_list | wc -l) packages and what they need"
	install_packages
}

# Makes the Debian 13 be there, with exactly the packages of the list.
provide_root() {
	if is_debian13; then
		# shellcheck disable=SC2046
		dpkg-query -W $(package_list) >/dev/null 2>&1 && return
		[ "$(id -u)" = 0 ] || die "packages are missing; run: sudo apt-get install $(package_list | xargs)"
		say "installing packages"
		mkdir -p "$cache"
		# shellcheck disable=SC2046
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y \
			--no-install-recommends $(package_list); } >"$cache/root.log" 2>&1 || apt_failed
		return
	fi
	command -v apt-get >/dev/null || die "this machine has no apt: Debian 12 or 13 is needed, or a container of it"
	[ "$(id -u)" = 0 ] || die "a Debian 13 root is needed and only root can make and enter it: run this with sudo, or on Debian 13"
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock -n 9 || { say "waiting for another ./dev"; flock 9; }
	if [ ! -f "$root/packages.installed" ]; then
		make_root
	elif [ -n "$(package_list | comm -13 - "$root/packages.installed")" ]; then
		say "the package list has shrunk: making the root anew"
		make_root
	elif ! package_list | cmp -s - "$root/packages.installed"; then
		say "the package list has grown: installing what is new"
		install_packages
	fi
	exec 9>&-
}

# The packages of a tag, on top of the others. $1: tag, $2: who needs them. After provide_root.
provide_tagged_packages() {
	if is_debian13; then
		# shellcheck disable=SC2046
		dpkg-query -W $(tagged_package_list "$1") >/dev/null 2>&1 && return
		[ "$(id -u)" = 0 ] || die "packages are missing; run: sudo apt-get install $(tagged_package_list "$1" | xargs)"
	fi
	exec 9>"$cache/lock"
	flock -n 9 || { say "waiting for another ./dev"; flock 9; }
	if ! tagged_package_list "$1" | cmp -s - "$root/packages.$1.installed"; then
		say "installing what $2 need"
		mkdir -p "$root"
		# shellcheck disable=SC2046
		enter env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get install -y \
			--no-install-recommends $(tagged_package_list "$1") >>"$cache/root.log" 2>&1 || apt_failed
		tagged_package_list "$1" >"$root/packages.$1.installed"
	fi
	exec 9>&-
}

# Runs a command in the Debian 13; its status is passed back.
enter() {
	if is_debian13; then
		"$@"
		return
	fi
	ORIEL_ENTER_CWD=$PWD unshare --mount --propagation private sh -c '
		root=$1 tree=$2; shift 2
		bind() { mkdir -p "$root$1" && mount --rbind "$1" "$root$1"; }
		set -e
		mount --rbind /dev "$root/dev"
		[ -e "$root/dev/shm" ] && mountpoint -q "$root/dev/shm" || mount -t tmpfs tmpfs "$root/dev/shm"
		mount -t proc proc "$root/proc"
		mount --rbind /sys "$root/sys"
		bind /tmp; bind "$tree"
		cp -f /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || :
		cp -f /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" 2>/dev/null || :
		if [ -n "${XAUTHORITY:-}" ] && [ -f "$XAUTHORITY" ]; then
			touch "$root/root/.Xauthority-host"
			mount --bind "$XAUTHORITY" "$root/root/.Xauthority-host"
			export XAUTHORITY=/root/.Xauthority-host
		fi
		cd "$root"
		exec chroot "$root" /bin/sh -c '\''cd "$ORIEL_ENTER_CWD" 2>/dev/null || cd /; exec "$@"'\'' sh "$@"
	' sh "$root" "$tree" env -u ORIEL_ENTER_CWD HOME=/root LANG=C.UTF-8 \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games \
		ORIEL_IN_ROOT=1 "$@"
}
