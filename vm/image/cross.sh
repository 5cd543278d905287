# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Compiling for another architecture than this machine's: with Debian's cross compiler, against a
# folder of the packages that the tree is compiled with, which are only unpacked. Sourced by
# build-image.

sysroot=$store/sysroot-$name

# The programs of the tests are compiled as part of the whole tree.
sysroot_packages() {
	definition_packages build debian $arch | grep -v '^linux-\|^dkms$\|^meson$'
	[ -z "$variant" ] || package_list | grep -e '-dev$' -e '^wayland-protocols$' | grep -v '^libclang'
}

unpack_sysroot() {
	apt_settings >"$store/apt.conf"
	rm -rf "$sysroot.new"
	mmdebstrap --variant=extract --arch=$arch --format=directory --aptopt="$store/apt.conf" \
		--include="$(sysroot_packages | sort -u | tr '\n' ,)" \
		$release "$sysroot.new" "$(mirror)" || return
	# Links that start at the root would leave the folder.
	find "$sysroot.new/usr/lib" -lname '/*' | while read -r link; do
		ln -sfn "$sysroot$(readlink "$link")" "$link"
	done
	sysroot_packages >"$sysroot.new/packages"
}

# $1: the file for meson
write_cross_file() {
	cat >"$1" <<-END
	[binaries]
	c = '$triplet-gcc'
	cpp = '$triplet-g++'
	ar = '$triplet-ar'
	strip = '$triplet-strip'
	pkg-config = 'pkg-config'

	[properties]
	sys_root = '$sysroot'
	pkg_config_libdir = '$sysroot/usr/lib/$triplet/pkgconfig:$sysroot/usr/share/pkgconfig'

	[built-in options]
	c_args = ['--sysroot=$sysroot']
	c_link_args = ['--sysroot=$sysroot']
	cpp_args = ['--sysroot=$sysroot']
	cpp_link_args = ['--sysroot=$sysroot']

	[host_machine]
	system = 'linux'
	cpu_family = '$(echo $triplet | cut -d- -f1)'
	cpu = '$(echo $triplet | cut -d- -f1)'
	endian = 'little'
	END
}

# What was compiled against another one is forgotten.
make_sysroot() {
	sysroot_packages | cmp -s - "$sysroot/packages" || {
		command -v $triplet-g++ >/dev/null || die "there is no compiler for $arch: apt-get install g++-$triplet"
		say "image: unpacking what orield is compiled with on $arch"
		logged "unpacking packages failed" unpack_sysroot
		rm -rf "$sysroot" "$objects/build.ninja" "$objects/meson-private"
		mv "$sysroot.new" "$sysroot"
	}
	write_cross_file "$store/cross-$name"
}
