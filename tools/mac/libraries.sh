# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Static libraries for macOS, for tools/mac/build.sh: lib/, include/ and lib/pkgconfig/ under
# $cache/CPU, where meson looks for them. Of SDL3 there is only the list of what it exports.

# Writes standard input to $1, unless it is there already: what was built from it stays up to date.
put() {
	cat >"$1.new"
	if cmp -s "$1.new" "$1"; then
		rm "$1.new"
	else
		mv "$1.new" "$1"
	fi
}

# Prints ninja's rules for lib/libNAME.a. $1: NAME, $2: folder of the sources, $3: flags of the
# compiler, more: sources
library() {
	name=$1 folder=$2 flags=$3 objects=
	shift 3
	for source; do
		object=objects/$name/$(echo "$source" | tr / _).o
		printf 'build %s: cc %s/%s\n  flags = %s\n' "$object" "$folder" "$source" "$flags"
		objects="$objects $object"
	done
	printf 'build lib/lib%s.a: ar%s\n' "$name" "$objects"
}

libuv() {
	library uv "$sources/libuv1" "-I$sources/libuv1/include -I$sources/libuv1/src" \
		src/fs-poll.c src/idna.c src/inet.c src/random.c src/strscpy.c src/strtok.c \
		src/thread-common.c src/threadpool.c src/timer.c src/uv-common.c \
		src/uv-data-getter-setters.c src/version.c src/unix/async.c src/unix/bsd-ifaddrs.c \
		src/unix/core.c src/unix/darwin-proctitle.c src/unix/darwin.c src/unix/dl.c \
		src/unix/fs.c src/unix/fsevents.c src/unix/getaddrinfo.c src/unix/getnameinfo.c \
		src/unix/kqueue.c src/unix/loop-watcher.c src/unix/loop.c src/unix/pipe.c \
		src/unix/poll.c src/unix/process.c src/unix/proctitle.c \
		src/unix/random-devurandom.c src/unix/random-getentropy.c src/unix/signal.c \
		src/unix/stream.c src/unix/tcp.c src/unix/thread.c src/unix/tty.c src/unix/udp.c
}

zstd() {
	# shellcheck disable=SC2046
	library zstd "$sources/libzstd" '-DZSTD_DISABLE_ASM -DXXH_NAMESPACE=ZSTD_' \
		$(cd "$sources/libzstd" && echo lib/common/*.c lib/compress/*.c lib/decompress/*.c)
}

# Its C code for every CPU: none of the fast paths, whose names are not in pixman_files.
pixman() {
	# shellcheck disable=SC2046
	library pixman-1 "$sources/pixman/pixman" \
		'-I/usr/include/pixman-1 -DPACKAGE=pixman -DTLS=__thread -DSIZEOF_LONG=8 -DHAVE_PTHREADS' \
		$(sed -n "/^pixman_files/,/^)/s/^ *'\(.*\.c\)',/\1/p" "$sources/pixman/pixman/meson.build")
}

json_c() {
	library json-c "$sources/json-c" \
		"-I$here/json-c -I/usr/include/json-c -D_GNU_SOURCE" \
		arraylist.c debug.c json_c_version.c json_object.c json_object_iterator.c \
		json_patch.c json_pointer.c json_tokener.c json_util.c json_visit.c linkhash.c \
		printbuf.c random_seed.c strerror_override.c
}

libraries_ninja() {
	cat <<-END
		rule cc
		  command = $zig cc -target $1-macos -O2 -w \$flags -c \$in -o \$out
		rule ar
		  command = rm -f \$out && $zig ar rcs \$out \$in
	END
	libuv
	library lz4 "$sources/lz4/lib" '' lz4.c
	zstd
	pixman
	json_c
}

# pixman's and json-c's headers are those of Debian's packages: they are the same everywhere.
headers() {
	mkdir -p "$prefix/include"
	cp -rp "$sources"/libuv1/include/* "$sources/lz4/lib/lz4.h" "$sources/libzstd/lib/zstd.h" \
		"$sources/libzstd/lib/zstd_errors.h" /usr/include/pixman-1/* /usr/include/json-c \
		/usr/include/SDL3 /usr/include/toml++ "$prefix/include/"
}

# $1: name of meson's dependency, $2: of the library. The versions are those of Debian's packages.
pc_file() {
	put "$prefix/lib/pkgconfig/$1.pc" <<-END
		Name: $1
		Description: $1 for macOS
		Version: $(pkg-config --modversion "$1")
		Cflags: -I$prefix/include
		Libs: -L$prefix/lib -l$2
	END
}

# SDL3 exports the same functions on every system: those of other systems only fail there.
sdl_stub() {
	symbols=$(nm -D --defined-only "$(pkg-config --variable=libdir sdl3)/libSDL3.so" |
		awk '$2 == "T" { sub(/@.*/, "", $3); print "_" $3 }' | paste -s -d , -)
	put "$prefix/lib/libSDL3.tbd" <<-END
		--- !tapi-tbd
		tbd-version:     4
		targets:         [ x86_64-macos, arm64-macos ]
		install-name:    '@rpath/libSDL3.0.dylib'
		exports:
		  - targets:         [ x86_64-macos, arm64-macos ]
		    symbols:         [ $symbols ]
		...
	END
}

# $1: CPU
make_libraries() {
	prefix=$cache/$1 sources=$cache/sources
	mkdir -p "$prefix/lib/pkgconfig"
	libraries_ninja "$1" | put "$prefix/build.ninja"
	ninja -C "$prefix" -j 2 >>"$cache/log" 2>&1 || bail "the libraries for $1 could not be built"
	headers
	pc_file libuv uv
	pc_file liblz4 lz4
	pc_file libzstd zstd
	pc_file pixman-1 pixman-1
	pc_file json-c json-c
	pc_file sdl3 SDL3
	pc_file tomlplusplus tomlplusplus # headers alone
	sdl_stub
}
