/* SPDX-License-Identifier: MIT */
/* oracle KIND PORT [WALK...]: the transcript of one kind of socket; see oracle.h. */
#define _GNU_SOURCE
#include "oracle.h"

#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void walk(struct subject *subject);

static void walk_nothing(struct subject *subject)
{
	(void)subject;
}

static const struct {
	const char *name;
	const char *kinds; /* those that it makes sense for; all: NULL */
	walk *walk;
} walks[] = {
    {"reception", NULL, walk_reception},
    {"names", NULL, walk_names},
    {"sends", NULL, walk_sends},
    {"received-control", NULL, walk_received_control},
    {"batches", "inet inet-loopback inet6 inet6-mapped unix", walk_batches},
    {"connect", "inet inet-loopback inet6 inet6-mapped", walk_connect},
    {"sent-control", "inet inet-loopback inet6 inet6-mapped", walk_sent_control},
    {"errors", "inet inet-loopback inet6 inet6-mapped", walk_errors},
    {"segments", "inet inet-loopback inet6 inet6-mapped", walk_segments},
    {"options", "inet inet-loopback inet6 inet6-mapped", walk_options},
    {"bind", "inet", walk_bind},
    {"wrong-descriptors", "inet", walk_wrong_descriptors},
    {"rights", "unix pair pair-stream pair-seqpacket", walk_rights},
    {"bad-pointers", "only when named", walk_bad_pointers},
    {"family", "only when named", walk_nothing},
};

static bool is_word_of(const char *word, const char *words)
{
	size_t length = strlen(word);

	for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word))
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

static bool is_wanted(const struct subject *subject, size_t i, char **named)
{
	if (*named == NULL)
		return walks[i].kinds == NULL || is_word_of(subject->kind->name, walks[i].kinds);
	for (; *named != NULL; named++)
		if (strcmp(*named, walks[i].name) == 0)
			return true;
	return false;
}

/* What the socket is to the kernel: shows whether the library has converted it. */
static void say_family(const struct subject *subject)
{
	int domain = -1;
	socklen_t length = sizeof domain;

	sys_call(SYS_getsockopt, subject->fd, SOL_SOCKET, SO_DOMAIN, &domain, &length);
	printf("%s\n", domain == AF_INET6 ? "AF_INET6" : domain == AF_INET ? "AF_INET" : "another");
}

int main(int argc, char **argv)
{
	struct subject subject = {.fd = -1};
	cpu_set_t processor;

	CPU_ZERO(&processor);
	CPU_SET(sched_getcpu(), &processor);
	sched_setaffinity(0, sizeof processor, &processor);
	if (argc < 3 || (subject.kind = kind_named(argv[1])) == NULL)
		errx(2, "usage: oracle KIND PORT [WALK...]");
	subject.port = (uint16_t)atoi(argv[2]);
	subject_open(&subject);
	if (argc == 4 && strcmp(argv[3], "family") == 0)
		say_family(&subject);
	for (size_t i = 0; i < sizeof walks / sizeof walks[0]; i++)
		if (is_wanted(&subject, i, argv + 3)) {
			printf("# %s of %s\n", walks[i].name, subject.kind->name);
			walks[i].walk(&subject);
		}
	subject_close(&subject);
	return 0;
}
