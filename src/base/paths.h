/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Where Oriel keeps things of this user, by the XDG base directory rules. Any thread, while no
 * other changes the environment.
 */
#ifndef ORIEL_BASE_PATHS_H
#define ORIEL_BASE_PATHS_H

#include <stddef.h>

/* Writes the folder for sockets into path: $XDG_RUNTIME_DIR/oriel, or with that unset
 * /run/user/UID/oriel where /run/user/UID is there, else /tmp/oriel-UID. Creates it (0700) when
 * missing. path is untouched on failure.
 * 0; -ENAMETOOLONG; -EACCES: it is not a folder of this user that nobody else may enter, or may
 * not be created; other -errno of mkdir, such as -ENOENT: $XDG_RUNTIME_DIR is not there. */
int oriel_paths_runtime_dir(char *path, size_t size);

/* The socket that orield listens on: $ORIEL_SOCKET as it is, when set and not empty, or
 * "oriel.sock" in the folder above. Returns the same. */
int oriel_paths_socket(char *path, size_t size);

/* The folders for what outlives a session, which are not created here: $XDG_STATE_HOME/oriel, else
 * ~/.local/state/oriel; $XDG_DATA_HOME/oriel, else ~/.local/share/oriel. path is untouched on
 * failure. 0; -ENAMETOOLONG; -ENOENT: $HOME is not set either. */
int oriel_paths_state_dir(char *path, size_t size);
int oriel_paths_data_dir(char *path, size_t size);
/* The same for what the user has written: $XDG_CONFIG_HOME/oriel, else ~/.config/oriel. */
int oriel_paths_config_dir(char *path, size_t size);

#endif
