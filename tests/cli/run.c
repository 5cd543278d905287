/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/cli/run.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <cmocka.h>

static char folder[] = "/tmp/oriel-cli-XXXXXX";

const char *run_folder(void)
{
	if (strcmp(folder + strlen(folder) - 6, "XXXXXX") == 0 && !mkdtemp(folder))
		abort();
	return folder;
}

void run_cleanup(void)
{
	char command[64];

	snprintf(command, sizeof command, "rm -rf %s", run_folder());
	if (system(command) != 0)
		fprintf(stderr, "%s is left\n", folder);
}

static char *slurp(const char *name)
{
	char path[64], *text = calloc(1, 1 << 20);
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", run_folder(), name);
	file = fopen(path, "r");
	if (!text || !file)
		abort();
	text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
	fclose(file);
	return text;
}

struct run_result run_oriel(const char *assignments, const char *arguments)
{
	struct run_result result;
	char command[4096];
	int status;

	snprintf(command, sizeof command,
		"env -u DISPLAY -u WAYLAND_DISPLAY -u SDL_VIDEO_DRIVER -u SDL_VIDEODRIVER "
		"-u ORIEL_TARGET -u ORIEL_SOCKET -u XDG_CONFIG_HOME XDG_RUNTIME_DIR=%s HOME=%s "
		"ORIEL_ORIELD=/nonexistent/orield %s '%s' %s >%s/out 2>%s/err </dev/null",
		run_folder(), run_folder(), assignments, getenv("ORIEL"), arguments, run_folder(),
		run_folder());
	status = system(command);
	result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	result.output = slurp("out");
	result.error = slurp("err");
	return result;
}

void run_result_free(struct run_result *result)
{
	free(result->output);
	free(result->error);
}

void run_expect_error(struct run_result result, int status, const char *text)
{
	const char *end = strchr(result.error, '\n');

	if (result.status != status || !strstr(result.error, text))
		print_error("status %d, want %d; error: %swanted: %s\n", result.status, status,
			result.error, text);
	assert_int_equal(result.status, status);
	assert_string_equal(result.output, "");
	assert_non_null(strstr(result.error, text));
	assert_int_equal(strncmp(result.error, "oriel: error: ", 14), 0);
	assert_non_null(end);
	assert_string_equal(end, "\n");
	run_result_free(&result);
}

pid_t run_fake_guest(const char *mode, const char *kind, const char *place, unsigned *ret_port)
{
	int fds[2];
	char line[32] = "";
	FILE *file;
	pid_t pid;

	if (pipe(fds) < 0)
		abort();
	pid = fork();
	if (pid == 0) {
#ifdef __linux__
		/* A test that fails does not stop it. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		execl(getenv("FAKE_GUEST"), "fake-guest", mode, kind, place, NULL);
		_exit(127);
	}
	close(fds[1]);
	file = fdopen(fds[0], "r");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof line, file));
	fclose(file);
	if (ret_port)
		*ret_port = (unsigned)atoi(line);
	return pid;
}

void run_stop(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}
