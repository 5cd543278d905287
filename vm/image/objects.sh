# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# What of this tree goes into an image: orield and the kernel module are compiled into $objects, and
# all of it is laid out in $top. Sourced by build-image.

top=$store/top-$name

# The kernel's version in the base.
kernel_version() {
	for path in "$base"/boot/vmlinuz-*; do
		echo "${path##*/vmlinuz-}"
	done
}

# Prints the folder of this kernel's headers: those that are installed, else ones that are fetched and
# only unpacked, as their own dependencies may be of another architecture.
kernel_headers() {
	version=$(kernel_version)
	[ ! -d "/usr/src/linux-headers-$version" ] || { echo "/usr/src/linux-headers-$version"; return; }
	unpacked=$store/headers-$version
	if [ ! -d "$unpacked" ]; then
		fetch_headers "$version" "$unpacked.new" >>"$log" 2>&1 || failed "fetching the kernel's headers failed"
		mv "$unpacked.new" "$unpacked"
	fi
	echo "$unpacked/usr/src/linux-headers-$version"
}

# apt with a state of its own: the machine need not know the architecture, nor the release.
# $1: architecture; then packages, which are put into the current folder.
download() {
	of=$1
	shift
	packages_update "$release" "$of" && packages_apt "$release" "$of" apt-get download "$@" &&
		rm -rf "$cache/packages/$release-$of/state"
}

# $1: kernel, $2: folder. The packages refer to each other by their places on a machine.
fetch_headers() {
	. "$tree/tools/vm-packages.sh"
	common=${1%-*}-common kbuild=linux-kbuild-${1%-*}
	rm -rf "$2"
	mkdir -p "$2/packages"
	(cd "$2/packages" && download $arch "linux-headers-$1" "linux-headers-$common" &&
		download "$(dpkg --print-architecture)" "$kbuild") || return
	for package in "$2"/packages/*.deb; do
		dpkg-deb -x "$package" "$2" || return
	done
	rm -r "$2/packages"
	sed -i "s,/usr/src/,$unpacked/usr/src/,g; s,/usr/lib/linux-kbuild,$unpacked/usr/lib/linux-kbuild,g" \
		"$2/usr/src/linux-headers-$1/Makefile" || return
	ln -sfn "$unpacked/usr/lib/$kbuild/scripts" "$2/usr/src/linux-headers-$1/scripts"
	ln -sfn "$unpacked/usr/lib/$kbuild/tools" "$2/usr/src/linux-headers-$1/tools"
}

# What meson installs as the guest's side; and programs for the tests.
guest_targets="guest/orield guest/mir/platform/liboriel-mir.so"
test_programs="tests/clients/pattern tests/clients/glpattern tests/clients/inputlog bench/bench-client"

compile_guest() {
	cross_file=
	[ $native = yes ] || {
		make_sysroot
		cross_file=--cross-file=$store/cross-$name
	}
	[ -f "$objects/build.ninja" ] ||
		logged "meson setup failed" meson setup "$objects" "$tree" --prefix=/usr \
			--libdir=lib/$triplet --buildtype=release -Db_ndebug=true \
			-Dguest_only=$([ -n "$variant" ] && echo false || echo true) $cross_file
	# shellcheck disable=SC2086
	logged "compiling orield failed" ninja -C "$objects" $guest_targets ${variant:+$test_programs}
}

# What make is told, whatever it is to do.
module_make() {
	cross=
	[ $native = yes ] || cross="ARCH=$kernel_arch CROSS_COMPILE=$triplet-"
	# shellcheck disable=SC2086
	make -C "$tree/kernel" KDIR="$(kernel_headers)" BUILD="$objects/kernel-$(kernel_version)" $cross "$@"
}

compile_module() {
	logged "compiling the kernel module failed" module_make
}

make_objects() {
	say "image: compiling orield and the kernel module"
	compile_guest
	compile_module
}

# From here: the layout.

link_unit() {
	mkdir -p "$(dirname "$top$2")"
	ln -sfn "$1" "$top$2"
}

lay_out_units() {
	for unit in $mask; do
		link_unit /dev/null "/etc/systemd/system/$unit"
	done
	mkdir -p "$top/var/lib/systemd/linger"
	: >"$top/var/lib/systemd/linger/$user"
}

lay_out_system() {
	cp -r "$here/files/." "$top"
	chmod 440 "$top"/etc/sudoers.d/*
	echo "$hostname" >"$top/etc/hostname"
	printf '127.0.0.1 localhost %s\n::1 localhost\n' "$hostname" >"$top/etc/hosts"
}

lay_out_guest() {
	logged "meson install failed" env DESTDIR="$top" meson install -C "$objects" --no-rebuild --tags guest
	unit=$(cd "$top" && find usr -name orield.service)
	link_unit "/$unit" /etc/systemd/user/default.target.wants/orield.service
	for program in ${variant:+$test_programs}; do
		install -D -m 755 "$objects/$program" "$top/usr/local/bin/${program##*/}"
	done
	logged "installing the module's files failed" module_make install-files DESTDIR="$top"
	install -D -m 644 "$objects/kernel-$(kernel_version)/oriel_shm.ko" \
		"$top/usr/lib/modules/$(kernel_version)/updates/oriel_shm.ko"
}

make_top() {
	rm -rf "$top"
	mkdir -p "$top"
	lay_out_system
	lay_out_units
	lay_out_guest
}
