// SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/kernel/check.h"

static int n_checks, n_failed;

static void say(const char *start, const char *format, va_list arguments)
{
	printf("%s", start);
	vprintf(format, arguments);
	printf("\n");
	fflush(stdout);
}

bool check(bool right, const char *format, ...)
{
	va_list arguments;
	char start[32];

	n_failed += !right;
	snprintf(start, sizeof(start), "%sok %d - ", right ? "" : "not ", ++n_checks);
	va_start(arguments, format);
	say(start, format, arguments);
	va_end(arguments);
	return right;
}

void skip(const char *reason, const char *format, ...)
{
	va_list arguments;
	char text[256];

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	printf("ok %d - %s # SKIP %s\n", ++n_checks, text, reason);
	fflush(stdout);
}

void note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("# ", format, arguments);
	va_end(arguments);
}

void check_done(void)
{
	printf("1..%d\n", n_checks);
	note("%d failed", n_failed);
}

void die(const char *what)
{
	check(false, "%s: %s", what, strerror(errno));
	check_done();
	sync();
	if (getpid() == 1)
		reboot(RB_POWER_OFF);
	_exit(1);
}

bool eventually(bool (*done)(void *user), void *user)
{
	for (int i = 0; i < 3000; i++) {
		if (done(user))
			return true;
		usleep(10000);
	}
	return false;
}

bool process_asleep(void *user)
{
	char path[64], text[256] = "", *state;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", *(pid_t *)user);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	if (fd != -1)
		close(fd);
	state = strrchr(text, ')');
	return state && state[2] == 'S';
}

uint8_t pattern(uint32_t seed, size_t place)
{
	uint32_t mixed = (seed ^ (uint32_t)place) * 2654435761u;

	return mixed >> 24;
}

void pattern_fill(void *bytes, size_t size, uint32_t seed)
{
	for (size_t i = 0; i < size; i++)
		((uint8_t *)bytes)[i] = pattern(seed, i);
}

bool pattern_is(const void *bytes, size_t size, uint32_t seed)
{
	for (size_t i = 0; i < size; i++)
		if (((const uint8_t *)bytes)[i] != pattern(seed, i))
			return false;
	return true;
}

static sigjmp_buf after_fault;

static void handle_fault(int signal)
{
	siglongjmp(after_fault, signal);
}

bool is_sigbus(volatile uint8_t *byte)
{
	struct sigaction action = {.sa_handler = handle_fault}, old_bus, old_fault;
	int caught;

	sigaction(SIGBUS, &action, &old_bus);
	sigaction(SIGSEGV, &action, &old_fault);
	caught = sigsetjmp(after_fault, 1);
	if (!caught)
		(void)*byte;
	sigaction(SIGBUS, &old_bus, NULL);
	sigaction(SIGSEGV, &old_fault, NULL);
	return caught == SIGBUS;
}

int put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd == -1)
		return -errno;
	if (write(fd, text, strlen(text)) == -1)
		ret = -errno;
	close(fd);
	return ret;
}

bool module_load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long ret = fd == -1 ? -1 : syscall(SYS_finit_module, fd, "", 0);

	if (fd != -1)
		close(fd);
	return ret == 0 || errno == EEXIST;
}
