# SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
# Reads the definition of the guest: guest.conf, packages, files. Sourced, with here = this folder.
. "$here/guest.conf"

# The packages for these tags, one a line.
definition_packages() {
	awk -v given=" $* " '
		/^#/ || !NF { next }
		{
			n = split($0, part, ": ")
			count = n > 1 ? split(part[1], tag, " ") : 0
			for (i = 1; i <= count; i++)
				if (!index(given, " " tag[i] " "))
					next
			print part[n]
		}' "$here/packages" | sort -u
}

# The files' paths, from / on.
definition_files() {
	(cd "$here/files" && find . -type f | sed 's/^\.//' | sort)
}
