/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include "guest/options.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: orield [OPTION...]\n"
	"Runs the programs of an Oriel session and gives their windows to viewers (oriel).\n"
	"\n"
	"  --socket PATH        listen here ($ORIEL_SOCKET, or $XDG_RUNTIME_DIR/oriel/oriel.sock)\n"
	"  --tcp PORT           listen on 127.0.0.1 too; 0 = any free port, which is logged\n"
	"  --token-file FILE    with --tcp: what viewers must show; made when it is not there\n"
	"  --serial NAME        in a VM: serve its host through the virtio-serial port of this\n"
	"                       name, such as org.oriel.0, or at this path\n"
	"  --vsock PORT         in a VM: serve its host, and nobody else, on this vsock port\n"
	"  --wayland NAME       name of the Wayland socket for programs\n"
	"  --no-x11             no Xwayland: X11 programs can't run\n"
	"  --detach             run in the background; return when viewers can connect\n"
	"  --stdio              connect standard input and output to the running orield, after\n"
	"                       starting one in the background if there is none\n"
	"  --log LEVEL          error, warning, info (default) or debug\n"
	"  --version, --help\n";

static int mistake(const char *what, const char *value)
{
	fprintf(stderr, "orield: %s%s%s; see orield --help\n", what, value ? ": " : "",
		value ? value : "");
	return 2;
}

static int parse_port(const char *text, int *ret_port)
{
	char *end;
	long port = strtol(text, &end, 10);

	if (!*text || *end || port < 0 || port > 65535)
		return -1;
	*ret_port = (int)port;
	return 0;
}

static int parse_vsock(const char *text, unsigned *ret_port)
{
	char *end;
	unsigned long long port = strtoull(text, &end, 10);

	/* strtoull would take blanks and signs; the largest number stands for any port. */
	if (*text < '0' || *text > '9' || *end || port == 0 || port >= UINT32_MAX)
		return -1;
	*ret_port = (unsigned)port;
	return 0;
}

static int parse_level(const char *text, enum oriel_log_level *ret_level)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};

	for (int i = 0; i < 4; i++) {
		if (strcmp(text, names[i]) == 0) {
			*ret_level = (enum oriel_log_level)i;
			return 0;
		}
	}
	return -1;
}

/* One option; -1: go on. */
static int apply(struct oriel_options *options, int c)
{
	switch (c) {
	case 's':
		options->socket = optarg;
		return -1;
	case 't':
		return parse_port(optarg, &options->tcp) ? mistake("no port", optarg) : -1;
	case 'k':
		options->token_file = optarg;
		return -1;
	case 'e':
		options->serial = optarg;
		return *optarg ? -1 : mistake("--serial needs the name of a port", NULL);
	case 'v':
		return parse_vsock(optarg, &options->vsock) ? mistake("no vsock port", optarg) : -1;
	case 'w':
		options->wayland = optarg;
		return -1;
	case 'x':
		options->x11 = false;
		return -1;
	case 'd':
		options->detach = true;
		return -1;
	case 'i':
		options->stdio = true;
		return -1;
	case 'l':
		return parse_level(optarg, &options->level) ? mistake("no log level", optarg) : -1;
	case 'V':
		puts("orield " ORIEL_VERSION);
		return 0;
	case 'h':
		fputs(usage, stdout);
		return 0;
	default:
		/* getopt has told what is wrong. */
		return 2;
	}
}

static int check(const struct oriel_options *options)
{
	if (options->tcp >= 0 && !options->token_file)
		return mistake("--tcp needs --token-file FILE, or every program on this machine "
			       "could use your session",
			NULL);
	if (options->tcp < 0 && options->token_file)
		return mistake("--token-file is for --tcp PORT", NULL);
	if (options->stdio && options->detach)
		return mistake("--stdio and --detach exclude each other", NULL);
	return -1;
}

int oriel_options_parse(int argc, char *argv[], struct oriel_options *options)
{
	static const struct option table[] = {
		{"socket", required_argument, NULL, 's'},
		{"tcp", required_argument, NULL, 't'},
		{"token-file", required_argument, NULL, 'k'},
		{"serial", required_argument, NULL, 'e'},
		{"vsock", required_argument, NULL, 'v'},
		{"wayland", required_argument, NULL, 'w'},
		{"no-x11", no_argument, NULL, 'x'},
		{"detach", no_argument, NULL, 'd'},
		{"stdio", no_argument, NULL, 'i'},
		{"log", required_argument, NULL, 'l'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int c, status = -1;

	*options = (struct oriel_options){.tcp = -1, .x11 = true, .level = ORIEL_LOG_INFO};
	while (status < 0 && (c = getopt_long(argc, argv, "", table, NULL)) != -1)
		status = apply(options, c);
	if (status < 0 && optind < argc)
		status = mistake("what is this", argv[optind]);
	return status < 0 ? check(options) : status;
}
