/* SPDX-License-Identifier: MIT */
/*
 * An ELF note that says where the library keeps its settings, for `dualbind check PID`: the process may
 * have overwritten its environment since it started (inspect/held.h). The linker computes the distance, so
 * nothing is relocated or done when a program starts.
 *
 *   name "dualbind", type SETTINGS_LAYOUT; 4 bytes: from these bytes to the settings;
 *   4 bytes: sizeof(struct settings_kept)
 */
#include "config/settings.h"

/* Never called. It is a function since only there can C constants be passed to the assembler. */
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
