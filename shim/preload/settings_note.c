/* SPDX-License-Identifier: MIT */
/*
 * An ELF note that tells where the library keeps its settings, for `dualbind check PID`: the
 * environment of a process may have been written over since (inspect/held.h). The distance is
 * the linker's to compute: nothing is relocated, and nothing is done when a program starts.
 *
 *   name "dualbind", type SETTINGS_LAYOUT; 4 bytes: from these bytes to the settings;
 *   4 bytes: sizeof(struct settings_kept)
 */
#include "config/settings.h"

/* Never called: a function, since only in one can the assembler be told numbers. */
__attribute__((used)) static void note(void)
{
	__asm__ volatile(".pushsection .note.dualbind, \"a\", %%note\n\t"
			 ".balign 4\n\t"
			 ".long 9, 8, %c0\n\t"
			 ".asciz \"dualbind\"\n\t"
			 ".balign 4\n\t"
			 ".long settings_kept - .\n\t"
			 ".long %c1\n\t"
			 ".popsection"
			 :
			 : "i"(SETTINGS_LAYOUT), "i"(sizeof(struct settings_kept)));
}
