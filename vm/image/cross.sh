# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Compiling for another architecture than this machine's: with Debian's cross compiler, against a
# folder of the packages that the tree is compiled with, which are only unpacked. Sourced by
# build-image.

sysroot=$store/sysroot-$release-$arch-$(definition_packages build debian $arch | sha256sum | cut -c 1-16)

unpack_sysroot() {
	apt_settings >"$store/apt.conf"
	mmdebstrap --variant=extract --arch=$arch --format=directory --aptopt="$store/apt.conf" \
		--include="$(definition_packages build debian $arch | grep -v '^linux-\|^dkms$\|^meson$' | tr '\n' ,)" \
		$release "$sysroot.new" "$(mirror)"
	# Links that start at the root would leave the folder.
	find "$sysroot.new/usr/lib" -lname '/*' | while read -r link; do
		ln -sfn "$sysroot$(readlink "$link")" "$link"
	done
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

make_sysroot() {
	[ -d "$sysroot" ] || {
		command -v $triplet-g++ >/dev/null || die "there is no compiler for $arch: apt-get install g++-$triplet"
		say "image: unpacking what orield is compiled with on $arch"
		logged "unpacking packages failed" unpack_sysroot
		mv "$sysroot.new" "$sysroot"
	}
	write_cross_file "$store/cross-$release-$arch"
}
