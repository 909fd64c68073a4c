/* SPDX-License-Identifier: MIT */
/*
 * The supervisor's lines in the log that are not about a port.
 */
#ifndef DUALBIND_SUPERVISE_REPORT_H
#define DUALBIND_SUPERVISE_REPORT_H

#include "config/settings.h"

/* Logs WORDS at LEVEL, with the error unless that is 0. */
void report_event(const struct settings *settings, enum log_level level, const char *words, int error);

#endif
