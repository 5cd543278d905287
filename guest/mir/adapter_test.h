/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * What conformance tests need of the adapter beyond what orield does. Threads as in adapter.h.
 */
#ifndef ORIEL_GUEST_MIR_ADAPTER_TEST_H
#define ORIEL_GUEST_MIR_ADAPTER_TEST_H

#include "guest/mir/adapter.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Connects a client. Returns its socket, owned by the caller, or -errno; *ret_client names the
 * client in oriel_mir_test_window(). Blocks until Mir's Wayland thread has done it. */
int oriel_mir_test_connect(struct oriel_mir *mir, const void **ret_client);

/* Blocks until all input sent so far has been handed to the clients' connections. */
void oriel_mir_test_sync(struct oriel_mir *mir);

/* The window whose root is that wl_surface, once it was claimed; 0: none. */
uint32_t oriel_mir_test_window(struct oriel_mir *mir, const void *client, uint32_t surface);

/* The pointer on the desktop, with Mir's stacking. */
void oriel_mir_test_motion(struct oriel_mir *mir, double x, double y);
void oriel_mir_test_relative_motion(struct oriel_mir *mir, double dx, double dy);
void oriel_mir_test_touch(
	struct oriel_mir *mir, uint32_t point, uint8_t action, double x, double y);

/* Before oriel_mir_run(): where GPUs are looked for (NULL: the real place), and whether any file
 * that can be mapped passes for a DMA-BUF. */
void oriel_mir_test_gpu(const char *folder, bool any_file);

#ifdef __cplusplus
}
#endif

#endif
