// SPDX-License-Identifier: GPL-2.0-only
/*
 * All questions to one device, under one driver. See ask.h.
 */
#include "answers.h"
#include "ask.h"

static const struct {
	const char *name;
	void (*ask)(const struct vfio *vfio);
	bool of_group;		/* the device's own node has no such thing */
} chapters[] = {
	{ "names", ask_names, true },
	{ "info", ask_info, false },
	{ "config", ask_config, false },
	{ "regions", ask_regions, false },
	{ "mmap", ask_mmap, false },
	{ "irqs", ask_irqs, false },
	{ "resets", ask_resets, false },
	{ "features", ask_features, false },
	{ "ioeventfds", ask_ioeventfds, false },
	{ "pasids", ask_pasids, false },
};

void ask_everything(const char *path, const struct pci_dev *dev, const char *driver,
		    ask_opener open)
{
	struct vfio vfio;
	size_t i;

	if (file_exists(path))
		return;
	vfio_bind(dev, driver);
	answers_begin(path);
	for (i = 0; i < ARRAY_SIZE(chapters); i++) {
		if (chapters[i].of_group && open != vfio_open)
			continue;
		open(&vfio, dev);
		answer("chapter %s", chapters[i].name);
		chapters[i].ask(&vfio);
		vfio_close(&vfio);
		ask_config_left(dev, "after close");
	}
	pci_unbind(dev);
	ask_config_left(dev, "after unbind");
	answers_end();
}
