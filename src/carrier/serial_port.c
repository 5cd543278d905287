/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "src/carrier/fd.h"
#include "src/carrier/serial.h"
#include "src/carrier/stream.h"

static const struct oriel_carrier_ops serial_ops = {
	.name = "serial",
	.passes_fds = false,
	.start = oriel_stream_start,
	.write = oriel_stream_write,
	.finish = oriel_stream_finish,
	.pause = oriel_stream_pause,
	.destroy = oriel_stream_destroy,
};

/* Whether the file's only line is name. */
static bool says(const char *path, const char *name)
{
	char line[256] = "";
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	bool found = fgets(line, sizeof(line), file);
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return found && strcmp(line, name) == 0;
}

/* Without udev nobody makes the links in /dev/virtio-ports. */
static int search(const char *root, const char *name, char *path, size_t size)
{
	char folder[256], file[1024];
	struct dirent *entry;
	int r = -ENOENT;

	snprintf(folder, sizeof(folder), "%s/sys/class/virtio-ports", root);
	DIR *ports = opendir(folder);
	if (!ports)
		return -ENOENT;
	while (r == -ENOENT && (entry = readdir(ports))) {
		snprintf(file, sizeof(file), "%s/%s/name", folder, entry->d_name);
		if (entry->d_name[0] == '.' || !says(file, name))
			continue;
		int n = snprintf(path, size, "%s/dev/%s", root, entry->d_name);
		r = n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
	}
	closedir(ports);
	return r;
}

int oriel_serial_find(const char *root, const char *name, char *path, size_t size)
{
	int n = strchr(name, '/') ? snprintf(path, size, "%s", name)
				  : snprintf(path, size, "%s/dev/virtio-ports/%s", root, name);

	if (n < 0 || (size_t)n >= size)
		return -ENAMETOOLONG;
	if (strchr(name, '/') || (*name && access(path, F_OK) == 0))
		return 0;
	return search(root, name, path, size);
}

/* A terminal would change bytes and echo them. */
static int make_raw(int fd)
{
	struct termios termios;

	if (!isatty(fd))
		return 0;
	if (tcgetattr(fd, &termios) < 0)
		return -errno;
	cfmakeraw(&termios);
	return tcsetattr(fd, TCSANOW, &termios) < 0 ? -errno : 0;
}

int oriel_serial_open(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int r = make_raw(fd);
	if (r < 0)
		oriel_fd_close(&fd);
	return r < 0 ? r : fd;
}

int oriel_carrier_serial_adopt(uv_loop_t *loop, int fd, struct oriel_carrier **ret)
{
	struct oriel_stream *stream;
	int r = oriel_stream_create(loop, &serial_ops, fd, &stream);

	if (r < 0)
		return r;
	stream->plain = true;
	*ret = &stream->base;
	return 0;
}
