/* SPDX-License-Identifier: MIT */
#include "cmd/unseen.h"

#include "cmd/say.h"
#include "inspect/reach.h"

static size_t count(const struct listing *listing, bool owned, enum borrow_refusal refusal)
{
	size_t unseen = 0;

	for (size_t i = 0; i < listing->count; i++) {
		const struct listener *one = &listing->list[i];

		unseen += one->refusal == refusal && (!owned || one->owner_count > 0) &&
			  reach_of(listing, one) == REACH_DUAL_UNSEEN;
	}
	return unseen;
}

void unseen_say(const struct listing *listing, bool owned)
{
	for (enum borrow_refusal refusal = BORROW_UNREFUSED; refusal <= BORROW_FORBIDDEN; refusal++) {
		size_t unseen = count(listing, owned, refusal);

		if (unseen > 0)
			say("%zu dual-stack socket%s: whether by dualbind cannot be seen: %s", unseen,
			    unseen > 1 ? "s" : "", borrow_words(refusal));
	}
}
