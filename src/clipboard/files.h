/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Copied files. A list of places (text/uri-list) is packed into an archive at the end where the
 * files are, and unpacked into a private folder of the other end, where the list then points to.
 *
 * The archive is a tar: "list" is the text/uri-list with N/NAME for each file, and what lies under
 * N/NAME is the file or folder. Only ordinary files and folders travel, no links, nothing special.
 * The one who unpacks trusts nothing of it.
 */
#ifndef ORIEL_CLIPBOARD_FILES_H
#define ORIEL_CLIPBOARD_FILES_H

#include "src/clipboard/flow.h"

#define ORIEL_FILES_MAX 10000 /* files and folders of one copy */

/* Whether this build can. */
bool oriel_files_supported(void);

/* A flow for a text/uri-list, that produces the archive into flow. NULL: no memory, flow has ended.
 */
struct oriel_flow *oriel_files_pack(uv_loop_t *loop, struct oriel_flow *flow);

/* A flow for an archive, that produces the list of what was unpacked into flow: as text/uri-list,
 * or as x-special/gnome-copied-files. NULL: as above. */
struct oriel_flow *oriel_files_unpack(uv_loop_t *loop, bool gnome, struct oriel_flow *flow);

/* Deletes the folder with all that was unpacked by this process. */
void oriel_files_clean_up(void);

/* Inside: the work itself, which blocks. Any thread. */

/* Writes the archive of a list to fd. 0 or -errno: fd is to be closed in any case. */
int oriel_files_write(const char *list, size_t size, int fd);
/* Reads an archive from fd into folder (an open directory, path for the list). The list becomes
 * *ret_list, to be freed. 0; -EPROTO: it is no such archive; -E2BIG, or another -errno. */
int oriel_files_read(
	int fd, int folder, const char *path, bool gnome, char **ret_list, size_t *ret_size);

#endif
