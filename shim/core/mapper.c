#include "mapper.h"

#include "sys.h"

#include <stdatomic.h>
#include <string.h>

enum { SETS = 4096, WAYS = 16, WORDS = 5, PATIENCE = 64, HINTS = 1024 };

/*
 * Entries are guarded by sequence locks: odd while the words are written, and a
 * reader that finds it odd, or changed, takes the entry for absent. The words
 * are atomic so that such a reader reads nothing undefined. The addresses that
 * are searched for lie together, in one cache line.
 */
struct set {
	_Atomic uint32_t synthetic[WAYS]; /* network byte order; 0: free */
	_Atomic uint32_t shown[WAYS];     /* the age of the table when it was last shown */
	struct {
		atomic_uint sequence;
		_Atomic uint32_t words[WORDS]; /* the IPv6 address, and the scope id */
	} entry[WAYS];
};

/*
 * The first choices of addresses that were shown lately, by a quick hash: for a
 * client that sends again the keyed one need not be computed. A hint proves
 * nothing: its entry is looked at.
 */
struct memory {
	struct set sets[SETS];
	_Atomic uint32_t hints[HINTS];
	_Atomic uint32_t age; /* how many entries were ever written */
};

static struct memory own __attribute__((aligned(64)));
static struct memory *memory = &own;

void mapper_share(void)
{
	void *shared = sys_map_shared(sizeof *memory);

	if (shared != NULL)
		memory = shared;
}

static struct set *set_of(uint32_t synthetic)
{
	return &memory->sets[ntohl(synthetic) % SETS];
}

static void pack(uint32_t words[WORDS], const struct address *real)
{
	memcpy(words, &real->in6.sin6_addr, sizeof real->in6.sin6_addr);
	words[WORDS - 1] = real->in6.sin6_scope_id;
}

static bool read_entry(struct set *set, int way, uint32_t synthetic, uint32_t words[WORDS])
{
	unsigned before = atomic_load_explicit(&set->entry[way].sequence, memory_order_acquire);

	if ((before & 1) || atomic_load_explicit(&set->synthetic[way], memory_order_relaxed) != synthetic)
		return false;
	for (int i = 0; i < WORDS; i++)
		words[i] = atomic_load_explicit(&set->entry[way].words[i], memory_order_relaxed);
	atomic_thread_fence(memory_order_acquire);
	return atomic_load_explicit(&set->entry[way].sequence, memory_order_relaxed) == before;
}

/* Which way holds the address; -1: none. One that is being written is waited
 * for, though not for long: it may be this very thread, under a signal handler,
 * or one that was not copied by fork. */
static int find(struct set *set, uint32_t synthetic, uint32_t words[WORDS])
{
	for (int way = 0; way < WAYS; way++)
		for (int tries = 0; tries < PATIENCE; tries++) {
			if (atomic_load_explicit(&set->synthetic[way], memory_order_relaxed) != synthetic)
				break;
			if (read_entry(set, way, synthetic, words))
				return way;
		}
	return -1;
}

static bool write_entry(struct set *set, int way, uint32_t synthetic, const uint32_t words[WORDS])
{
	atomic_uint *sequence = &set->entry[way].sequence;
	unsigned before = atomic_load_explicit(sequence, memory_order_relaxed);

	if ((before & 1) || !atomic_compare_exchange_strong(sequence, &before, before + 1))
		return false;
	atomic_thread_fence(memory_order_release);
	atomic_store_explicit(&set->synthetic[way], synthetic, memory_order_relaxed);
	for (int i = 0; i < WORDS; i++)
		atomic_store_explicit(&set->entry[way].words[i], words[i], memory_order_relaxed);
	atomic_store_explicit(&set->shown[way],
			      1 + atomic_fetch_add_explicit(&memory->age, 1, memory_order_relaxed),
			      memory_order_relaxed);
	atomic_store_explicit(sequence, before + 2, memory_order_release);
	return true;
}

static uint32_t unseen_for(struct set *set, int way)
{
	return atomic_load_explicit(&memory->age, memory_order_relaxed) -
	       atomic_load_explicit(&set->shown[way], memory_order_relaxed);
}

/* The way that gives way: a free one, or that longest not shown. An entry left
 * odd by a fork in the middle of a write is passed over for good. */
static int oldest_of(struct set *set)
{
	uint32_t longest = 0;
	int oldest = -1;

	for (int way = 0; way < WAYS; way++) {
		if (atomic_load_explicit(&set->entry[way].sequence, memory_order_relaxed) & 1)
			continue;
		if (atomic_load_explicit(&set->synthetic[way], memory_order_relaxed) == 0)
			return way;
		if (oldest < 0 || unseen_for(set, way) > longest) {
			oldest = way;
			longest = unseen_for(set, way);
		}
	}
	return oldest;
}

struct choice {
	uint32_t synthetic;
	int way; /* -1: it stands for nobody yet */
};

static _Atomic uint32_t *hint_for(const uint32_t wanted[WORDS])
{
	uint32_t mixed =
	    wanted[0] ^ wanted[1] ^ wanted[2] * UINT32_C(0x9e3779b1) ^ wanted[3] * UINT32_C(0x85ebca77);

	return &memory->hints[(mixed ^ mixed >> 11 ^ mixed >> 22) % HINTS];
}

/* Whether one of the pool's choices stands for the address. If not, CHOICE is
 * the one that is to stand for it. */
static bool choose(const struct pool *pool, const struct address *real, const uint32_t wanted[WORDS],
		   struct choice *choice)
{
	uint32_t present[WORDS], longest = 0;

	choice->way = -1;
	for (unsigned step = 0; step < POOL_CHOICES; step++) {
		uint32_t synthetic = pool_show(pool, real, step).in.sin_addr.s_addr;
		struct set *set = set_of(synthetic);
		int way = find(set, synthetic, present);

		if (way >= 0 && memcmp(wanted, present, sizeof present) == 0) {
			*choice = (struct choice){synthetic, way};
			if (step == 0)
				atomic_store_explicit(hint_for(wanted), synthetic, memory_order_relaxed);
			return true;
		}
		if (way < 0 || choice->way < 0 || unseen_for(set, way) > longest)
			*choice = (struct choice){synthetic, way};
		if (way < 0)
			break;
		longest = unseen_for(set_of(choice->synthetic), choice->way);
	}
	return false;
}

static bool choose_by_hint(const struct pool *pool, const uint32_t wanted[WORDS], struct choice *choice)
{
	uint32_t present[WORDS];
	struct address hinted;

	choice->synthetic = atomic_load_explicit(hint_for(wanted), memory_order_relaxed);
	address_set_in(&hinted, choice->synthetic, 0);
	if (!pool_contains(pool, &hinted))
		return false;
	choice->way = find(set_of(choice->synthetic), choice->synthetic, present);
	return choice->way >= 0 && memcmp(wanted, present, sizeof present) == 0;
}

static void refresh(const struct choice *choice)
{
	_Atomic uint32_t *shown = &set_of(choice->synthetic)->shown[choice->way];
	uint32_t now = atomic_load_explicit(&memory->age, memory_order_relaxed);

	/* Not written needlessly: other threads read the same cache line. */
	if (atomic_load_explicit(shown, memory_order_relaxed) != now)
		atomic_store_explicit(shown, now, memory_order_relaxed);
}

static void remember(const struct choice *choice, const uint32_t words[WORDS])
{
	struct set *set = set_of(choice->synthetic);
	int way = choice->way >= 0 ? choice->way : oldest_of(set);

	/* Where another thread took the same way at this moment, the next. */
	for (int tries = 0; tries < WAYS && way >= 0; tries++) {
		if (write_entry(set, way, choice->synthetic, words))
			return;
		way = oldest_of(set);
	}
}

struct address mapper_show(const struct pool *pool, const struct address *real)
{
	struct address shown;
	struct choice choice;
	uint32_t wanted[WORDS];

	pack(wanted, real);
	if (choose_by_hint(pool, wanted, &choice) || choose(pool, real, wanted, &choice))
		refresh(&choice);
	else
		remember(&choice, wanted);
	address_set_in(&shown, choice.synthetic, address_port(real));
	return shown;
}

void mapper_claim(const struct address *address)
{
	struct choice choice = {.synthetic = address->in.sin_addr.s_addr};
	struct address mapped = *address;
	uint32_t wanted[WORDS], present[WORDS];

	address_map(&mapped);
	pack(wanted, &mapped);
	choice.way = find(set_of(choice.synthetic), choice.synthetic, present);
	if (choice.way >= 0 && memcmp(wanted, present, sizeof present) == 0)
		refresh(&choice);
	else
		remember(&choice, wanted);
}

bool mapper_find(const struct address *synthetic, struct address *real)
{
	uint32_t address = synthetic->in.sin_addr.s_addr, words[WORDS];
	struct in6_addr ip;

	if (find(set_of(address), address, words) < 0)
		return false;
	memcpy(&ip, words, sizeof ip);
	address_set_in6(real, &ip, address_port(synthetic));
	real->in6.sin6_scope_id = words[WORDS - 1];
	return true;
}
