/* SPDX-License-Identifier: MIT */
/* What is decided, in each case that a survey can tell of: what the tables here say. */
#define _GNU_SOURCE
#include "sockets.h"

#include "bind/decide.h"
#include "random.h"

#include <arpa/inet.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum {
	PORT = 8080,
	SIX = AT_PORT_CONVERTED | AT_PORT_PROMOTED | AT_PORT_MAPPED,
	AT_PORT_ALL = 2 * AT_PORT_IPV6 - 2,
	ALL_PARTS = AT_PORT | SHARERS | STRANGERS | PROC | PORT_RANGE | RINGS,
};

/* An address that is asked for: what the socket would become; which of ours are in its way, and
 * which of those may stay where they do not yield. */
static const struct case_of_place {
	const char *asked;
	bool v6only;
	enum place place;
	enum mark mark;
	unsigned way, staying;
} places[] = {
    {"0.0.0.0", false, PLACE_ANY4, MARK_CONVERTED, AT_PORT_WIDENED | AT_PORT_PROMOTED,
     AT_PORT_OURS & ~AT_PORT_PROMOTED},
    {"::ffff:0.0.0.0", false, PLACE_ANY4, MARK_MAPPED, AT_PORT_WIDENED | AT_PORT_PROMOTED,
     AT_PORT_OURS & ~AT_PORT_PROMOTED},
    {"::ffff:0.0.0.0", true, PLACE_ANY4, MARK_NONE, AT_PORT_WIDENED | AT_PORT_PROMOTED,
     AT_PORT_OURS & ~AT_PORT_PROMOTED},
    {"127.0.0.1", false, PLACE_LOOPBACK4, MARK_PROMOTED, AT_PORT_WIDENED, AT_PORT_OURS},
    {"::ffff:127.0.0.1", false, PLACE_LOOPBACK4, MARK_NONE, AT_PORT_WIDENED, AT_PORT_OURS},
    {"192.0.2.1", false, PLACE_OTHER4, MARK_NONE, AT_PORT_WIDENED | AT_PORT_PROMOTED, AT_PORT_OURS},
    {"::ffff:192.0.2.1", false, PLACE_OTHER4, MARK_NONE, AT_PORT_WIDENED | AT_PORT_PROMOTED, AT_PORT_OURS},
    {"::", false, PLACE_ANY6, MARK_NONE, SIX, 0},
    {"::", true, PLACE_ANY6, MARK_WIDENED, SIX, AT_PORT_OURS},
    {"::1", false, PLACE_OTHER6, MARK_NONE, SIX, AT_PORT_OURS},
    {"2001:db8::1", true, PLACE_OTHER6, MARK_NONE, SIX, AT_PORT_OURS},
};

/* For each mark: the rule that allows it, what the program may not have at the port, and beside what
 * it is bound, unless that is foreign. */
static const struct {
	unsigned rule, company, apart;
} marks[] = {
    [MARK_CONVERTED] = {ALLOW_ANY4, AT_PORT_WIDENED | AT_PORT_IPV6_ANY | AT_PORT_IPV4_ANY, AT_PORT_IPV6},
    [MARK_PROMOTED] = {ALLOW_LOOPBACK4,
		       AT_PORT_WIDENED | AT_PORT_IPV6_ANY | AT_PORT_IPV4_ANY | AT_PORT_CONVERTED | AT_PORT_MAPPED,
		       AT_PORT_IPV6},
    [MARK_MAPPED] = {ALLOW_ANY4, AT_PORT_WIDENED | AT_PORT_IPV6_ANY | AT_PORT_IPV4_ANY, AT_PORT_IPV6},
    [MARK_WIDENED] = {ALLOW_ANY6, SIX | AT_PORT_IPV4 | AT_PORT_IPV4_ANY | AT_PORT_IPV6_ANY, 0},
};

/* What those that yield become. */
static const struct {
	unsigned ours, own;
} yielded[] = {
    {AT_PORT_CONVERTED, AT_PORT_IPV4_ANY},
    {AT_PORT_PROMOTED, AT_PORT_IPV4},
    {AT_PORT_MAPPED, AT_PORT_IPV4_ANY},
    {AT_PORT_WIDENED, AT_PORT_IPV6_ANY},
};

static struct settings settings;

/* 0.0.0.0, 127.0.0.1 and [::], by the bits of enum allow_address. */
static void allow(unsigned rules)
{
	settings.allow.count = 0;
	for (unsigned address = ALLOW_ANY4; address <= ALLOW_ANY6; address *= 2)
		if (rules & address)
			settings.allow.entries[settings.allow.count++] =
			    (struct allow_entry){.addresses = (unsigned char)address,
						 .protocols = TRANSPORT_ANY,
						 .low = PORT,
						 .high = PORT};
}

static struct address address_of(const char *text, uint16_t port)
{
	struct in6_addr ip;
	struct address address = {.length = 0};
	in_addr_t ip4;

	if (inet_pton(AF_INET6, text, &ip) == 1)
		address_set_in6(&address, &ip, port);
	else if (inet_pton(AF_INET, text, &ip4) == 1)
		address_set_in(&address, ip4, port);
	else
		fail_msg("%s", text);
	return address;
}

static struct survey survey_of(const struct case_of_place *row, enum transport transport, bool bound)
{
	struct address asked = address_of(row->asked, PORT);
	struct survey survey = {.known = ALL_PARTS, .request = {.settings = &settings, .fd = 3}};

	survey.request.protocol = transport;
	survey_at(&survey, &asked);
	assert_int_equal(survey.place, row->place);
	survey.self = (struct sock){.fd = 3, .transport = transport, .unconnected = true, .v6only = row->v6only};
	survey.self.local = asked;
	if (!bound)
		survey.self.local = address_of(asked.any.sa_family == AF_INET ? "0.0.0.0" : "::", 0);
	return survey;
}

static size_t cases;

/* What is decided does not depend on what is known of what does not matter. */
static struct plan decided(const struct survey *survey)
{
	struct plan plan = decide(survey), slowly;
	struct survey less = *survey;

	cases++;
	assert_int_not_equal(plan.verb, LOOK_FIRST);
	for (less.known = 0; (slowly = decide(&less)).verb == LOOK_FIRST; less.known |= slowly.part)
		assert_false(less.known & slowly.part);
	if (memcmp(&plan, &slowly, sizeof plan) != 0)
		fail_msg("another plan where only %#x is known", less.known);
	return plan;
}

static bool needs_way(const struct case_of_place *row, enum transport transport, unsigned rules)
{
	bool ipv6 = row->place == PLACE_ANY6 || row->place == PLACE_OTHER6;

	return (transport == TRANSPORT_UDP && settings.datagrams) || (rules & ALLOW_LOOPBACK4) ||
	       (rules & (ipv6 ? ALLOW_ANY4 : ALLOW_ANY6));
}

/* Natively both sockets get clients, though their addresses overlap. */
static bool shares(const struct sock *self, const struct sock *ours)
{
	return (self->reuse_port && ours->reuse_port && self->uid == ours->uid) ||
	       (self->transport == TRANSPORT_UDP && self->reuse_addr && ours->reuse_addr);
}

/* Each gets its own clients. */
static bool stand_apart(const struct case_of_place *row, const struct survey *survey)
{
	const struct sock *self = &survey->self, *ours = &survey->ours;

	if (row->place != PLACE_OTHER6)
		return false;
	if (self->transport == TRANSPORT_TCP)
		return self->uid == ours->uid;
	return self->reuse_addr >= ours->reuse_addr && self->reuse_port >= ours->reuse_port;
}

/* If the bind is refused, only the way is decided. */
static void check_way(const struct case_of_place *row, const struct survey *survey, unsigned rules)
{
	bool needed = needs_way(row, survey->self.transport, rules), apart, yields;
	unsigned ours = needed ? survey->at_port & row->way : 0, keeping;
	struct plan plan = decided(survey);
	enum verb verb = NATIVE;

	if (survey->taken)
		ours = 0;
	else if (!shares(&survey->self, &survey->ours))
		ours &= row->staying;
	apart = ours != 0 && stand_apart(row, survey);
	yields = ours != 0 && !survey->kept && !apart;
	keeping = apart ? ours : ours & row->staying;
	if (apart || (!yields && keeping != 0))
		verb = BIND_BESIDE;
	else if (!yields && ours != 0 && row->staying == 0 && !survey->several && survey->self.reuse_port == 1 &&
		 survey->self.transport == TRANSPORT_TCP)
		verb = STEER;
	else if (!yields && needed && survey->remains && (survey->yielded & row->staying) != 0)
		verb = BIND_BESIDE;
	apart = apart || (verb == BIND_BESIDE && (keeping != 0 || survey->self.transport == TRANSPORT_UDP));
	if (plan.verb != verb || plan.yielding != (yields ? ours : 0) || plan.why != NO_REASON ||
	    plan.apart != apart || (verb == BIND_BESIDE && plan.keeping != keeping) ||
	    plan.again != (needed && (yields || verb == BIND_BESIDE || survey->yielded)))
		fail_msg("%s: at the port %#x, rules %u: verb %d, not %d", row->asked, survey->at_port, rules,
			 plan.verb, verb);
}

static void ways(void **state)
{
	(void)state;
	cases = 0;
	for (size_t i = 0; i < COUNT(places); i++)
		for (unsigned bits = 0; bits < 1U << 11; bits++) {
			struct survey survey =
			    survey_of(&places[i], bits & 1 ? TRANSPORT_UDP : TRANSPORT_TCP, false);

			settings.datagrams = bits >> 1 & 1;
			survey.kept = bits >> 2 & 1;
			survey.several = bits >> 3 & 1;
			survey.self.reuse_port = bits >> 4 & 1;
			survey.yielded = bits >> 5 & 1 ? (bits & 1 ? AT_PORT_PROMOTED : AT_PORT_WIDENED) : 0;
			survey.remains = bits >> 6 & 1;
			survey.refused = true;
			survey.asks_other = bits >> 7 & 1;
			allow(bits >> 8);
			for (survey.at_port = 0; survey.at_port <= AT_PORT_ALL; survey.at_port += 2) {
				unsigned any = random32();

				survey.self.reuse_addr = any & 1;
				survey.ours.reuse_addr = any >> 1 & 1;
				survey.ours.reuse_port = any >> 2 & 1;
				survey.ours.uid = any >> 3 & 1;
				survey.taken = (any >> 5 & 3) == 0;
				check_way(&places[i], &survey, bits >> 8);
			}
		}
	settings.datagrams = false;
	print_message("# %zu cases\n", cases);
}

static unsigned after(unsigned at_port, unsigned yielding)
{
	for (size_t i = 0; i < COUNT(yielded); i++)
		if (at_port & yielding & yielded[i].ours)
			at_port = (at_port & ~yielded[i].ours) | yielded[i].own;
	return at_port;
}

/* The first that holds says why not. */
static enum reason reason_of(const struct survey *survey, enum mark mark, unsigned rules, unsigned at_port)
{
	unsigned apart = at_port & marks[mark].apart & ~survey->foreign;
	bool shares = survey->self.transport == TRANSPORT_UDP &&
		      (apart != 0 ||
		       (mark != MARK_WIDENED && (survey->self.reuse_addr == 1 || survey->self.reuse_port == 1)));
	const struct {
		bool holds;
		enum reason reason;
	} reasons[] = {
	    {!(rules & marks[mark].rule), NO_RULE},
	    {survey->passed_by, PASSED_BY},
	    {at_port & (marks[mark].company | (marks[mark].apart & survey->foreign)), COMPANY},
	    {apart != 0 && survey->taken, COMPANY},
	    {shares && survey->strangers, UDP_STRANGERS},
	    {survey->submits, SUBMITS},
	    {survey->shared, SHARED},
	};

	for (size_t i = 0; i < COUNT(reasons); i++)
		if (reasons[i].holds)
			return reasons[i].reason;
	return NO_REASON;
}

static void check_conversion(const struct case_of_place *row, const struct survey *survey, unsigned rules,
			     bool binds)
{
	unsigned ours = binds && needs_way(row, survey->self.transport, rules) ? survey->at_port & row->way : 0;
	unsigned at_port, apart;
	struct plan plan = decided(survey);
	enum reason why = NO_REASON;
	bool converts;

	if (survey->taken)
		ours = 0;
	else if (!shares(&survey->self, &survey->ours))
		ours &= row->staying;
	if (ours != 0 && stand_apart(row, survey)) {
		if (plan.verb != BIND_BESIDE || !plan.apart || plan.keeping != ours)
			fail_msg("%s: at the port %#x, rules %u: verb %d", row->asked, survey->at_port, rules,
				 plan.verb);
		return;
	}
	at_port = after(survey->at_port, ours);
	apart = at_port & marks[row->mark].apart & ~survey->foreign;
	if (row->mark != MARK_NONE)
		why = reason_of(survey, row->mark, rules, at_port);
	converts = row->mark != MARK_NONE && why == NO_REASON;
	if (plan.verb != (converts ? CONVERT : NATIVE) || plan.mark != row->mark || plan.why != why ||
	    plan.yielding != ours || plan.loopback || plan.apart != (converts && apart != 0) ||
	    plan.keeping != (converts ? apart : 0))
		fail_msg("%s: at the port %#x, rules %u: verb %d, reason %d, not %d", row->asked, survey->at_port,
			 rules, plan.verb, plan.why, why);
}

/* A bind, a socket that is bound already, and one that is to listen. */
static void conversions(void **state)
{
	static const enum asking each[] = {TO_BIND, BOUND, TO_LISTEN};

	(void)state;
	cases = 0;
	for (size_t i = 0; i < COUNT(places) * COUNT(each); i++)
		for (unsigned bits = 0; bits < 1U << 10; bits++) {
			const struct case_of_place *row = &places[i / COUNT(each)];
			enum asking asking = each[i % COUNT(each)];
			enum transport transport = bits & 1 && asking != TO_LISTEN ? TRANSPORT_UDP : TRANSPORT_TCP;
			struct survey survey = survey_of(row, transport, asking != TO_BIND);

			survey.asking = asking;
			survey.passed_by = bits >> 1 & 1;
			survey.submits = bits >> 2 & 1;
			survey.shared = bits >> 3 & 1;
			survey.strangers = bits >> 4 & 1;
			survey.self.reuse_addr = bits >> 5 & 1;
			survey.self.reuse_port = bits >> 6 & 1;
			allow(bits >> 7);
			for (survey.at_port = 0; survey.at_port <= AT_PORT_ALL; survey.at_port += 2) {
				unsigned any = random32();

				survey.ours.reuse_addr = any & 1;
				survey.ours.reuse_port = any >> 1 & 1;
				survey.ours.uid = any >> 2 & 1;
				survey.taken = (any >> 3 & 3) == 0;
				survey.foreign = any >> 5 & survey.at_port;
				check_conversion(row, &survey, bits >> 7, asking == TO_BIND);
			}
		}
	print_message("# %zu cases\n", cases);
}

/* Whatever else is the case. */
static void left_alone(const struct survey *survey, enum reason why)
{
	struct plan plan = decided(survey);

	assert_int_equal(plan.verb, NATIVE);
	assert_int_equal(plan.yielding, 0);
	assert_int_equal(plan.why, why);
}

static void sockets_that_cannot_be(void **state)
{
	struct survey survey = survey_of(&places[0], TRANSPORT_TCP, true);

	(void)state;
	allow(ALLOW_ADDRESSES);
	survey.at_port = AT_PORT_OURS;
	left_alone(&survey, NO_REASON); /* bind(2) of one that is bound, or of another family, fails */
	survey.self.local = address_of("::", 0);
	left_alone(&survey, NO_REASON);
	survey = survey_of(&places[0], TRANSPORT_TCP, true);
	survey.asking = TO_LISTEN;
	survey.self.listens = true;
	left_alone(&survey, NO_REASON);
	survey.self.listens = survey.self.unconnected = false;
	left_alone(&survey, NO_REASON);
	survey.self.unconnected = true;
	survey.self.transport = TRANSPORT_UDP;
	left_alone(&survey, NO_REASON);
	survey.self.transport = TRANSPORT_TCP;
	survey.self.mark = MARK_MAPPED;
	left_alone(&survey, NO_REASON);
}

/* Another library was asked first: only the way is made, and what it has bound is converted after
 * that, if it is there. */
static void beside_another_library(void **state)
{
	struct survey survey = survey_of(&places[0], TRANSPORT_TCP, false);

	(void)state;
	allow(ALLOW_ADDRESSES);
	survey.asks_other = true;
	left_alone(&survey, NO_REASON);
	survey = survey_of(&places[0], TRANSPORT_TCP, true);
	survey.asking = BOUND;
	survey.self.local = address_of("0.0.0.0", PORT + 1);
	left_alone(&survey, ELSEWHERE);
	survey.self.local = address_of("::", PORT);
	left_alone(&survey, ELSEWHERE);
	survey.self.mark = MARK_CONVERTED; /* by a second copy of the library */
	left_alone(&survey, NO_REASON);
}

static void listeners_that_are_refused(void **state)
{
	struct survey survey = survey_of(&places[8], TRANSPORT_TCP, true);

	(void)state;
	allow(ALLOW_ADDRESSES);
	survey.asking = LISTEN_REFUSED;
	for (survey.self.mark = MARK_CONVERTED; survey.self.mark <= MARK_WIDENED; survey.self.mark++) {
		assert_int_equal(decided(&survey).verb, YIELD);
		assert_int_equal(decided(&survey).mark, survey.self.mark);
	}
	survey.self.mark = MARK_CONVERTED; /* by the program's own, which is bound beside it */
	survey.at_port = AT_PORT_IPV6;
	assert_int_equal(decided(&survey).verb, BIND_BESIDE);
	assert_true(decided(&survey).apart && decided(&survey).again);
	assert_int_equal(decided(&survey).keeping, AT_PORT_IPV6);
	survey.apart_failed = true;
	assert_int_equal(decided(&survey).verb, YIELD);
	survey.apart_failed = false;
	survey.foreign = AT_PORT_IPV6;
	assert_int_equal(decided(&survey).verb, YIELD);
	survey.self.mark = MARK_NONE;
	survey.at_port = 0;
	assert_false(decided(&survey).again);
	survey.at_port = AT_PORT_CONVERTED;
	assert_int_equal(decided(&survey).yielding, AT_PORT_CONVERTED);
	assert_true(decided(&survey).again);
	survey.kept = true;
	assert_int_equal(decided(&survey).verb, BIND_BESIDE);
	survey.self.transport = TRANSPORT_UDP;
	assert_false(decided(&survey).again);
	survey = survey_of(&places[0], TRANSPORT_TCP, true);
	survey.asking = LISTEN_REFUSED;
	survey.at_port = AT_PORT_WIDENED;
	assert_false(decided(&survey).again);
}

/* An AF_INET socket that is to call an IPv6 client. A row holds for what it names, or for all. */
static const struct {
	const char *local, *real;
	enum transport transport; /* or 0 */
	bool bound;
	unsigned rules, at_port;
	bool datagrams, forbidden, ephemeral, has_proc, strangers, sends;
	enum verb verb;
	enum reason why;
	bool loopback;
} calls[] = {
    {"0.0.0.0", "2001:db8::1", TRANSPORT_TCP, .verb = CONVERT},
    {"0.0.0.0", "2001:db8::1", TRANSPORT_TCP, true, .at_port = AT_PORT_ALL, .verb = CONVERT},
    {"127.0.0.1", "2001:db8::1", TRANSPORT_TCP, true, .verb = NATIVE},
    {"127.0.0.1", "::1", TRANSPORT_TCP, true, .verb = CONVERT, .loopback = true},
    {"192.0.2.1", "2001:db8::1", TRANSPORT_TCP, true, .verb = NATIVE},
    {"::", "2001:db8::1", TRANSPORT_TCP, true, .verb = NATIVE},
    {"0.0.0.0", "2001:db8::1", TRANSPORT_UDP, .verb = NATIVE},
    {"0.0.0.0", "2001:db8::1", TRANSPORT_UDP, .datagrams = true, .sends = true, .verb = CONVERT},
    {"0.0.0.0", "::1", TRANSPORT_UDP, true, .datagrams = true, .verb = CONVERT},
    {"0.0.0.0", "::1", TRANSPORT_UDP, true, .datagrams = true, .forbidden = true, .verb = NATIVE},
    {"0.0.0.0", "::1", TRANSPORT_UDP, true, .datagrams = true, .sends = true, .verb = NATIVE},
    {"0.0.0.0", "::1", TRANSPORT_UDP, true, ALLOW_ANY4, .datagrams = true, .sends = true, .verb = CONVERT},
    {"0.0.0.0", "::1", TRANSPORT_UDP, true, .datagrams = true, .ephemeral = true, .sends = true, .verb = CONVERT},
    {"0.0.0.0", "::1", TRANSPORT_UDP, true, .datagrams = true, .at_port = AT_PORT_IPV6, .has_proc = true,
     .verb = NATIVE, .why = COMPANY},
    {"0.0.0.0", "::1", TRANSPORT_UDP, true, .datagrams = true, .at_port = AT_PORT_IPV6, .verb = CONVERT},
    {"0.0.0.0", "::1", TRANSPORT_UDP, true, .datagrams = true, .strangers = true, .has_proc = true, .verb = NATIVE},
    {"0.0.0.0", "::1", TRANSPORT_UDP, true, .datagrams = true, .strangers = true, .verb = CONVERT},
    {"127.0.0.1", "::1", TRANSPORT_UDP, true, .datagrams = true, .has_proc = true, .verb = CONVERT,
     .loopback = true},
};

static void sockets_that_call(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++) {
		struct survey survey = {.asking = calls[i].sends ? TO_SEND : TO_CONNECT, .known = ALL_PARTS};
		struct address local = address_of(calls[i].local, calls[i].bound ? PORT : 0);
		struct plan plan;

		allow(calls[i].rules);
		settings.datagrams = calls[i].datagrams;
		if (calls[i].forbidden)
			settings.allow.entries[settings.allow.count++] =
			    (struct allow_entry){.forbid = true,
						 .addresses = ALLOW_ADDRESSES,
						 .protocols = TRANSPORT_ANY,
						 .low = PORT,
						 .high = PORT};
		survey.request.settings = &settings;
		survey.request.protocol = calls[i].transport;
		survey_at(&survey, &local);
		survey.real = address_of(calls[i].real, 53);
		survey.self = (struct sock){.transport = calls[i].transport, .unconnected = true, .local = local};
		survey.at_port = calls[i].at_port;
		survey.ephemeral = calls[i].ephemeral;
		survey.has_proc = calls[i].has_proc;
		survey.strangers = calls[i].strangers;
		plan = decided(&survey);
		if (plan.verb != calls[i].verb || plan.why != calls[i].why ||
		    (plan.verb == CONVERT && (plan.loopback != calls[i].loopback || plan.mark != MARK_CONVERTED)))
			fail_msg("row %zu: verb %d, reason %d", i, plan.verb, plan.why);
		survey.self.unconnected = false;
		assert_int_equal(decided(&survey).verb, NATIVE);
	}
	settings.datagrams = false;
}

/* If no rule names the port nothing is looked at. */
static void nothing_to_look_at(void **state)
{
	(void)state;
	allow(0);
	for (size_t i = 0; i < COUNT(places); i++) {
		struct survey survey = survey_of(&places[i], TRANSPORT_TCP, false);

		survey.known = 0;
		assert_int_equal(decide(&survey).verb, NATIVE);
		assert_int_equal(decide_concerns(&survey),
				 places[i].place == PLACE_ANY4 || places[i].place == PLACE_ANY6);
	}
}

/* What the address alone tells of a bind: which sockets it may concern, and what listen(2) need not ask. */
static void by_the_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(places); i++)
		for (unsigned rules = 0; rules <= ALLOW_ADDRESSES; rules++) {
			struct survey survey = survey_of(&places[i], TRANSPORT_TCP, false);
			bool any = places[i].place == PLACE_ANY4 || places[i].place == PLACE_ANY6;

			allow(rules);
			assert_int_equal(decide_concerns(&survey),
					 any || needs_way(&places[i], TRANSPORT_TCP, rules));
			survey.self.reuse_addr = 1;
			assert_int_equal(decide_binds_first(&survey), places[i].place == PLACE_OTHER6);
			survey.asks_other = true;
			assert_false(decide_binds_first(&survey));
			assert_int_equal(decide_listens_natively(&survey),
					 !any &&
					     !(places[i].place == PLACE_LOOPBACK4 && (rules & ALLOW_LOOPBACK4)));
			survey.request.port = 0;
			assert_false(decide_concerns(&survey) || decide_listens_natively(&survey));
		}
}

/* A group of multicast's is heard by all that are bound there. */
static void groups(void **state)
{
	static const struct case_of_place group = {"ff02::fb", .place = PLACE_OTHER6};
	struct survey survey = survey_of(&group, TRANSPORT_UDP, false);

	(void)state;
	allow(ALLOW_ADDRESSES);
	survey.at_port = AT_PORT_CONVERTED;
	survey.self.reuse_addr = 1;
	assert_false(decide_binds_first(&survey));
	assert_int_equal(decided(&survey).yielding, AT_PORT_CONVERTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ways),
	    cmocka_unit_test(conversions),
	    cmocka_unit_test(sockets_that_cannot_be),
	    cmocka_unit_test(beside_another_library),
	    cmocka_unit_test(listeners_that_are_refused),
	    cmocka_unit_test(sockets_that_call),
	    cmocka_unit_test(nothing_to_look_at),
	    cmocka_unit_test(by_the_address),
	    cmocka_unit_test(groups),
	};

	return cmocka_run_group_tests_name("decide", tests, random_group, NULL);
}
