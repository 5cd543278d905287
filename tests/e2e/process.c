/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "tests/e2e/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/e2e/e2e.h"

struct process {
	LIST_ENTRY(process) all;
	char name[32], log[256];
	pid_t pid;
	int in, out; /* pipes; -1: closed */
	bool ended, kept;
	int status;
	char *text;        /* output */
	size_t size, seen; /* seen: given out by expect */
	char *line;        /* last one given out */
};

static LIST_HEAD(, process) processes = LIST_HEAD_INITIALIZER(processes);

static _Noreturn void become(const char *const argv[], int in, int out, const char *log)
{
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(in, 0);
	dup2(out, 1);
	dup2(fd, 2);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

struct process *process_start(const char *name, const char *const argv[])
{
	static unsigned count;
	struct process *process = calloc(1, sizeof(*process));
	int in[2], out[2];

	if (!process || pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		e2e_fail("can't start %s: %s", name, strerror(errno));
	snprintf(process->name, sizeof(process->name), "%s", name);
	snprintf(process->log, sizeof(process->log), "%s/%u-%s.log", e2e_dir(), ++count, name);
	fflush(NULL);
	process->pid = fork();
	if (process->pid < 0)
		e2e_fail("fork: %s", strerror(errno));
	if (!process->pid)
		become(argv, in[0], out[1], process->log);
	setpgid(process->pid, process->pid);
	close(in[0]);
	close(out[1]);
	process->in = in[1];
	process->out = out[0];
	fcntl(process->out, F_SETFL, O_NONBLOCK);
	process->text = calloc(1, 1);
	LIST_INSERT_HEAD(&processes, process, all);
	return process;
}

struct process *process_run(const char *name, ...)
{
	const char *argv[64];
	va_list args;
	int n = 0;

	va_start(args, name);
	do
		argv[n] = va_arg(args, const char *);
	while (argv[n] && ++n < 63);
	va_end(args);
	argv[n] = NULL;
	return process_start(name, argv);
}

pid_t process_pid(const struct process *process)
{
	return process->pid;
}

/* Reads what is there. */
static void pull(struct process *process)
{
	char piece[65536];
	ssize_t n;

	while (process->out >= 0 && (n = read(process->out, piece, sizeof(piece))) != -1) {
		if (n == 0) {
			close(process->out);
			process->out = -1;
			return;
		}
		process->text = realloc(process->text, process->size + (size_t)n + 1);
		memcpy(process->text + process->size, piece, (size_t)n);
		process->size += (size_t)n;
		process->text[process->size] = 0;
	}
}

bool process_running(struct process *process)
{
	int status;

	if (!process->ended && waitpid(process->pid, &status, WNOHANG) == process->pid) {
		process->ended = true;
		process->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	return !process->ended;
}

static void say(struct process *process, const char *format, va_list args)
{
	char line[4096];
	int n = vsnprintf(line, sizeof(line) - 1, format, args);

	line[n++] = '\n';
	if (write(process->in, line, (size_t)n) != n)
		e2e_fail("%s does not listen: %s", process->name, strerror(errno));
}

void process_say(struct process *process, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(process, format, args);
	va_end(args);
}

void process_close_input(struct process *process)
{
	if (process->in >= 0)
		close(process->in);
	process->in = -1;
}

const char *process_find(struct process *process, const char *prefix)
{
	char *end;

	pull(process);
	while ((end = memchr(process->text + process->seen, '\n', process->size - process->seen))) {
		char *line = process->text + process->seen;

		process->seen = (size_t)(end + 1 - process->text);
		if (strncmp(line, prefix, strlen(prefix)))
			continue;
		free(process->line);
		process->line = strndup(line, (size_t)(end - line));
		return process->line;
	}
	return NULL;
}

const char *process_expect(struct process *process, const char *prefix)
{
	uint64_t deadline = e2e_deadline();
	size_t from = process->seen;
	const char *line;

	while (!(line = process_find(process, prefix))) {
		if (!process_running(process) && process->out < 0)
			e2e_fail("%s ended (status %d) without saying '%s'; it said:\n%s",
				process->name, process->status, prefix, process->text + from);
		if (!e2e_poll(deadline))
			e2e_fail("%s did not say '%s'; it said:\n%s", process->name, prefix,
				process->text + from);
	}
	return line;
}

const char *process_ask(struct process *process, const char *format, ...)
{
	uint64_t deadline = e2e_deadline();
	char question[256];
	const char *line;
	va_list args;

	va_start(args, format);
	say(process, format, args);
	va_end(args);
	va_start(args, format);
	vsnprintf(question, sizeof(question), format, args);
	va_end(args);
	for (;;) {
		line = process_find(process, "");
		if (line && !strncmp(line, "ok", 2))
			return line + 2;
		if (line && !strncmp(line, "error", 5))
			e2e_fail("%s answered '%s' with '%s'", process->name, question, line);
		if (line)
			continue;
		if (!process_running(process) && process->out < 0)
			e2e_fail("%s ended (status %d) at '%s'", process->name, process->status,
				question);
		if (!e2e_poll(deadline))
			e2e_fail("%s did not answer '%s'", process->name, question);
	}
}

void process_forget(struct process *process)
{
	pull(process);
	process->seen = process->size;
}

const char *process_output(struct process *process)
{
	E2E_UNTIL((pull(process), process->out < 0), "%s does not close its output; it said:\n%s",
		process->name, process->text);
	return process->text;
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!file || getdelim(&text, &size, 0, file) < 0) {
		free(text);
		text = strdup("");
	}
	if (file)
		fclose(file);
	return text;
}

char *process_log(const struct process *process)
{
	return read_file(process->log);
}

void process_signal(struct process *process, int signal)
{
	if (process_running(process))
		kill(process->pid, signal);
}

int process_wait(struct process *process)
{
	E2E_UNTIL(!process_running(process), "%s does not end", process->name);
	return process->status;
}

/* Reports of the sanitizers of programs that are gone. */
static char *reports;

static void look_for_reports(const struct process *process)
{
	char *log = process_log(process);

	if (!reports && (strstr(log, "Sanitizer") || strstr(log, "runtime error:"))) {
		if (asprintf(&reports, "%s:\n%s", process->name, log) < 0)
			reports = NULL;
	}
	free(log);
}

char *process_take_reports(void)
{
	char *taken = reports;

	reports = NULL;
	return taken;
}

static void forget(struct process *process)
{
	look_for_reports(process);
	LIST_REMOVE(process, all);
	process_close_input(process);
	if (process->out >= 0)
		close(process->out);
	free(process->text);
	free(process->line);
	free(process);
}

void process_kill(struct process *process)
{
	if (!process)
		return;
	kill(-process->pid, SIGKILL);
	if (!process->ended)
		waitpid(process->pid, NULL, 0);
	forget(process);
}

void process_stop(struct process *process)
{
	int i;

	if (!process)
		return;
	process_signal(process, SIGTERM);
	process_signal(process, SIGCONT);
	for (i = 0; i < 500 && process_running(process); i++)
		e2e_sleep(10);
	process_kill(process);
}

void process_keep(struct process *process)
{
	process->kept = true;
}

void process_kill_all(void)
{
	struct process *process, *next;

	for (process = LIST_FIRST(&processes); process; process = next) {
		next = LIST_NEXT(process, all);
		if (!process->kept)
			process_kill(process);
	}
}

/* The end of its output. */
static void tell_output(struct process *process)
{
	char *text, *line, *save;

	pull(process);
	text = process->text + (process->size > 1000 ? process->size - 1000 : 0);
	if (process->size)
		printf("# and said:\n");
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		printf("#   %s\n", line);
}

void process_tell_all(void)
{
	struct process *process;

	LIST_FOREACH(process, &processes, all)
	{
		char *log, *line, *save;
		bool running = process_running(process);

		if (process->kept)
			continue;
		log = process_log(process);
		printf("# %s: %s, status %d; it wrote:\n", process->name,
			running ? "running" : "ended", process->status);
		for (line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			printf("#   %s\n", line);
		free(log);
		tell_output(process);
	}
}

size_t process_fds(pid_t pid)
{
	char path[64];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

size_t process_memory(pid_t pid)
{
	char path[64], line[256];
	unsigned long kib, sum = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "RssAnon: %lu", &kib) == 1 ||
			sscanf(line, "RssShmem: %lu", &kib) == 1)
			sum += kib;
	if (file)
		fclose(file);
	return sum * 1024;
}
