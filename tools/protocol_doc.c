/* SPDX-License-Identifier: GPL-2.0-only OR GPL-3.0-only */
/*
 * Writes docs/protocol.md: the introduction, then tables made from protocol/messages.def.
 *
 *   protocol_doc protocol/intro.md [OUTPUT]
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "src/wire/messages.h"

static FILE *out;

/* Text of a table's cell; the name after "enum " becomes a link to its section. */
static void put_doc(const char *doc)
{
	while (*doc) {
		size_t n = strcspn(doc, "|");
		const char *name = strstr(doc, "enum ");

		if (name && (size_t)(name - doc) < n) {
			int length = (int)strspn(name + 5, "abcdefghijklmnopqrstuvwxyz_");

			fprintf(out, "%.*s[enum %.*s](#enum-%.*s)", (int)(name - doc), doc, length,
				name + 5, length, name + 5);
			doc = name + 5 + length;
			continue;
		}
		fwrite(doc, 1, n, out);
		doc += n;
		if (*doc == '|') {
			fputs("\\|", out);
			doc++;
		}
	}
}

static void put_row_end(const char *doc)
{
	put_doc(doc);
	fputs(" |\n", out);
}

static void put_fields_head(void)
{
	fputs("| field | type | range | |\n|---|---|---|---|\n", out);
}

static void put_unsigned_range(const char *type, uint64_t min, uint64_t max)
{
	unsigned bits = type[1] == '8' ? 8 : type[1] == '1' ? 16 : type[1] == '3' ? 32 : 64;

	if (min == 0 && max == UINT64_MAX >> (64 - bits))
		fputs("any", out);
	else if (min == max)
		fprintf(out, "0x%" PRIx64, min);
	else if (max == UINT64_MAX >> (64 - bits))
		fprintf(out, "from %" PRIu64, min);
	else
		fprintf(out, "%" PRIu64 " to %" PRIu64, min, max);
}

static void put_number(
	const char *type, const char *name, uint64_t min, uint64_t max, const char *doc)
{
	fprintf(out, "| `%s` | %s | ", name, type);
	if (strcmp(type, "fixed") == 0)
		fprintf(out, "%.12g to %.12g", (double)(int64_t)min / 256,
			(double)(int64_t)max / 256);
	else if (type[0] == 'i')
		fprintf(out, "%" PRId64 " to %" PRId64, (int64_t)min, (int64_t)max);
	else
		put_unsigned_range(type, min, max);
	fputs(" | ", out);
	put_row_end(doc);
}

static void put_sized(const char *type, const char *name, unsigned max, const char *doc)
{
	fprintf(out, "| `%s` | %s | at most %u bytes | ", name, type, max);
	put_row_end(doc);
}

static void put_list(const char *item, const char *name, unsigned max, const char *doc)
{
	fprintf(out, "| `%s` | list of [%s](#item-%s) | at most %u items | ", name, item, item,
		max);
	put_row_end(doc);
}

static const char *direction(const char *name)
{
	if (strcmp(name, "BOTH") == 0)
		return "both ways";
	return strcmp(name, "GUEST") == 0 ? "to the guest" : "to the host";
}

static void put_message_row(unsigned id, const char *name, const char *to, unsigned since,
	unsigned max_bytes, unsigned optional)
{
	fprintf(out, "| %u | [%s](#message-%s) | %s | %u | %u | %s |\n", id, name, name,
		direction(to), since, max_bytes, optional ? "yes" : "");
}

static void put_message(unsigned id, const char *name, const char *to, const char *doc)
{
	fprintf(out, "\n### message %s\n\nType %u, %s.%s%s\n\n", name, id, direction(to),
		doc[0] ? " " : "", doc);
	put_fields_head();
}

static void put_limits(void)
{
	fputs("\n## Limits\n\n| limit | value | |\n|---|---|---|\n", out);
#define LIMIT(NAME, value, doc) \
	fprintf(out, "| %s | %d | ", #NAME, (int)(value)); \
	put_row_end(doc);
#include "protocol/messages.def"
}

static void put_messages(void)
{
	fputs("\n## Messages\n\n| type | message | direction | since | most bytes of payload | "
	      "optional |\n"
	      "|---|---|---|---|---|---|\n",
		out);
#define MSG(id, NAME, name, direction, since, max_bytes, optional, doc) \
	put_message_row(id, #name, #direction, since, max_bytes, optional);
#include "protocol/messages.def"

/* Only the messages' own fields: those of items are printed elsewhere. */
#define STRUCT(name, doc) if (0) {
#define STRUCT_END() }
#define MSG(id, NAME, name, direction, since, max_bytes, optional, doc) \
	put_message(id, #name, #direction, doc);
#define FIELD(type, name, min, max, doc) \
	put_number(#type, #name, (uint64_t)(min), (uint64_t)(max), doc);
#define STR(name, max_bytes, doc) put_sized("string", #name, max_bytes, doc);
#define BYTES(name, max_bytes, doc) put_sized("bytes", #name, max_bytes, doc);
#define LIST(item, name, max_items, doc) put_list(#item, #name, max_items, doc);
#include "protocol/messages.def"
}

static void put_items(void)
{
	fputs("\n## Items of lists\n", out);
#define STRUCT(name, doc) \
	fprintf(out, "\n### item %s\n\n%s\n\n", #name, doc); \
	put_fields_head();
#define MSG(id, NAME, name, direction, since, max_bytes, optional, doc) if (0) {
#define MSG_END() }
#define FIELD(type, name, min, max, doc) \
	put_number(#type, #name, (uint64_t)(min), (uint64_t)(max), doc);
#define STR(name, max_bytes, doc) put_sized("string", #name, max_bytes, doc);
#define BYTES(name, max_bytes, doc) put_sized("bytes", #name, max_bytes, doc);
#include "protocol/messages.def"
}

static void put_enums(void)
{
	fputs("\n## Enums\n", out);
#define ENUM(name, doc) \
	fprintf(out, "\n### enum %s\n\n%s\n\n| value | name | |\n|---|---|---|\n", #name, doc);
#define VALUE(NAME, number, doc) \
	fprintf(out, "| %d | %s | ", (int)(number), #NAME); \
	put_row_end(doc);
#include "protocol/messages.def"
}

static int copy_file(const char *path)
{
	FILE *in = fopen(path, "r");
	int c;

	if (!in) {
		perror(path);
		return -1;
	}
	while ((c = fgetc(in)) != EOF)
		fputc(c, out);
	fclose(in);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: protocol_doc INTRO [OUTPUT]\n");
		return 2;
	}
	out = argc == 3 ? fopen(argv[2], "w") : stdout;
	if (!out) {
		perror(argv[2]);
		return 1;
	}
	if (copy_file(argv[1]) < 0)
		return 1;
	put_limits();
	put_messages();
	put_items();
	put_enums();
	if (ferror(out) || fclose(out) != 0) {
		perror("protocol_doc");
		return 1;
	}
	return 0;
}
