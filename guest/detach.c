/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/log.h"

#define READY "+"
/* A log that has grown larger is begun anew. */
#define LOG_MAX (1024 * 1024)

static int report_fd = -1;

static void report(const char *text)
{
	int fd = report_fd;

	if (fd < 0)
		return;
	report_fd = -1;
	/* With nobody there to read, nobody needs to know. */
	if (write(fd, text, strlen(text)) < 0)
		oriel_debug("nobody waits for the start");
	close(fd);
}

void oriel_detach_ready(void)
{
	report(READY);
}

void oriel_detach_failed(const char *reason)
{
	report(reason);
}

/* The log file ----------------------------------------------------------------------------------
 */

static int open_log(const char *path)
{
	struct stat st;
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW;

	if (stat(path, &st) == 0 && st.st_size > LOG_MAX)
		flags |= O_TRUNC;
	return open(path, flags, 0600);
}

/* $XDG_STATE_HOME/oriel/orield.log, its folders made when missing. */
static int open_state_log(char *path, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int length;

	if (state && state[0] == '/')
		length = snprintf(path, size, "%s/oriel/orield.log", state);
	else if (home && home[0] == '/')
		length = snprintf(path, size, "%s/.local/state/oriel/orield.log", home);
	else
		return -ENOENT;
	if ((size_t)length >= size)
		return -ENAMETOOLONG;
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	return open_log(path);
}

static int open_any_log(const char *socket, char *path, size_t size)
{
	int fd = open_state_log(path, size);

	if (fd >= 0)
		return fd;
	snprintf(path, size, "%s.log", socket);
	fd = open_log(path);
	if (fd >= 0)
		return fd;
	snprintf(path, size, "/dev/null");
	return open(path, O_WRONLY | O_CLOEXEC);
}

/* The two processes ------------------------------------------------------------------------------
 */

static int wait_for_report(int fd, const char *log_path)
{
	char text[2048];
	size_t used = 0;
	ssize_t n;

	while (used < sizeof text - 1 && ((n = read(fd, text + used, sizeof text - 1 - used)) > 0 ||
						 (n < 0 && errno == EINTR)))
		used += n > 0 ? (size_t)n : 0;
	text[used] = '\0';
	close(fd);
	if (strcmp(text, READY) == 0)
		return 0;
	if (used > 0)
		fprintf(stderr, "orield: %s\n", text);
	else
		fprintf(stderr, "orield: it ended while it started: %s says why\n", log_path);
	return 1;
}

static void move_out(int log_fd, int fd)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setsid();
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(log_fd, STDOUT_FILENO);
	dup2(log_fd, STDERR_FILENO);
	close(null);
	close(log_fd);
	report_fd = fd;
}

int oriel_detach_start(const char *socket)
{
	char log_path[PATH_MAX];
	int fds[2], log_fd = open_any_log(socket, log_path, sizeof log_path);
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		oriel_error("no pipe: %s", strerror(errno));
		return 1;
	}
	pid = fork();
	if (pid < 0) {
		oriel_error("can't go into the background: %s", strerror(errno));
		return 1;
	}
	if (pid > 0) {
		close(fds[1]);
		close(log_fd);
		return wait_for_report(fds[0], log_path);
	}
	close(fds[0]);
	move_out(log_fd, fds[1]);
	return -1;
}
