/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/bridge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

/* The socket ------------------------------------------------------------------------------------
 */

/* A connected socket or -errno. */
static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, r;

	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

/* In the child: becomes orield --detach with our options. */
static void exec_orield(const struct oriel_options *options, const char *socket)
{
	static const char *const levels[] = {"error", "warning", "info", "debug"};
	const char *args[12] = {
		"orield", "--detach", "--socket", socket, "--log", levels[options->level]};
	int n = 6, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (!options->x11)
		args[n++] = "--no-x11";
	if (options->wayland) {
		args[n++] = "--wayland";
		args[n++] = options->wayland;
	}
	/* Standard output is the protocol's. */
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	execv("/proc/self/exe", (char **)args);
	fprintf(stderr, "orield: can't start one in the background: %s\n", strerror(errno));
	_exit(1);
}

static int start_orield(const struct oriel_options *options, const char *socket)
{
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		exec_orield(options, socket);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -ECHILD;
}

/* The bridge ------------------------------------------------------------------------------------
 */

static int write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Until the end of from. 0 or -errno. */
static int copy(int from, int to)
{
	char *buffer = malloc(65536);
	ssize_t n = 0;
	int r = buffer ? 0 : -ENOMEM;

	while (r == 0) {
		n = read(from, buffer, 65536);
		if (n == 0)
			break;
		if (n > 0)
			r = write_all(to, buffer, (size_t)n);
		else if (errno != EINTR)
			r = -errno;
	}
	free(buffer);
	return r;
}

static void copy_input(void *user)
{
	int fd = *(int *)user;

	copy(STDIN_FILENO, fd);
	/* orield sees the end, closes its side, and that ends the other direction. */
	shutdown(fd, SHUT_WR);
}

int oriel_bridge_run(const struct oriel_options *options, const char *socket)
{
	/* The thread may outlive this function: it blocks in read till the process ends. */
	static int fd;
	uv_thread_t thread;
	int r;

	fd = connect_to(socket);
	if (fd == -ENOENT || fd == -ECONNREFUSED) {
		/* It has told why it could not. */
		if (start_orield(options, socket) < 0)
			return 1;
		fd = connect_to(socket);
	}
	if (fd < 0) {
		oriel_error("no connection to the orield at %s: %s", socket, strerror(-fd));
		return 1;
	}
	r = uv_thread_create(&thread, copy_input, &fd);
	if (r == 0)
		r = copy(fd, STDOUT_FILENO);
	if (r < 0)
		oriel_error("connection ended: %s", strerror(-r));
	return r < 0;
}
