/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "host/vm/console.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/utf8.h"

#define TAIL_MAX 16384

int oriel_console_rotate(const struct oriel_vm_place *place)
{
	char path[ORIEL_VM_PATH], old[ORIEL_VM_PATH];
	int fd;

	oriel_vm_state_file(place, "console.log", path);
	oriel_vm_state_file(place, "console.old.log", old);
	if (rename(path, old) < 0 && errno != ENOENT)
		return -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Behind an ESC: "[", parameters, one letter; or one character. */
static const char *skip_escape(const char *c)
{
	if (*c != '[')
		return *c ? c + 1 : c;
	c++;
	while (*c && !(*c >= '@' && *c <= '~'))
		c++;
	return *c ? c + 1 : c;
}

/* Control characters that take two bytes in UTF-8. */
static bool is_c1(const char *c)
{
	return (unsigned char)c[0] == 0xc2 && (unsigned char)c[1] >= 0x80 &&
	       (unsigned char)c[1] < 0xa0;
}

void oriel_console_clean(char *untrusted_line)
{
	const char *from = untrusted_line;
	char *to = untrusted_line, copy[1024];

	while (*from) {
		if (*from == '\033')
			from = skip_escape(from + 1);
		else if (*from == '\t')
			*to++ = ' ', from++;
		else if ((unsigned char)*from < 0x20 || *from == 0x7f)
			from++;
		else if (is_c1(from))
			from += 2;
		else
			*to++ = *from++;
	}
	*to = '\0';
	snprintf(copy, sizeof copy, "%s", untrusted_line);
	/* No longer than it was: what is not UTF-8 becomes one '?' a byte at most. */
	oriel_utf8_copy(untrusted_line, strlen(untrusted_line) + 1, copy);
}

static size_t read_end(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t end;
	ssize_t n = -1;

	if (fd < 0)
		return 0;
	end = lseek(fd, 0, SEEK_END);
	if (end >= 0)
		n = pread(
			fd, text, size - 1, end > (off_t)(size - 1) ? end - (off_t)(size - 1) : 0);
	close(fd);
	return n > 0 ? (size_t)n : 0;
}

/* What systemd writes over itself again and again while it waits. */
static bool is_animation(const char *line)
{
	return line[0] == '[' && strstr(line, " Job ") && strstr(line, " running (");
}

/* Cleans each line of the text and drops the empty ones; a NUL counts as a line's end. */
static size_t clean_lines(char *text, size_t size)
{
	size_t out = 0;

	for (size_t start = 0; start < size;) {
		size_t end = start;
		char line[512];

		while (end < size && text[end] != '\n' && text[end] != '\r' && text[end])
			end++;
		snprintf(line, sizeof line, "%.*s", (int)(end - start), text + start);
		start = end + 1;
		oriel_console_clean(line);
		if (line[strspn(line, " ")] == '\0' || is_animation(line))
			continue;
		/* Never longer than what it was made of, and one of its line's end. */
		out += (size_t)snprintf(text + out, strlen(line) + 1, "%s", line);
		text[out++] = '\n';
	}
	return out;
}

void oriel_console_tail(const char *path, unsigned n_lines, char *text, size_t size)
{
	char all[TAIL_MAX + 1];
	size_t length = clean_lines(all, read_end(path, all, TAIL_MAX)), start = length;

	while (start > 0 && length - start < size - 1) {
		if (start < length && all[start - 1] == '\n' && n_lines-- == 1)
			break;
		start--;
	}
	/* A line that is there in part only. */
	if (start > 0 && all[start - 1] != '\n')
		while (start < length && all[start - 1] != '\n')
			start++;
	snprintf(text, size, "%.*s", (int)(length - start), all + start);
}

struct mark {
	const char *text, *stage;
};

/* What tells of a stage; the stage of systemd says itself what it does. */
static bool find_stage(struct oriel_boot *boot, const char *line)
{
	static const struct mark marks[] = {
		{"Linux version ", "kernel"},
		{"Run /init as init process", "initramfs"},
		{"Begin: ", "initramfs"},
		{"Welcome to ", "system"},
	};
	static const char *const systemd[] = {"Reached target ", "Started ", "Starting "};
	char stage[sizeof boot->stage] = "";
	const char *found;

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (strstr(line, marks[i].text))
			snprintf(stage, sizeof stage, "%s", marks[i].stage);
	for (size_t i = 0; !stage[0] && i < sizeof systemd / sizeof *systemd; i++) {
		found = strstr(line, systemd[i]);
		if (found && line[0] == '[')
			snprintf(stage, sizeof stage, "%s", found);
	}
	if (strstr(line, " login:"))
		snprintf(stage, sizeof stage, "login prompt");
	if (!stage[0] || strcmp(stage, boot->stage) == 0)
		return false;
	strcpy(boot->stage, stage);
	return true;
}

/* What a boot does not come back from by itself. */
static bool find_failure(struct oriel_boot *boot, const char *line)
{
	static const struct mark marks[] = {
		{"Kernel panic - not syncing", "its kernel panics"},
		{"You are in emergency mode", "it is in emergency mode"},
		{"You are in rescue mode", "it is in rescue mode"},
		{"Entering emergency mode", "it is in emergency mode"},
		{"(initramfs) ", "its initramfs can't go on"},
	};

	for (size_t i = 0; !boot->failure[0] && i < sizeof marks / sizeof *marks; i++)
		if (strstr(line, marks[i].text)) {
			snprintf(boot->failure, sizeof boot->failure, "%s", marks[i].stage);
			return true;
		}
	return false;
}

static bool read_line(struct oriel_boot *boot)
{
	char line[sizeof boot->line];
	bool changed;

	snprintf(line, sizeof line, "%.*s", (int)boot->length, boot->line);
	oriel_console_clean(line);
	changed = find_stage(boot, line);
	return find_failure(boot, line) || changed;
}

bool oriel_boot_read(struct oriel_boot *boot, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool changed = false;
	char bytes[4096];
	ssize_t n;

	while (fd >= 0 && (n = pread(fd, bytes, sizeof bytes, (off_t)boot->offset)) > 0) {
		boot->offset += (uint64_t)n;
		for (ssize_t i = 0; i < n; i++) {
			if (bytes[i] == '\n' || boot->length == sizeof boot->line - 1) {
				changed |= read_line(boot);
				boot->length = 0;
			}
			if (bytes[i] && bytes[i] != '\n')
				boot->line[boot->length++] = bytes[i];
		}
	}
	if (fd >= 0)
		close(fd);
	/* A prompt has no line's end. */
	return read_line(boot) || changed;
}
