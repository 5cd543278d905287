/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * The kernel module oriel_shm, see kernel/oriel_shm.h. Behind a table, so that tests can put one
 * of their own below the core. Core thread.
 */
#ifndef ORIEL_GUEST_MODULE_H
#define ORIEL_GUEST_MODULE_H

#include <stddef.h>

#include "kernel/oriel_shm.h"

/* Where its nodes are. */
#define ORIEL_MODULE_FOLDER "/dev"

/* The calls on an open node; all return 0 or -errno. */
struct oriel_module {
	int (*info)(int fd, struct oriel_shm_info *ret_info);
	int (*copy)(int fd, const struct oriel_shm_copy *copy);
	int (*pin)(int fd, struct oriel_shm_pin *pin);
	int (*unpin)(int fd, const struct oriel_shm_unpin *unpin);
};

/* The real one. */
extern const struct oriel_module oriel_module_kernel;

/* Opens a node and sees that it is one of the version that we know. 0, or -errno and one line that
 * says what is wrong and what to do. */
int oriel_module_open(const struct oriel_module *module, const char *path,
	struct oriel_shm_info *ret_info, int *ret_fd, char *error, size_t error_size);

#endif
