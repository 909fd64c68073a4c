/* SPDX-License-Identifier: MIT */
#include "cmd/verdict.h"

#include "inspect/reach.h"
#include "inspect/whyalone.h"
#include "supervise/filter.h"
#include "supervise/judge.h"

#include <stdio.h>

bool verdict_active(const struct subject *subject)
{
	return subject->process.loaded || subject->process.supervisor != 0;
}

bool verdict_covered(const struct subject *subject, const struct listener *listener)
{
	return allowlist_covers(&subject->rules.allow, ALLOW_ANY4, address_port(&listener->local),
				listener->protocol);
}

static bool is_preloaded(const struct process *process)
{
	return process->environment_seen && environment_preloads(&process->environment);
}

/* For a program that would load the library if it were given to it; NULL: it would not. */
static const char *why_not_loaded(const struct subject *subject)
{
	const struct process *process = &subject->process;

	if (process->loaded || process->secure || !process->environment_seen || subject->plan.own != OWN_LIBRARY)
		return NULL;
	return is_preloaded(process)
		   ? "LD_PRELOAD names the library, but it was not loaded: can its user read the file? (chmod a+rX)"
		   : "LD_PRELOAD was lost before it: start it as LAUNCHER ... dualbind run PROGRAM";
}

static const char *why_not(const struct subject *subject, const struct listener *listener)
{
	const char *loss = why_not_loaded(subject), *kept;

	if (subject->rules.dry_run)
		return "DUALBIND_DRY_RUN is set";
	if (loss != NULL)
		return loss;
	kept = why_alone(subject->process.pid, listener);
	if (kept != NULL)
		return kept;
	if (subject->process.loaded) {
		const char *passed = passed_by_why(&subject->passed, &subject->process);

		return passed != NULL ? passed : "DUALBIND_LOG=debug tells why when it starts";
	}
	return subject->process.program.language == LANGUAGE_UNKNOWN
		   ? "only --mode supervise would, but then " JUDGE_RISK
		   : "DUALBIND_LOG=debug tells why when it starts";
}

/* How the process would have to be started. Without a --mode it may have been started so already, through
 * a shell. */
static void advise(char text[VERDICT_BYTES], const struct subject *subject, const char *rule)
{
	const struct process *process = &subject->process;
	const bool preloaded = is_preloaded(process) && subject->rules.text != NULL;
	const char *mode = "", *loss = preloaded ? why_not_loaded(subject) : NULL;
	bool risky;

	if (loss != NULL) {
		snprintf(text, VERDICT_BYTES, "%s", loss);
		return;
	}
	if (process->secure || subject->plan.own == OWN_NATIVE)
		mode = "--mode supervise ";
	if (preloaded && !process->secure)
		mode = "--mode both ";
	if (mode[0] != '\0' && subject->passed.unsupervisable) {
		snprintf(text, VERDICT_BYTES, "only a supervisor would convert it, and " FILTER_LACK);
		return;
	}
	risky = mode[0] != '\0' && process->program.language == LANGUAGE_UNKNOWN;
	snprintf(text, VERDICT_BYTES, "start it with: dualbind run %s-a %s%s", mode, rule,
		 risky ? ", but then " JUDGE_RISK : "");
}

static bool is_forbidden(const struct subject *subject, const struct listener *listener)
{
	return allowlist_forbids(&subject->rules.allow, ALLOW_ANY4, address_port(&listener->local),
				 listener->protocol);
}

static const char *why_no_rule(const struct listener *listener)
{
	return allowlist_never_covers(address_port(&listener->local), listener->protocol)
		   ? "DHCP over IPv6 is another protocol, at other ports"
		   : "UDP takes the library, which this program does not call";
}

void verdict_write(char text[VERDICT_BYTES], const struct subject *subject, const struct listener *listener)
{
	char rule[REACH_TEXT];

	text[0] = '\0';
	reach_rule(rule, &subject->listing, listener);
	if (rule[0] == '\0') {
		if (reach_is_ipv4_only(&subject->listing, listener))
			snprintf(text, VERDICT_BYTES, "no rule helps: %s", why_no_rule(listener));
		return;
	}
	if (!verdict_active(subject))
		advise(text, subject, rule);
	else if (subject->rules.source == RULES_UNSEEN)
		snprintf(text, VERDICT_BYTES, "its rules cannot be read; they should have %s", rule);
	else if (subject->rules.malformed)
		snprintf(text, VERDICT_BYTES, "a setting is malformed: the library does nothing");
	else if (is_forbidden(subject, listener))
		snprintf(text, VERDICT_BYTES,
			 "its rules forbid it, by an entry with !, which wins over every other");
	else if (!verdict_covered(subject, listener))
		snprintf(text, VERDICT_BYTES, "no rule covers it: add %s", rule);
	else
		snprintf(text, VERDICT_BYTES, "covered, not converted: %s", why_not(subject, listener));
}
