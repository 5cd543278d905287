# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Base and top become a folder that boots. Sourced by build-image.

# Names a state of everything an image is made from.
image_id() {
	{
		echo "$base $disk_size $cmdline $enable"
		cat "$here/image/disk.sh"
		# A link has no mode, a file no time: neither says anything about what is in the image.
		(cd "$top" && find . -type f -exec sha256sum {} + && find . -printf '%p %l\n') | sort
	} | sha256sum | cut -c 1-32
}

# Base and top in one folder. Files of the base are linked, not copied: so nothing may write into one,
# and all that is laid over it replaces files.
merge() {
	rm -rf "$stage"
	cp -al "$base" "$stage"
	cp -r --no-preserve=ownership --preserve=mode,links --remove-destination "$top/." "$stage"
	systemctl --root="$stage" --quiet enable $enable
	depmod -b "$stage" "$(kernel_version)"
	# systemd would do what is needed after an update of /usr, which this is not.
	touch "$stage/etc/.updated" "$stage/var/.updated"
}

# What is built against newer or other libraries than the packages bring would not start.
check_libraries() {
	orield=$(cd "$stage" && find usr -path '*/bin/orield')
	chroot "$stage" ldd "/$orield"
	! chroot "$stage" ldd "/$orield" | grep -q 'not found'
}

write_disk() {
	rm -f "$out/disk.raw.new"
	truncate -s $disk_size "$out/disk.raw.new"
	mke2fs -q -t ext4 -F -L oriel -d "$stage" -m 0 \
		-E lazy_itable_init=0,lazy_journal_init=0,assume_storage_prezeroed=1 "$out/disk.raw.new"
}

write_kernel() {
	version=$(kernel_version)
	cp "$stage/boot/vmlinuz-$version" "$out/vmlinuz.new"
	cp "$stage/boot/initrd.img-$version" "$out/initrd.img.new"
	rm -f "$out/vmlinux.new"
	[ $arch != amd64 ] || "$here/image/extract-vmlinux" "$out/vmlinuz.new" "$out/vmlinux.new"
}

write_sizes() {
	for file in kernel=vmlinuz vmlinux=vmlinux initrd=initrd.img disk=disk.raw; do
		[ ! -f "$out/${file#*=}.new" ] ||
			printf '"%s": %s, ' "${file%%=*}" "$(stat -c %s "$out/${file#*=}.new")"
	done | sed 's/, $//'
}

# vmlinux: QEMU starts it without the unpacking, which takes seconds where nothing helps it.
write_description() {
	{
		echo '{'
		printf '\t"%s": "%s",\n' name "Debian $release" id "$id" arch $arch kernel vmlinuz \
			initrd initrd.img disk disk.raw disk_format raw
		printf '\t"sizes": {%s},\n' "$(write_sizes)"
		[ ! -f "$out/vmlinux.new" ] || printf '\t"vmlinux": "vmlinux",\n'
		printf '\t"cmdline": "%s",\n\t"user": "%s"\n}\n' "console=$console $cmdline" "$user"
	} >"$out/image.json.new"
}

# A virtual machine that runs goes on with the files it has open.
put_in_place() {
	for file in disk.raw vmlinuz initrd.img vmlinux image.json; do
		[ ! -f "$out/$file.new" ] || mv -f "$out/$file.new" "$out/$file"
	done
}

make_image() {
	id=$(image_id)
	if grep -qs "\"id\": \"$id\"" "$out/image.json"; then
		say "image: $out has not changed"
		return
	fi
	say "image: writing $out"
	stage=$store/stage-$name
	logged "merging the image's files failed" merge
	logged "orield needs libraries that are in no package of vm/packages" check_libraries
	logged "writing the disk failed" write_disk
	logged "taking the kernel failed" write_kernel
	write_description
	put_in_place
	rm -rf "$stage"
}
