// SPDX-License-Identifier: GPL-2.0-only
/*
 * An Intel 82576 with virtual functions. See igb.h.
 */
#include <dirent.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "igb.h"
#include "ktap.h"

#define MODULE		"igb"

/* Extended interrupt registers, of PF and VF; bit N stands for vector N. */
#define EICS		IGB_TRIGGER	/* set a cause */
#define EIMS		0x1524	/* let it through */
#define EIAC		0x152c	/* clear the cause by itself */
#define EICR		0x1580	/* causes; a one clears */
#define VECTOR_0	BIT(0)

/* Of the PF only. */
#define GPIE		0x1514
#define   GPIE_MSIX	BIT(4)

static bool netdev_name(const struct pci_dev *pf, char *name, size_t size)
{
	struct dirent *entry;
	char path[PATH_LEN];
	DIR *dir;

	pci_path(pf, "net", path, sizeof(path));
	dir = opendir(path);
	if (!dir)
		return false;
	name[0] = '\0';
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(name, size, "%.15s", entry->d_name);
	closedir(dir);
	return name[0];
}

static bool net_is(const char *name, const char *attribute, const char *value)
{
	char path[PATH_LEN], text[16];

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", name, attribute);
	return !__file_read(path, text, sizeof(text)) && !strcmp(text, value);
}

/* "carrier" tells at once that it goes down, "operstate" not before all know it is up. */
static void wait_for_link(const char *name)
{
	if (!wait_for(net_is(name, "carrier", "1") && net_is(name, "operstate", "up"),
		      SOON_MS))
		diag("the link of %s does not come up", name);
}

/* Only an interface that is up has the MSI-X mode on which VFs depend. */
static void set_up(const char *name)
{
	int fd = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	struct ifreq request = { 0 };

	snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
	MUST(ioctl(fd, SIOCGIFFLAGS, &request));
	request.ifr_flags |= IFF_UP;
	MUST(ioctl(fd, SIOCSIFFLAGS, &request));
	close(fd);
}

void igb_set_vfs(const struct pci_dev *pf, int count)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", count);
	pci_attr_write(pf, "sriov_numvfs", text);
}

/*
 * When its link comes up, igb tells its VFs, and that must not be while they are made,
 * as it counts them before it allocates what it keeps of each, nor while a test uses
 * them, as it is an interrupt to them. The link goes down and up when they are made.
 */
void igb_start(struct pci_dev *pf, int count)
{
	char name[IFNAMSIZ];

	if (!module_available(MODULE))
		skip("no module " MODULE);
	*pf = pci_find(IGB_VENDOR, IGB_PF_DEVICE, 0);
	module_load(MODULE, "");
	CHECK(pci_driven_by(pf, "igb"));
	CHECK(wait_for(netdev_name(pf, name, sizeof(name)), SOON_MS));
	set_up(name);
	wait_for_link(name);
	igb_set_vfs(pf, count);
	wait_for_link(name);
}

void igb_stop(void)
{
	struct pci_dev pf;

	if (!__pci_find(IGB_VENDOR, IGB_PF_DEVICE, 0, &pf) && pci_driven_by(&pf, "igb"))
		igb_set_vfs(&pf, 0);
	if (module_loaded(MODULE))
		CHECK(wait_for(!__module_unload(MODULE), SOON_MS));
}

struct pci_dev igb_vf(int nth)
{
	return pci_find(IGB_VENDOR, IGB_VF_DEVICE, nth);
}

static void enable_vectors(void *regs, u32 vectors)
{
	mmio_write32(regs, EICR, vectors);
	mmio_write32(regs, EIAC, vectors);
	mmio_write32(regs, EIMS, vectors);
}

void igb_enable_vectors(void *regs, u32 vectors)
{
	mmio_write32(regs, GPIE, GPIE_MSIX);
	enable_vectors(regs, vectors);
}

void igb_trigger(void *regs, u32 vectors)
{
	mmio_write32(regs, EICS, vectors);
}

void igb_vf_enable_vector(void *regs)
{
	enable_vectors(regs, VECTOR_0);
}

void igb_vf_trigger(void *regs)
{
	igb_trigger(regs, VECTOR_0);
}
