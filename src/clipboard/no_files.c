/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/* Where there is no libarchive. */
#include "src/clipboard/files.h"

bool oriel_files_supported(void)
{
	return false;
}

struct oriel_flow *oriel_files_pack(uv_loop_t *loop, struct oriel_flow *flow)
{
	(void)loop;
	oriel_flow_end(flow, "built without libarchive: files can't be copied");
	return NULL;
}

struct oriel_flow *oriel_files_unpack(uv_loop_t *loop, bool gnome, struct oriel_flow *flow)
{
	(void)loop;
	(void)gnome;
	oriel_flow_end(flow, "built without libarchive: files can't be copied");
	return NULL;
}

void oriel_files_clean_up(void)
{
}
