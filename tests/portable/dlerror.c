/* Fails, and says why, where a program starts with an error of the loader's that it
 * did not make. */
#include <dlfcn.h>
#include <stdio.h>

int main(void)
{
	const char *error = dlerror();

	if (error != NULL)
		puts(error);
	return error != NULL;
}
