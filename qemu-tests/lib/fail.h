/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults on demand, in what a test does itself: the Nth allocation or copy from or to
 * user space fails (Documentation/fault-injection of the kernel, fail-nth), or the Nth
 * call of a function (qemu-tests/fixture/fault_fixture.c).
 */
#ifndef LIB_FAIL_H
#define LIB_FAIL_H

#include "sys.h"

/*
 * struct fail_step - what is to survive all of them
 * @what: in the words of a report
 * @prepare: each time, before @act and without faults; or NULL
 * @act: 0 or more, or -errno; best no more than one system call
 * @undo: after an @act that went well
 * @check: after an @act that failed, and after @undo: that nothing is left of it
 * @never: it must not fail, whatever does
 */
struct fail_step {
	const char *what;
	void (*prepare)(void);
	int (*act)(void);
	void (*undo)(void);
	void (*check)(void);
	bool never;
};

/* Skip the case where the kernel has no faults to offer; else get ready. */
void fail_init(void);

/*
 * No allocation below a function of the kernel from @first up to, and without, @last,
 * in the order in which they were linked. One range at a time: by fail_init(), it is
 * kmemleak. A kernel that cannot do it skips the case.
 */
void fail_spare(const char *first, const char *last);

/* Files of interrupts in /proc: the kernel does without, and warns when they go. */
#define FAIL_SPARE_PROC		"pde_subdir_find", "remove_proc_entry"

/* A VFIO group that could not be added to sysfs warns when it goes, and leaks. */
#define FAIL_SPARE_GROUP	"vfio_create_group", "vfio_noiommu_group_alloc"

/*
 * A VF that cannot be added makes the kernel warn (pci_device_add()), and is not taken
 * away, so that the next one is a BUG (pci_iov_add_virtfn()).
 */
#define FAIL_SPARE_VF		"pci_iov_add_virtfn", "pci_iov_remove_virtfn"

/* Likewise, allocations below these functions only. */
void fail_only(const char *first, const char *last);

/* What a driver registers; loading as such is the kernel's. */
#define FAIL_ONLY_REGISTER	"__pci_register_driver", "pci_dev_driver"

/* An ID that a driver adds, and the probes of devices that have it. */
#define FAIL_ONLY_ADD_ID	"pci_add_dynid", "pci_uevent_ers"

/* Unload the fixture. */
void fail_cleanup(void);

/* A write of one system call, as steps are best made of: 0 or -errno. */
int fail_put(int fd, const char *text);

/*
 * Fail one after the other, until the step does not get to the Nth any more; of many,
 * only some, but for --stress. After each step that failed it must go well at once when
 * tried again. Both return how often it failed.
 */
int fail_memory(const struct fail_step *step);

/*
 * The same with a function of the kernel, which returns @error; it must be called at
 * all, and change nothing where it fails (__pm_runtime_resume() counts a user first, and
 * so it is rpm_resume() that fails). At last, all of its calls fail at once.
 */
int fail_function(const char *function, int error, const struct fail_step *step);

/* Without a step: the @nth call of it by this process fails, or, by 0, each. */
void fail_begin(const char *function, int error, int nth);
void fail_end(void);

#endif /* LIB_FAIL_H */
