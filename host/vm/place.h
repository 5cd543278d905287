/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Where things of a virtual machine are, by its name:
 *
 *   $XDG_STATE_HOME/oriel/vm/NAME/   vm.json      its options, see config.h
 *                                    status.json  how it is, see status.h
 *                                    disk.qcow2   what it has changed of its image's disk
 *                                    console.log, console.old.log
 *                                    supervisor.log, qemu.log
 *                                    lock         see lock.h
 *   $XDG_RUNTIME_DIR/oriel/vm/NAME/  link.sock    for oriel --on qemu:NAME
 *                                    serial.sock  QEMU's end of the virtio-serial port
 *
 * Main thread.
 */
#ifndef ORIEL_HOST_VM_PLACE_H
#define ORIEL_HOST_VM_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#define ORIEL_VM_NAME 32    /* longest name */
#define ORIEL_VM_PATH 1024  /* room for a path */
#define ORIEL_VM_SOCKET 104 /* room for the path of a socket, on every system */

struct oriel_vm_place {
	char name[ORIEL_VM_NAME + 1];
	char state[ORIEL_VM_PATH - 64], run[ORIEL_VM_PATH - 64]; /* the two folders */
};

/* Letters, digits, '-', '_' and '.', of which the first is a letter or digit; 1 to 32 of them. */
bool oriel_vm_name_valid(const char *untrusted_name);

/* Finds the folders, creates none but Oriel's own in $XDG_RUNTIME_DIR. 0; -EINVAL the name;
 * -ENAMETOOLONG: sockets would not fit; -ENOENT: $HOME is not set; or what
 * oriel_paths_runtime_dir() returns. */
int oriel_vm_place_init(struct oriel_vm_place *place, const char *untrusted_name);

/* Creates both folders (0700). 0 or -errno. */
int oriel_vm_place_create(const struct oriel_vm_place *place);

/* A file of the place: room is ORIEL_VM_PATH. Both always fit. */
void oriel_vm_state_file(const struct oriel_vm_place *place, const char *name, char *path);
void oriel_vm_run_file(const struct oriel_vm_place *place, const char *name, char *path);

/* The folder that has a folder for each machine: room is ORIEL_VM_PATH. 0 or -errno. */
int oriel_vm_state_top(char *path);

/* Creates a folder and those above it (0700). 0 or -errno. */
int oriel_vm_make_folders(const char *path);

#endif
