/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/cli/doctor.h"
#include "src/wire/wire.h"

static void describe_features(uint64_t features, char *text, size_t size)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} names[] = {
		{ORIEL_FEATURE_RING, "shared memory"},
		{ORIEL_FEATURE_INLINE_RAW, "raw"},
		{ORIEL_FEATURE_INLINE_LZ4, "lz4"},
		{ORIEL_FEATURE_INLINE_ZSTD, "zstd"},
	};

	text[0] = '\0';
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t used = strlen(text);

		if (features & names[i].bit)
			snprintf(text + used, size - used, "%s%s", used ? ", " : "", names[i].name);
	}
	if (!text[0])
		snprintf(text, size, "none");
}

static void report_version(struct oriel_report *report, const struct oriel_answer *answer)
{
	const char *version = strchr(answer->program, ' ');

	/* What is of one protocol works together; it is only worth knowing. */
	oriel_report_ok(report, "version", "guest runs %s, here is oriel %s%s", answer->program,
		ORIEL_VERSION,
		version && strcmp(version + 1, ORIEL_VERSION) == 0 ? "" : " (they differ)");
	oriel_report_ok(report, "protocol", "protocol %u.%u (guest), %d.%d (here)", answer->major,
		answer->minor, ORIEL_WIRE_MAJOR, ORIEL_WIRE_MINOR);
}

static const char *mend_link(int error)
{
	switch (error) {
	case -EACCES:
		return "use the guest as the user who started its orield, with its --token-file";
	case -EPROTONOSUPPORT:
		return "install the same version of Oriel at both ends";
	case -ENOENT:
	case -ECONNREFUSED:
		return "start orield in the guest";
	default:
		return "run oriel doctor in the guest";
	}
}

void oriel_doctor_link(struct oriel_report *report, const struct oriel_cli_guest *guest)
{
	const char *target = oriel_target_name(guest->target);
	struct oriel_answer answer;
	char error[1024], features[64];
	int r = oriel_ask(guest, ORIEL_ASK_MS, &answer, error, sizeof error);

	if (r < 0) {
		oriel_report_missing(report, "link", mend_link(r), "link: %s", error);
		return;
	}
	oriel_report_ok(report, "link", "%s answers", target);
	report_version(report, &answer);
	describe_features(answer.features, features, sizeof features);
	oriel_report_ok(report, "features", "guest sends pixels by: %s", features);
	oriel_answer_finish(&answer);
}
