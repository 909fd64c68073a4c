/* SPDX-License-Identifier: MIT */
/* replay FILE...: a fuzz target with the inputs that are kept (fuzz.h). */
#include "fuzz.h"

#include <err.h>

int main(int argc, char **argv)
{
	static uint8_t data[1 << 16];

	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		size_t size;

		if (file == NULL)
			err(1, "%s", argv[i]);
		size = fread(data, 1, sizeof data, file);
		fclose(file);
		LLVMFuzzerTestOneInput(data, size);
	}
	printf("%d inputs\n", argc - 1);
	return 0;
}
