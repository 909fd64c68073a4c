/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "inspect/held.h"

#include "config/settings.h"

#include <elf.h>
#include <string.h>

/* More than any library needs. */
enum { PARTS_MAX = 64, NOTES_BYTES = 4096 };

struct place {
	uint64_t base;
	held_reader *read;
	void *context;
	bool unreadable;
};

static bool copy(struct place *place, uint64_t address, void *to, size_t size)
{
	if (place->read(place->context, address, to, size))
		return true;
	place->unreadable = true;
	return false;
}

/* The note that is looked for, and the thing whose place it tells. */
struct wanted {
	const char *name;
	uint32_t layout, size;
};

/* The address of that thing, from its note among LENGTH bytes at ADDRESS; 0: there is no such note. */
static uint64_t find_note(const struct wanted *wanted, const unsigned char *notes, size_t length, size_t align,
			  uint64_t address)
{
	struct {
		int32_t distance;
		uint32_t size;
	} told;
	Elf64_Nhdr note;

	for (size_t at = 0; at + sizeof note <= length;) {
		size_t of_name = at + sizeof note, of_told;

		memcpy(&note, notes + at, sizeof note);
		if (note.n_namesz > NOTES_BYTES || note.n_descsz > NOTES_BYTES)
			return 0;
		of_told = of_name + ((note.n_namesz + align - 1) & ~(align - 1));
		at = of_told + ((note.n_descsz + align - 1) & ~(align - 1));
		if (note.n_namesz != strlen(wanted->name) + 1 || of_told + note.n_descsz > length ||
		    memcmp(notes + of_name, wanted->name, note.n_namesz) != 0)
			continue;
		if (note.n_type != wanted->layout || note.n_descsz != sizeof told)
			return 0;
		memcpy(&told, notes + of_told, sizeof told);
		return told.size == wanted->size ? address + of_told + (uint64_t)told.distance : 0;
	}
	return 0;
}

static uint64_t search_part(struct place *place, const struct wanted *wanted, const Elf64_Phdr *part)
{
	_Alignas(Elf64_Nhdr) unsigned char notes[NOTES_BYTES];
	size_t length = part->p_filesz < sizeof notes ? part->p_filesz : sizeof notes;
	uint64_t address = place->base + part->p_vaddr;

	if (part->p_type != PT_NOTE || !copy(place, address, notes, length))
		return 0;
	return find_note(wanted, notes, length, part->p_align == 8 ? 8 : 4, address);
}

static uint64_t find(struct place *place, const struct wanted *wanted)
{
	Elf64_Ehdr header;
	Elf64_Phdr part;
	uint64_t found = 0;

	if (!copy(place, place->base, &header, sizeof header) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_phentsize != sizeof part)
		return 0;
	for (unsigned i = 0; i < header.e_phnum && i < PARTS_MAX && found == 0; i++)
		if (copy(place, place->base + header.e_phoff + i * sizeof part, &part, sizeof part))
			found = search_part(place, wanted, &part);
	return found;
}

/* Only bytes that are 0 or 1 are valid for a bool. */
static bool take_flag(const unsigned char *kept, size_t offset, bool *to)
{
	*to = kept[offset] != 0;
	return kept[offset] <= 1;
}

static bool take_entry(const unsigned char *from, struct allow_entry *entry)
{
	struct text program;

	*entry = (struct allow_entry){.addresses = from[offsetof(struct allow_entry, addresses)],
				      .protocols = from[offsetof(struct allow_entry, protocols)]};
	memcpy(&program, from + offsetof(struct allow_entry, program), sizeof program);
	memcpy(&entry->low, from + offsetof(struct allow_entry, low), sizeof entry->low);
	memcpy(&entry->high, from + offsetof(struct allow_entry, high), sizeof entry->high);
	return take_flag(from, offsetof(struct allow_entry, forbid), &entry->forbid) && program.length == 0 &&
	       entry->low >= 1 && entry->low <= entry->high && entry->addresses >= 1 &&
	       entry->addresses <= ALLOW_ADDRESSES && entry->protocols >= 1 && entry->protocols <= TRANSPORT_ANY;
}

static bool take_allow(const unsigned char *from, struct allowlist *allow)
{
	size_t count;

	memcpy(&count, from + offsetof(struct allowlist, count), sizeof count);
	if (count > ALLOWLIST_MAX)
		return false;
	for (allow->count = 0; allow->count < count; allow->count++)
		if (!take_entry(from + offsetof(struct allowlist, entries) +
				    allow->count * sizeof(struct allow_entry),
				&allow->entries[allow->count]))
			return false;
	return true;
}

static enum held_state take_state(const unsigned char *kept, const unsigned char *settings)
{
	bool given;
	int state;

	memcpy(&state, kept + offsetof(struct settings_kept, state), sizeof state);
	if (!take_flag(settings, offsetof(struct settings, given), &given))
		return HELD_UNKNOWN;
	switch (state) {
	case SETTINGS_UNREAD:
	case SETTINGS_READING:
		return HELD_UNREAD;
	case SETTINGS_INERT:
		return given ? HELD_MALFORMED : HELD_INERT;
	case SETTINGS_ACTIVE:
		return given ? HELD_ACTIVE : HELD_UNKNOWN;
	default:
		return HELD_UNKNOWN;
	}
}

static void take(struct held *held, const unsigned char *kept)
{
	const unsigned char *settings = kept + offsetof(struct settings_kept, settings);
	const unsigned char *pool = settings + offsetof(struct settings, pool);

	held->state = take_state(kept, settings);
	if (held->state != HELD_ACTIVE)
		return;
	memcpy(&held->pool_network, pool + offsetof(struct pool, network), sizeof held->pool_network);
	memcpy(&held->pool_length, pool + offsetof(struct pool, length), sizeof held->pool_length);
	if (!take_flag(settings, offsetof(struct settings, native_peers), &held->native_peers) ||
	    !take_flag(settings, offsetof(struct settings, dry_run), &held->dry_run) || held->pool_length > 32 ||
	    !take_allow(settings + offsetof(struct settings, allow), &held->allow))
		held->state = HELD_UNKNOWN;
}

void held_read(struct held *held, uint64_t base, held_reader *read, void *context)
{
	static const struct wanted wanted = {"dualbind", SETTINGS_LAYOUT, sizeof(struct settings_kept)};
	static _Thread_local unsigned char kept[sizeof(struct settings_kept)];
	struct place place = {.base = base, .read = read, .context = context};
	uint64_t address = find(&place, &wanted);

	memset(held, 0, sizeof *held);
	if (address != 0 && copy(&place, address, kept, sizeof kept))
		take(held, kept);
	else
		held->state = place.unreadable ? HELD_UNREADABLE : HELD_UNKNOWN;
	/* The key is not needed, and must not stay in memory. */
	memset(kept, 0, sizeof kept);
}

bool held_left_alone(uint32_t kept[LEFT_ALONE_MAX], uint64_t base, held_reader *read, void *context)
{
	enum { size = LEFT_ALONE_MAX * sizeof kept[0] };
	static const struct wanted wanted = {"dualbind-left", LEFT_ALONE_LAYOUT, size};
	struct place place = {.base = base, .read = read, .context = context};
	uint64_t address = find(&place, &wanted);

	return address != 0 && copy(&place, address, kept, size);
}
