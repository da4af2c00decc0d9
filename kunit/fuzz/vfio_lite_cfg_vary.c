// SPDX-License-Identifier: GPL-2.0-only
/*
 * Variations of the corpus, such as capability lists suggest, for driver.c, which has no
 * coverage to steer by.  Part of vfio_lite_cfg_fuzz.c.
 */
#include <dirent.h>

#define MAX_CORPUS	256
#define MAX_ACCESSES	32

/* An input before its parts are put behind each other. */
struct input {
	struct input_head head;
	struct input_access access[MAX_ACCESSES];
	u8 bytes[PCI_CFG_SPACE_EXP_SIZE];
};

static struct input corpus[MAX_CORPUS];
static unsigned int nr_corpus;
static u64 *dice;

static u32 any(u32 below)
{
	return fuzz_any(dice, below);
}

static void load(const char *name)
{
	struct input *input = &corpus[nr_corpus];
	FILE *file = fopen(name, "r");
	size_t nr;

	if (!file)
		return;
	if (fread(&input->head, sizeof(input->head), 1, file)) {
		nr = min_t(size_t, input->head.nr, MAX_ACCESSES);
		input->head.nr = fread(input->access, sizeof(*input->access), nr, file);
		if (fread(input->bytes, 1, sizeof(input->bytes), file))
			nr_corpus++;
	}
	fclose(file);
}

unsigned int fuzz_load(const char *corpora)
{
	char directory[4096], name[8192];
	struct dirent **entry;
	int nr, i;

	snprintf(directory, sizeof(directory), "%s/vfio_lite_cfg_fuzz", corpora);
	nr = scandir(directory, &entry, NULL, alphasort);
	for (i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "%s/%s", directory, entry[i]->d_name);
		if (entry[i]->d_name[0] != '.' && nr_corpus < MAX_CORPUS)
			load(name);
		free(entry[i]);
	}
	if (nr >= 0)
		free(entry);
	return nr_corpus;
}

static size_t pack(const struct input *input, u8 *to)
{
	size_t accesses = input->head.nr * sizeof(*input->access);
	size_t bytes = input->head.flags & INPUT_EXTENDED ? 4096 : 256;

	memcpy(to, &input->head, sizeof(input->head));
	memcpy(to + sizeof(input->head), input->access, accesses);
	memcpy(to + sizeof(input->head) + accesses, input->bytes, bytes);
	return sizeof(input->head) + accesses + bytes;
}

/* Aligned or not, at either end or anywhere. */
static u32 any_place(u32 from, u32 to)
{
	u32 pos = from + any(to - from);

	switch (any(8)) {
	case 0:
		return from;
	case 1:
		return to - 4;
	case 2:
		return pos;
	default:
		return pos & ~3;
	}
}

static void put(struct input *input, u32 pos, unsigned int len, u32 val)
{
	for (; len && pos < sizeof(input->bytes); len--, pos++, val >>= 8)
		input->bytes[pos] = val;
}

static void vary_cap(struct input *input)
{
	u32 pos = any_place(0x40, 0x100) & ~3, next = any_place(0x40, 0x100);

	put(input, pos, 2, any(PCI_CAP_ID_MAX + 2) | next << 8);
	if (any(2))
		put(input, pos + 2, 2, any(0x10000));
	if (any(4) == 0)
		put(input, PCI_CAPABILITY_LIST, 1, pos);
	if (any(4))
		put(input, PCI_STATUS, 1, PCI_STATUS_CAP_LIST);
}

static void vary_ext_cap(struct input *input)
{
	u32 pos = any(4) ? any_place(0x100, 0x1000) & ~3 : 0x100;
	u32 next = any_place(0, 0x1000);

	put(input, pos, 4, any(PCI_EXT_CAP_ID_MAX + 2) | 1 << 16 | next << 20);
	if (any(2))
		put(input, pos + 4 + any(8), 4, any(0xffffffff));
	if (any(2))
		input->head.flags |= INPUT_EXTENDED;
}

static void vary_access(struct input *input)
{
	u32 limit = input->head.flags & INPUT_EXTENDED ? 4096 : 256;
	u32 pos = any_place(any(2) ? 0 : 0x40, any(2) ? limit : 0x100);
	u32 val = any(3) ? any(0xffffffff) : 0xffffffff;
	struct input_access access = {
		.pos = { pos, pos >> 8 },
		.len = (any(2) ? 3 : any(16)) | (any(4) ? INPUT_WRITE : 0),
		.val = { val, val >> 8, val >> 16, val >> 24 },
	};

	if (input->head.nr < MAX_ACCESSES)
		input->head.nr++;
	input->access[any(input->head.nr)] = access;
}

static void vary(struct input *input)
{
	switch (any(8)) {
	case 0:
		input->head.flags ^= 1 << any(6);
		break;
	case 1:
		input->head.bar[any(7)] = any(256);
		break;
	case 2:
		put(input, any_place(0, 0x200), 1, any(256));
		break;
	case 3:
	case 4:
		vary_cap(input);
		break;
	case 5:
		vary_ext_cap(input);
		break;
	default:
		vary_access(input);
		break;
	}
}

/* All of the corpus as it is, then variations of it. */
size_t fuzz_make(u8 *to, unsigned long run, u64 *state)
{
	static struct input input;
	unsigned int times;

	_Static_assert(sizeof(input) <= FUZZ_MAX, "an input fits");
	dice = state;
	if (run < nr_corpus)
		return pack(&corpus[run], to);
	input = corpus[any(nr_corpus)];
	for (times = 1 + any(32); times; times--)
		vary(&input);
	return pack(&input, to);
}
