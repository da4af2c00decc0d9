// SPDX-License-Identifier: GPL-2.0-only
/*
 * SR-IOV: a PF in the hands of one user, its VFs in the hands of others.
 *
 * The PF can listen to its VFs and take them away, and who has a VF might take
 * it for one of a trusted kernel driver.  So both must show that they know of
 * each other: by a token, a UUID, that whoever opens the PF first sets, and that
 * is given with the name of the device when it is opened.
 *
 * Lifetime: VFs go before their PF is unbound, in vfl_sriov_configure().
 */
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/uuid.h>
#include <linux/vfio.h>

#include "vfl.h"

/* The token of a PF that vfio-pci has is nothing that we could ask for. */
static int vfl_check_driver_of_pf(struct device_driver *drv, void *data)
{
	struct pci_dev *pdev = data, *physfn = pci_physfn(pdev);

	if (READ_ONCE(physfn->dev.driver) != drv ||
	    !to_pci_driver(drv)->driver_managed_dma || !strstr(drv->name, "vfio"))
		return 0;

	pci_err(pdev, "its physical function %s is bound to %s, whose VF token cannot be checked here, not bound; give both to one driver\n",
		pci_name(physfn), drv->name);
	return -EPERM;
}

/* The PF is not locked: it may be unbound, but not from us, who have VFs of it. */
static int vfl_find_pf_of_vf(struct vfl_device *vfl)
{
	vfl->pf = vfl_find(pci_physfn(vfl->pdev));
	if (vfl->pf) {
		vfl->token = &vfl->pf->vf_token;
		return 0;
	}
	return bus_for_each_drv(&pci_bus_type, NULL, vfl->pdev,
				vfl_check_driver_of_pf);
}

/* VFs of a PF in user space are not for the drivers of this kernel. */
void vfl_sriov_event(unsigned long action, struct pci_dev *pdev)
{
	struct vfl_device *vfl;
	struct pci_driver *drv;

	vfl = pdev->is_virtfn ? vfl_find(pci_physfn(pdev)) : NULL;
	if (!vfl)
		return;

	if (action == BUS_NOTIFY_ADD_DEVICE) {
		if (device_set_driver_override(&pdev->dev,
					       pci_dev_driver(vfl->pdev)->name))
			pci_warn(pdev, "could not be kept from other drivers\n");
	} else if (action == BUS_NOTIFY_BOUND_DRIVER) {
		drv = pci_dev_driver(pdev);
		if (drv && drv != pci_dev_driver(vfl->pdev))
			pci_warn(vfl->pdev, "VF %s is bound to %s\n",
				 pci_name(pdev), drv->name);
	}
}

int vfl_sriov_init(struct vfl_device *vfl)
{
	if (vfl->pdev->is_virtfn)
		return vfl_find_pf_of_vf(vfl);
	if (!vfl->pdev->is_physfn)
		return 0;

	/* Somebody may use them, who was never asked for a token. */
	if (pci_num_vf(vfl->pdev)) {
		pci_err(vfl->pdev, "has VFs already, not bound; write 0 to sriov_numvfs first\n");
		return -EBUSY;
	}

	vfl->token = &vfl->vf_token;
	uuid_gen(&vfl->token->uuid);
	return 0;
}

static void vfl_set_sriov_active(struct vfl_device *vfl, bool active)
{
	guard(rwsem_write)(&vfl->memory_lock);
	if (active)
		vfl_set_power_state(vfl, PCI_D0);
	vfl->sriov_active = active;
}

/* A PF must not sleep deeper than its VFs. */
static int vfl_enable_sriov(struct vfl_device *vfl, int nr)
{
	struct pci_dev *pdev = vfl->pdev;
	int ret;

	ret = pm_runtime_resume_and_get(&pdev->dev);
	if (ret)
		return ret;

	vfl_set_sriov_active(vfl, true);
	scoped_guard(vfl_vfs, vfl)
		ret = pci_enable_sriov(pdev, nr);
	if (!ret)
		return nr;

	vfl_set_sriov_active(vfl, false);
	pm_runtime_put(&pdev->dev);
	return ret;
}

int vfl_sriov_configure(struct vfl_device *vfl, int nr)
{
	device_lock_assert(&vfl->pdev->dev);

	if (nr)
		return vfl_enable_sriov(vfl, nr);

	if (pci_num_vf(vfl->pdev)) {
		pci_disable_sriov(vfl->pdev);
		vfl_set_sriov_active(vfl, false);
		pm_runtime_put(&vfl->pdev->dev);
	}
	return 0;
}

void vfl_sriov_count_user(struct vfl_device *vfl, int change)
{
	if (!vfl->pf)
		return;

	guard(mutex)(&vfl->token->lock);
	vfl->token->users += change;
}

int vfl_match_token(struct vfio_device *vdev, const uuid_t *uuid)
{
	struct vfl_device *vfl = to_vfl(vdev);
	struct vfl_vf_token *token = vfl->token;

	if (!token)
		return vfl_not_opened(vfl, uuid ? -EINVAL : 0,
				      "a VF token, where there is none to be given");

	guard(mutex)(&token->lock);
	if (vfl->pf || token->users) {
		if (!uuid)
			return vfl_not_opened(vfl, -EACCES, "it takes a VF token");
		if (!uuid_equal(uuid, &token->uuid))
			return vfl_not_opened(vfl, -EACCES, "wrong VF token");
	} else if (uuid) {
		uuid_copy(&token->uuid, uuid);
	}
	return 0;
}

/* Reads "vf_token=UUID" and nothing else, but for blanks. */
static int vfl_parse_options(const char *text, uuid_t *uuid, bool *given)
{
	static const char key[] = "vf_token=";

	text = skip_spaces(text);
	*given = *text;
	if (!*given)
		return 0;
	if (strncmp(text, key, strlen(key)))
		return -EINVAL;
	text += strlen(key);
	if (strlen(text) < UUID_STRING_LEN || uuid_parse(text, uuid))
		return -EINVAL;
	return *skip_spaces(text + UUID_STRING_LEN) ? -EINVAL : 0;
}

/* A group's file is asked for a device by name, and options behind it. */
int vfl_match(struct vfio_device *vdev, char *buf)
{
	struct vfl_device *vfl = to_vfl(vdev);
	const char *name = pci_name(vfl->pdev);
	size_t len = strlen(name);
	bool given;
	uuid_t uuid;
	int ret;

	if (strncmp(buf, name, len) || (buf[len] && buf[len] != ' '))
		return 0;

	ret = vfl_parse_options(buf + len, &uuid, &given);
	if (ret)
		return vfl_not_opened(vfl, ret, "only vf_token=UUID may follow its name");
	ret = vfl_match_token(vdev, given ? &uuid : NULL);
	return ret ?: 1;
}

/* It can be set, but not read: it may be that of the user before. */
int vfl_set_vf_token(struct vfl_device *vfl, u32 flags, void __user *arg,
		     size_t argsz)
{
	uuid_t uuid;
	int ret;

	if (vfl->token != &vfl->vf_token)
		return -ENOTTY;
	ret = vfio_check_feature(flags, argsz, VFIO_DEVICE_FEATURE_SET,
				 sizeof(uuid));
	if (ret != 1)
		return ret;
	if (copy_from_user(&uuid, arg, sizeof(uuid)))
		return -EFAULT;

	guard(mutex)(&vfl->token->lock);
	uuid_copy(&vfl->token->uuid, &uuid);
	return 0;
}
