// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the device says of itself, its regions and its interrupts. See ask.h.
 */
#include <stdio.h>
#include <string.h>
#include <sys/poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "answers.h"
#include "ask.h"

#define BUF_LEN		4096

static u64 buf[BUF_LEN / sizeof(u64)];

static int ask(const struct vfio *vfio, unsigned long request, u32 argsz, u32 index)
{
	const u32 head[] = { argsz, 0, request == VFIO_DEVICE_GET_INFO ? 0 : index };

	memset(buf, 0, sizeof(buf));
	memcpy(buf, head, sizeof(head));
	return __vfio_ioctl(vfio->device, request, buf);
}

/* Where a capability ends is not said: as far as the next, or as was filled. */
static void answer_caps(const char *what, u32 first, u32 argsz)
{
	const struct vfio_info_cap_header *header;
	u32 at = first, end;

	while (at && at + sizeof(*header) <= argsz) {
		header = (void *)((u8 *)buf + at);
		end = header->next ?: argsz < BUF_LEN ? argsz : at + 32;
		answer("%s cap at %u: id %u version %u data %s", what, at, header->id,
		       header->version, answer_hex(header + 1, end - at - sizeof(*header)));
		at = header->next;
	}
}

static void ask_device(const struct vfio *vfio, u32 argsz)
{
	struct vfio_device_info *info = (void *)buf;
	int ret = ask(vfio, VFIO_DEVICE_GET_INFO, argsz, 0);

	answer("info argsz %u: %s flags %#x regions %u irqs %u argsz %u caps %u", argsz,
	       answer_result(ret), info->flags, info->num_regions, info->num_irqs,
	       info->argsz, info->cap_offset);
	if (!ret && argsz >= sizeof(*info))
		answer_caps("info", info->cap_offset, info->argsz);
}

static void ask_region(const struct vfio *vfio, u32 index, u32 argsz)
{
	struct vfio_region_info *info = (void *)buf;
	int ret = ask(vfio, VFIO_DEVICE_GET_REGION_INFO, argsz, index);
	char what[32];

	snprintf(what, sizeof(what), "region %u", index);
	answer("%s argsz %u: %s flags %#x size %#llx offset %#llx argsz %u caps %u", what,
	       argsz, answer_result(ret), info->flags, info->size, info->offset, info->argsz,
	       info->cap_offset);
	if (!ret)
		answer_caps(what, info->cap_offset, argsz);
}

static void ask_irq(const struct vfio *vfio, u32 index, u32 argsz)
{
	struct vfio_irq_info *info = (void *)buf;
	int ret = ask(vfio, VFIO_DEVICE_GET_IRQ_INFO, argsz, index);

	answer("irq %u argsz %u: %s flags %#x count %u argsz %u", index, argsz,
	       answer_result(ret), info->flags, info->count, info->argsz);
}

static void ask_unknown_ioctls(const struct vfio *vfio)
{
	int nr;

	for (nr = 90; nr < 130; nr++)
		if (_IO(';', nr) != VFIO_DEVICE_RESET)
			answer("ioctl %d without an argument: %s", nr,
			       answer_result(__vfio_ioctl(vfio->device, _IO(';', nr), NULL)));
	answer("ioctl of another kind: %s",
	       answer_result(__vfio_ioctl(vfio->device, _IO('x', 107), NULL)));
}

static void ask_file(const struct vfio *vfio)
{
	struct pollfd pollfd = { .fd = vfio->device, .events = -1 };
	struct stat st;
	u32 value;
	int ret;

	ret = fstat(vfio->device, &st);
	answer("file: %s mode %#o", answer_result(ret), st.st_mode);
	answer("lseek to the end: %s", answer_result(lseek(vfio->device, 0, SEEK_END)));
	ret = poll(&pollfd, 1, 0);
	answer("poll: %d %#x", ret, pollfd.revents);
	answer("read without offset: %s", answer_result(read(vfio->device, &value, 4)));
	answer("fsync: %s", answer_result(fsync(vfio->device)));
}

void ask_info(const struct vfio *vfio)
{
	static const u32 sizes[] = { 0, 8, 15, 16, 20, 23, 24, 31, 32, 40, 64, 4096 };
	static const u32 indexes[] = { 10, 100, 0x7fffffff, 0x80000000, 0xffffffff };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ask_device(vfio, sizes[i]);
		for (j = 0; j < 10; j++)
			ask_region(vfio, j, sizes[i]);
		for (j = 0; j < 7; j++)
			ask_irq(vfio, j, sizes[i]);
	}
	for (j = 0; j < ARRAY_SIZE(indexes); j++) {
		ask_region(vfio, indexes[j], 4096);
		ask_irq(vfio, indexes[j], 4096);
	}
	ask_unknown_ioctls(vfio);
	ask_file(vfio);
}
