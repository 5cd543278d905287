# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# The part of an image that comes from packages alone: a folder $base, made once. Sourced by
# build-image.

packages=$(definition_packages image debian $arch $variant)
base=$store/base-$name.$({
	echo "$packages"
	echo "$hostname $user $groups $user_groups $initramfs_modules"
	cat "$here/image/base.sh" "$here"/files/usr/share/glib-2.0/schemas/*
} | sha256sum | cut -c 1-16)

# The settings by which this machine's apt reaches its mirror.
apt_settings() {
	apt-config dump | grep -E '^Acquire::(http|https|Check)' || :
	echo 'Apt::Install-Recommends "false";'
}

# As conf.d and modules.d: files of packages are asked about when they are there beforehand.
initramfs_settings() {
	mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"
	echo 'MODULES=list' >"$1/etc/initramfs-tools/conf.d/oriel"
	echo "$initramfs_modules" | tr ' ' '\n' >"$1/usr/share/initramfs-tools/modules.d/oriel"
}

# Packages compile these as they are installed.
schemas() {
	mkdir -p "$1/usr/share/glib-2.0/schemas"
	cp "$here"/files/usr/share/glib-2.0/schemas/* "$1/usr/share/glib-2.0/schemas/"
}

# The users' part, inside the new root.
base_users() {
	for group in $groups; do
		echo "groupadd --system $group"
	done
	echo "useradd --create-home --shell /bin/bash --password '*' --gid ${user_groups%% *} \\
		--groups $(echo "${user_groups#* }" | tr ' ' ,) $user"
}

bootstrap() {
	apt_settings >"$store/apt.conf"
	skeleton=$store/skeleton
	rm -rf "$skeleton"
	initramfs_settings "$skeleton"
	schemas "$skeleton"
	base_users >"$store/users.sh"
	mmdebstrap --variant=minbase --arch=$arch --format=directory --aptopt="$store/apt.conf" \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/gtk-doc/*' \
		--setup-hook="cp -r $skeleton/. \"\$1\"" \
		--include="$(echo $packages | tr ' ' ,)" \
		--customize-hook="chroot \"\$1\" sh -e <$store/users.sh" \
		--customize-hook='rm -f "$1"/etc/machine-id "$1"/var/lib/dbus/machine-id; : >"$1"/etc/machine-id' \
		$release "$base.new" "$(mirror)"
}

make_base() {
	[ ! -d "$base" ] || return 0
	need_space 4000 "$store"
	rm -rf "$store/base-$name".*
	say "image: installing $(echo "$packages" | wc -l) packages of Debian $release for $arch, and what they need (some minutes)"
	logged "making a root from packages failed" bootstrap
	mv "$base.new" "$base"
}
