// SPDX-License-Identifier: GPL-2.0-only
/*
 * The choice of the interrupt mode: by module parameter for all devices, by
 * attribute for one device while it is closed; and the reasons for the choice.
 *
 * Machine: edu
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/ktap.h"
#include "lib/ug.h"

/* What an edu, which has INTx and MSI, makes of each word. */
static const struct {
	const char *asked;
	const char *got;
} words[] = {
	{ "auto", "msi" },
	{ "msix", "msi" },
	{ "msi", "msi" },
	{ "intx", "intx" },
	{ "legacy", "intx" },
	{ "none", "none" },
};

static const char * const nonsense[] = {
	"", "MSI", "ms", "msi2", "msi,intx", "msi msi", " msi", "1", "off",
	"a-word-that-is-longer-than-any-buffer-for-words-would-reasonably-be",
};

static void every_parameter_is_taken(void)
{
	struct pci_dev dev;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		dev = ug_bind_edu(words[i].asked);
		ug_check_mode(&dev, words[i].got);
		pci_unbind(&dev);
		module_unload(UG);
	}
}

static void bad_parameter_is_refused(void)
{
	char params[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nonsense); i++) {
		snprintf(params, sizeof(params), "intr_mode=\"%s\"", nonsense[i]);
		CHECK_EQ(__module_load(UG, params), -EINVAL);
		CHECK(!module_loaded(UG));
	}
	CHECK_EQ(__module_load(UG, "intr_mode"), -EINVAL);
	CHECK(!module_loaded(UG));
}

static void parameter_is_read_only(void)
{
	const char *path = "/sys/module/uio_generic/parameters/intr_mode";
	struct stat info;
	char text[32];

	ug_load("msi");
	MUST(stat(path, &info));
	CHECK_EQ(info.st_mode & 0777, 0444);
	MUST(__file_read(path, text, sizeof(text)));
	CHECK_STR(text, "msi");
}

static void default_is_auto(void)
{
	struct pci_dev dev = edu_dut();

	module_load(UG, "");
	pci_bind(&dev, UG);
	ug_check_mode(&dev, "msi");
}

static void less_than_asked_is_said(void)
{
	int log = kmsg_open();
	struct pci_dev dev = ug_bind_edu("msix");

	CHECK(kmsg_has(log, "intr_mode=msix"));
	ug_check_mode(&dev, "msi");
}

static void attribute_chooses(void)
{
	struct pci_dev dev = ug_bind_edu("auto");

	ug_set_mode(&dev, "intx\n");
	ug_check_mode(&dev, "intx");
	ug_set_mode(&dev, "none");
	ug_check_mode(&dev, "none");
	ug_set_mode(&dev, "msi");
	ug_check_mode(&dev, "msi");
	ug_set_mode(&dev, "auto");
	ug_check_mode(&dev, "msi");
}

/* The wish counts from the next open on, and every time it is changed. */
static void attribute_switches_interrupts(void)
{
	static const char * const turns[] = { "intx", "msi", "intx", "msi", "auto" };
	struct ug ug = ug_open_edu("msi");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(turns); i++) {
		ug_check_interrupt(&ug);
		ug_close(&ug);
		ug_set_mode(&ug.dev, turns[i]);
		ug_open(&ug, &ug.dev);
		CHECK_EQ(pci_msi_enabled(&ug.dev), !!strcmp(turns[i], "intx"));
	}
	ug_check_interrupt(&ug);
}

static void open_device_keeps_its_mode(void)
{
	struct ug ug = ug_open_edu("msi");

	CHECK_EQ(__ug_set_mode(&ug.dev, "intx"), -EBUSY);
	CHECK_EQ(__ug_set_mode(&ug.dev, "msi"), -EBUSY);
	CHECK_EQ(__ug_set_mode(&ug.dev, "auto"), -EBUSY);
	CHECK_EQ(__ug_set_mode(&ug.dev, "nonsense"), -EINVAL);
	ug_check_mode(&ug.dev, "msi");
	ug_check_interrupt(&ug);
}

static void bad_words_change_nothing(void)
{
	struct pci_dev dev = ug_bind_edu("intx");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nonsense); i++) {
		if (!nonsense[i][0])
			continue;	/* sysfs does not pass on an empty write */
		CHECK_EQ(__ug_set_mode(&dev, nonsense[i]), -EINVAL);
		ug_check_mode(&dev, "intx");
	}
	CHECK_EQ(__ug_set_mode(&dev, "\n"), -EINVAL);
}

static void impossible_mode_changes_nothing(void)
{
	struct pci_dev dev = ug_bind_edu("intx");

	CHECK_EQ(__ug_set_mode(&dev, "msix"), -EOPNOTSUPP);
	ug_check_mode(&dev, "intx");
}

static void choice_gives_reasons(void)
{
	struct pci_dev dev = ug_bind_edu("auto");
	char text[1024];

	ug_check_choice(&dev, "msix: no MSI-X capability");
	ug_check_choice(&dev, "msi: chosen");
	ug_attr(&dev, "intr_choice", text, sizeof(text));
	CHECK(strstr(text, "asked: auto\nmsix: ") == text);
	CHECK(strstr(text, "\nmsi: ") < strstr(text, "\nintx: "));
	CHECK(strstr(text, "\nintx: ") < strstr(text, "\nnone: "));
	ug_set_mode(&dev, "intx");
	ug_check_choice(&dev, "intx: chosen");
	ug_check_choice(&dev, "msi: not asked for");
}

static const struct ktap_case cases[] = {
	CASE(every_parameter_is_taken),
	CASE(bad_parameter_is_refused),
	CASE(parameter_is_read_only),
	CASE(default_is_auto),
	CASE(less_than_asked_is_said),
	CASE(attribute_chooses),
	CASE(attribute_switches_interrupts),
	CASE(open_device_keeps_its_mode),
	CASE(bad_words_change_nothing),
	CASE(impossible_mode_changes_nothing),
	CASE(choice_gives_reasons),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}
