#include "mapper.h"

#include <stdatomic.h>
#include <string.h>

enum { SETS = 16384, WAYS = 4, WORDS = 5 };

/*
 * A sequence lock: odd while the words are written, and a reader that finds it
 * odd, or changed, takes the entry for absent. The words are atomic so that
 * such a reader reads nothing undefined.
 */
struct entry {
	atomic_uint sequence;
	_Atomic uint32_t synthetic; /* network byte order; 0: free */
	_Atomic uint32_t stamp;
	_Atomic uint32_t words[WORDS]; /* the IPv6 address, and the scope id */
};

static struct entry table[SETS][WAYS];
static _Atomic uint32_t clock_now;

static struct entry *set_of(const struct address *synthetic)
{
	return table[ntohl(synthetic->in.sin_addr.s_addr) % SETS];
}

static void pack(uint32_t words[WORDS], const struct address *real)
{
	memcpy(words, &real->in6.sin6_addr, sizeof real->in6.sin6_addr);
	words[WORDS - 1] = real->in6.sin6_scope_id;
}

static bool read_entry(struct entry *entry, uint32_t synthetic, uint32_t words[WORDS])
{
	unsigned before = atomic_load_explicit(&entry->sequence, memory_order_acquire);

	if ((before & 1) || atomic_load_explicit(&entry->synthetic, memory_order_relaxed) != synthetic)
		return false;
	for (int i = 0; i < WORDS; i++)
		words[i] = atomic_load_explicit(&entry->words[i], memory_order_relaxed);
	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(&entry->sequence, memory_order_relaxed) == before;
}

static void write_entry(struct entry *entry, uint32_t synthetic, const uint32_t words[WORDS])
{
	unsigned before = atomic_load_explicit(&entry->sequence, memory_order_relaxed);

	if ((before & 1) || !atomic_compare_exchange_strong(&entry->sequence, &before, before + 1))
		return;
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&entry->synthetic, synthetic, memory_order_relaxed);
	for (int i = 0; i < WORDS; i++)
		atomic_store_explicit(&entry->words[i], words[i], memory_order_relaxed);
	atomic_store_explicit(&entry->stamp, atomic_fetch_add_explicit(&clock_now, 1, memory_order_relaxed),
			      memory_order_relaxed);
	atomic_store_explicit(&entry->sequence, before + 2, memory_order_release);
}

/* The entry of the synthetic address, or else the one to give way. An entry
 * left odd by a fork in the middle of a write is passed over for good. */
static struct entry *place_for(struct entry *set, uint32_t synthetic)
{
	uint32_t now = atomic_load_explicit(&clock_now, memory_order_relaxed), oldest = 0;
	struct entry *place = NULL;

	for (int way = 0; way < WAYS; way++) {
		uint32_t holds = atomic_load_explicit(&set[way].synthetic, memory_order_relaxed);
		uint32_t age = now - atomic_load_explicit(&set[way].stamp, memory_order_relaxed);

		if (atomic_load_explicit(&set[way].sequence, memory_order_relaxed) & 1)
			continue;
		if (holds == synthetic)
			return &set[way];
		if (holds == 0)
			age = UINT32_MAX;
		if (place == NULL || age > oldest) {
			place = &set[way];
			oldest = age;
		}
	}
	return place;
}

void mapper_remember(const struct address *synthetic, const struct address *real)
{
	uint32_t address = synthetic->in.sin_addr.s_addr, wanted[WORDS], present[WORDS];
	struct entry *place = place_for(set_of(synthetic), address);

	pack(wanted, real);
	if (place == NULL || (read_entry(place, address, present) && memcmp(wanted, present, sizeof wanted) == 0))
		return;
	write_entry(place, address, wanted);
}

bool mapper_find(const struct address *synthetic, struct address *real)
{
	struct entry *set = set_of(synthetic);
	uint32_t words[WORDS];
	struct in6_addr ip;

	for (int way = 0; way < WAYS; way++)
		if (read_entry(&set[way], synthetic->in.sin_addr.s_addr, words)) {
			memcpy(&ip, words, sizeof ip);
			address_set_in6(real, &ip, address_port(synthetic));
			real->in6.sin6_scope_id = words[WORDS - 1];
			return true;
		}
	return false;
}
