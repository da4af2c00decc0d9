// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities that QEMU's devices lack and real ones have: a fixture puts them into
 * an edu's config space. KUnit knows many more lists (kunit/vfio_lite_odd_devices.h);
 * here the driver meets some.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <stdio.h>
#include <string.h>

#include "lib/fail.h"
#include "lib/fixture.h"
#include "lib/ktap.h"
#include "lib/trace.h"
#include "lib/vfio_dut.h"

#define FAILING_REGISTER	"/sys/module/" CFG_FIXTURE "/parameters/fail"

#define EXT	PCI_CFG_SPACE_SIZE

/* Of VFIO_DEVICE_GET_INFO; younger than the headers of some systems. */
#define ATOMIC_CAP	5
#define ATOMIC_COMP32	BIT(0)
#define ATOMIC_COMP64	BIT(1)

#define VPD_AT		0x60
#define UNKNOWN_VPD	"bytes=34:60,60:0300000000000000"
#define VPD		UNKNOWN_VPD " vpd=60"

/* Little-endian words: "AT:ID, NEXT and what follows". */
#define CAPS	"34:60,"			\
		"60:03680000,"		/* VPD */		\
		"68:0970070000000000,"	/* vendor-specific */	\
		"70:137806030000,"	/* AF, that can reset */	\
		"78:0790002000000000,"	/* PCI-X 2.0 */		\
		"90:08a80020,"		/* HyperTransport */	\
		"a8:12b810000f000000,"	/* SATA, inline */	\
		"b8:0ac00000,"		/* debug port: hidden */	\
		"c0:0100030000000000"	/* power management */

#define EXT_CAPS						\
		"100:0b00011100000001,"	/* vendor-specific */	\
		"110:2300011200000001,"	/* DVSEC */		\
		"120:0d00011420200000,"	/* ACS, with egress control */	\
		"140:15000115,148:20000000,"	/* resizable BAR */	\
		"150:1600011703000000,"	/* DPA */		\
		"170:1700011900020300,"	/* TPH, with its table */	\
		"190:020001200000000008000000,"	/* VC, 128 phases */	\
		"200:090001280000000004000000,"	/* VC, 64 phases */	\
		"280:080001300000000002000000,"	/* MFVC, 32 phases */	\
		"300:1b000132,"		/* PASID: hidden */	\
		"320:04000134,"		/* power budgeting */	\
		"340:1700013600000000,"	/* TPH, without a table */	\
		"360:0d00013800000000,"	/* ACS, without egress control */	\
		"380:03000100"		/* serial number */

/* Behind a PCI-X 2.0: PASID twice, serial number. */
#define HIDDEN_FIRST	"34:78,78:0700002000000000,100:1b000112,120:1b000114,140:03000100"

static struct pci_dev odd_device(const char *name, const char *params)
{
	struct pci_dev dev = vfio_dut(name);
	char all[1024];

	snprintf(all, sizeof(all), "device=%s %s", dev.bdf, params);
	module_load(CFG_FIXTURE, all);
	return dev;
}

static struct vfio open_odd(const char *name, const char *params)
{
	struct pci_dev dev = odd_device(name, params);
	struct vfio vfio;

	vfio_bind(&dev, vfio_driver());
	vfio_open(&vfio, &dev);
	return vfio;
}

static u32 config(const struct vfio *vfio, int at, int size)
{
	return vfio_read(vfio, VFIO_CONFIG, at, size);
}

/* The IDs of the list that the user sees, in hexadecimal. */
static const char *caps(const struct vfio *vfio)
{
	static char text[256];
	int at, len = 0;

	text[0] = '\0';
	for (at = config(vfio, PCI_CAPABILITY_LIST, 1); at; at = config(vfio, at + 1, 1))
		len += snprintf(text + len, sizeof(text) - len, "%s%x", len ? " " : "",
				config(vfio, at, 1));
	return text;
}

static const char *ext_caps(const struct vfio *vfio)
{
	static char text[256];
	int at = EXT, len = 0;

	for (text[0] = '\0'; at; at = config(vfio, at, 4) >> 20)
		len += snprintf(text + len, sizeof(text) - len, "%s%x", len ? " " : "",
				config(vfio, at, 2));
	return text;
}

static void all_kinds_are_told(void)
{
	struct vfio vfio;

	vfio_skip_in_tree_6_1("hides DVSEC");
	vfio = open_odd("edu1", "bytes=" CAPS "," EXT_CAPS " size=4096");
	CHECK_STR(caps(&vfio), "3 9 13 7 8 12 1");
	CHECK_STR(ext_caps(&vfio), "b 23 d 15 16 17 2 9 8 4 17 d 3");
}

/* Between them is what devices hide; a capability's own registers are kept. */
static void registers_are_kept_for_their_length(void)
{
	struct vfio vfio = open_odd("edu1", "bytes=" CAPS "," EXT_CAPS
				    ",27c:00000000 size=4096");

	vfio_write(&vfio, VFIO_CONFIG, 0x68, 4, 0x12345678);	/* the header stays */
	CHECK_EQ(config(&vfio, 0x68, 4), 0x12347009);
	vfio_write(&vfio, VFIO_CONFIG, 0xac, 4, 0x12345678);
	CHECK_EQ(config(&vfio, 0xac, 4), 0xf);
	vfio_write(&vfio, VFIO_CONFIG, 0x208, 4, 0x12345678);
	CHECK_EQ(config(&vfio, 0x208, 4), 4);
	vfio_write(&vfio, VFIO_CONFIG, 0x27c, 4, 0x12345678);	/* 200h is 40h long */
	CHECK_EQ(config(&vfio, 0x27c, 4), 0x12345678);
}

static void hidden_first_one_leaves_an_anchor(void)
{
	struct vfio vfio = open_odd("edu1", "bytes=" HIDDEN_FIRST " size=4096");

	CHECK_STR(ext_caps(&vfio), "0 3");
}

static void list_may_be_hidden_whole(void)
{
	struct vfio vfio = open_odd("edu1", "bytes=34:b8,b8:0a000000");

	CHECK_EQ(config(&vfio, PCI_CAPABILITY_LIST, 1), 0);
	CHECK(!(config(&vfio, PCI_STATUS, 2) & PCI_STATUS_CAP_LIST));
}

static bool vpd_done(const struct vfio *vfio, u16 flag)
{
	return (config(vfio, VPD_AT + PCI_VPD_ADDR, 2) & PCI_VPD_ADDR_F) == flag;
}

static void vpd_is_written_and_read(void)
{
	struct vfio vfio = open_odd("edu1", VPD);
	const int addr = VPD_AT + PCI_VPD_ADDR, data = VPD_AT + PCI_VPD_DATA;

	vfio_write(&vfio, VFIO_CONFIG, data, 4, 0x76543210);
	vfio_write(&vfio, VFIO_CONFIG, addr, 2, PCI_VPD_ADDR_F | 8);
	CHECK(vpd_done(&vfio, 0));
	vfio_write(&vfio, VFIO_CONFIG, addr, 2, 4);
	CHECK(vpd_done(&vfio, PCI_VPD_ADDR_F));
	CHECK_EQ(config(&vfio, data, 4), 0);
	vfio_write(&vfio, VFIO_CONFIG, addr, 2, 8);
	CHECK(vpd_done(&vfio, PCI_VPD_ADDR_F));
	CHECK_EQ(config(&vfio, data, 4), 0x76543210);
}

/* Of VPD that the kernel does not know, the flag stays as it was. */
static void vpd_that_fails_is_not_done(void)
{
	struct vfio vfio = open_odd("edu1", UNKNOWN_VPD);
	const int addr = VPD_AT + PCI_VPD_ADDR;

	vfio_write(&vfio, VFIO_CONFIG, addr, 2, 8);
	CHECK(vpd_done(&vfio, 0));
	vfio_write(&vfio, VFIO_CONFIG, addr, 2, PCI_VPD_ADDR_F | 8);
	CHECK(vpd_done(&vfio, PCI_VPD_ADDR_F));
}

/* The tracepoint tells: what a reset by the bus leaves of an edu is all of it. */
static void af_resets(void)
{
	struct vfio vfio = open_odd("edu1", "bytes=34:70,70:130006030000");

	trace_start("vfio_lite/vfl_reset");
	vfio_write(&vfio, VFIO_CONFIG, 0x70 + PCI_AF_CTRL, 1, 0);
	CHECK(!strstr(trace_text(), "value=1"));
	vfio_write(&vfio, VFIO_CONFIG, 0x70 + PCI_AF_CTRL, 1, PCI_AF_CTRL_FLR);
	CHECK(strstr(trace_text(), "value=1 ret=0"));
	CHECK(!(config(&vfio, 0x70 + PCI_AF_CTRL, 1) & PCI_AF_CTRL_FLR));
}

/* Who cannot be asked whether it can be reset so is not. */
static void af_without_an_answer_is_none(void)
{
	struct vfio vfio = open_odd("edu1", "bytes=34:70,70:130006030000");

	trace_start("vfio_lite/vfl_reset");
	MUST(__file_write(FAILING_REGISTER, "0x73"));
	vfio_write(&vfio, VFIO_CONFIG, 0x70 + PCI_AF_CTRL, 1, PCI_AF_CTRL_FLR);
	MUST(__file_write(FAILING_REGISTER, "0"));
	CHECK(!strstr(trace_text(), "value=1"));
	CHECK(!(config(&vfio, 0x70 + PCI_AF_CTRL, 1) & PCI_AF_CTRL_FLR));
}

/* A capability that says that the device cannot be reset by it. */
static void af_without_flr_resets_nothing(void)
{
	struct vfio vfio = open_odd("edu1", "bytes=34:70,70:130006010000");

	trace_start("vfio_lite/vfl_reset");
	vfio_write(&vfio, VFIO_CONFIG, 0x70 + PCI_AF_CTRL, 1, PCI_AF_CTRL_FLR);
	CHECK(!strstr(trace_text(), "value=1"));
	CHECK(!(config(&vfio, 0x70 + PCI_AF_CTRL, 1) & PCI_AF_CTRL_FLR));
}

/* More vectors than the device has are not asked for. */
static void msi_vectors_are_limited(void)
{
	struct vfio vfio;
	int at;

	vfio_open_dut(&vfio, "edu1");
	at = vfio_find_cap(&vfio, PCI_CAP_ID_MSI) + PCI_MSI_FLAGS;
	vfio_write(&vfio, VFIO_CONFIG, at, 2, PCI_MSI_FLAGS_QSIZE);
	CHECK_EQ(config(&vfio, at, 2) & PCI_MSI_FLAGS_QSIZE, 0);
}

/* Device Control of QEMU's devices lacks bits; as @hex, all are there. Returns its place. */
static int open_with_devctl(struct vfio *vfio, const char *hex)
{
	struct pci_dev dev = vfio_dut("nvme");
	int at = pci_find_cap(&dev, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;
	char bytes[32];

	snprintf(bytes, sizeof(bytes), "bytes=%x:%s", at, hex);
	*vfio = open_odd("nvme", bytes);
	return at;
}

static void read_requests_are_sized(void)
{
	struct vfio vfio;
	int at = open_with_devctl(&vfio, "0000");

	vfio_write(&vfio, VFIO_CONFIG, at, 2, PCI_EXP_DEVCTL_READRQ_1024B);
	CHECK_EQ(config(&vfio, at, 2) & PCI_EXP_DEVCTL_READRQ, PCI_EXP_DEVCTL_READRQ_1024B);
	CHECK_EQ(pci_config_read(&vfio.dev, at, 2) & PCI_EXP_DEVCTL_READRQ,
		 PCI_EXP_DEVCTL_READRQ_1024B);
}

/* One that is smaller than the payload is not passed on: the user does not see that one. */
static void read_requests_are_not_below_the_payload(void)
{
	struct vfio vfio;
	int at = open_with_devctl(&vfio, "4000");

	vfio_write(&vfio, VFIO_CONFIG, at, 2, PCI_EXP_DEVCTL_READRQ_128B);
	vfio_write(&vfio, VFIO_CONFIG, at, 2, PCI_EXP_DEVCTL_READRQ_256B);
	vfio_write(&vfio, VFIO_CONFIG, at, 2, PCI_EXP_DEVCTL_READRQ_128B);
	CHECK_EQ(pci_config_read(&vfio.dev, at, 2) & PCI_EXP_DEVCTL_READRQ,
		 PCI_EXP_DEVCTL_READRQ_512B);
}

/* Its registers of MSI-X read as ones. Returns how many vectors it has else. */
static u32 hide_msix(const char *name)
{
	struct pci_dev dev = vfio_dut(name);
	int at = pci_find_cap(&dev, PCI_CAP_ID_MSIX);
	u32 flags = pci_config_read(&dev, at + PCI_MSIX_FLAGS, 2);
	char bytes[64];

	snprintf(bytes, sizeof(bytes), "bytes=%x:ffff,%x:ffffffff", at + PCI_MSIX_FLAGS,
		 at + PCI_MSIX_TABLE);
	odd_device(name, bytes);
	return (flags & PCI_MSIX_FLAGS_QSIZE) + 1;
}

/* One that does not answer at bind may do so after the reset that an open begins with. */
static void msix_is_as_at_open(void)
{
	struct pci_dev dev = vfio_dut("igb");
	u32 count = hide_msix("igb");
	struct vfio vfio;

	vfio_bind(&dev, vfio_driver());
	module_unload(CFG_FIXTURE);
	vfio_open(&vfio, &dev);
	CHECK_EQ(vfio_irq_info(&vfio, VFIO_PCI_MSIX_IRQ_INDEX).count, count);
}

/* And one that does not answer at open has what it had before. */
static void msix_is_as_it_was(void)
{
	struct pci_dev dev = vfio_dut("igb");
	struct vfio vfio;
	u32 count;

	vfio_bind(&dev, vfio_driver());
	count = hide_msix("igb");
	vfio_open(&vfio, &dev);
	CHECK_EQ(vfio_irq_info(&vfio, VFIO_PCI_MSIX_IRQ_INDEX).count, count);
}

/* The kernel switches it on with the end of MSI, though nobody handles it. */
static void intx_stays_off_in_d3(void)
{
	struct vfio vfio = open_odd("igb", "no_msix=1");
	int pm = vfio_find_cap(&vfio, PCI_CAP_ID_PM) + PCI_PM_CTRL;

	vfio_irq_on(&vfio, VFIO_PCI_MSI_IRQ_INDEX, 0, event_new());
	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 3);
	vfio_irq_off(&vfio, VFIO_PCI_MSI_IRQ_INDEX);
	CHECK_EQ(pci_config_read(&vfio.dev, pm, 2) & 3, 3);
	CHECK(pci_intx_disabled(&vfio.dev));
	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 0);
	CHECK(pci_intx_disabled(&vfio.dev));
}

union told {
	struct vfio_device_info info;
	u8 bytes[64];
};

static union told told_in(const struct vfio *vfio, size_t room)
{
	union told told = { .info.argsz = room };

	MUST(__vfio_ioctl(vfio->device, VFIO_DEVICE_GET_INFO, &told));
	CHECK(told.info.flags & VFIO_DEVICE_FLAGS_CAPS);
	return told;
}

/* Who has too little room, if by a byte, learns how much it takes. */
static u32 atomic_widths(const struct vfio *vfio)
{
	u32 needed = told_in(vfio, sizeof(struct vfio_device_info)).info.argsz;
	union told told = told_in(vfio, needed - 1);
	struct { struct vfio_info_cap_header header; u32 widths; } cap;

	CHECK_EQ(told.info.argsz, needed);
	CHECK_EQ(told.info.cap_offset, 0);
	told = told_in(vfio, needed);
	CHECK_EQ(told.info.argsz, needed);
	CHECK_GE(needed, told.info.cap_offset + sizeof(cap));
	memcpy(&cap, told.bytes + told.info.cap_offset, sizeof(cap));
	CHECK_EQ(cap.header.id, ATOMIC_CAP);
	CHECK_EQ(cap.header.version, 1);
	CHECK_EQ(cap.header.next, 0);
	return cap.widths;
}

/* QEMU's root ports take none, and so one that does is made believe. */
static void atomic_operations_are_told(void)
{
	struct pci_dev dev = vfio_dut("nvme");
	int at = pci_find_cap(&dev, PCI_CAP_ID_EXP) + PCI_EXP_DEVCAP2;
	struct vfio vfio;
	char bytes[32];

	fail_init();
	snprintf(bytes, sizeof(bytes), "bytes=%x:80010000", at);
	vfio = open_odd("nvme", bytes);
	fail_begin("pci_enable_atomic_ops_to_root", 0, 0);
	CHECK_EQ(atomic_widths(&vfio), ATOMIC_COMP32 | ATOMIC_COMP64);
	fail_end();
}

static void registers_are_written_in_bulk(void)
{
	struct vfio vfio = open_odd("edu1", "bytes=34:68,68:0900100000000000");
	u8 in[16], out[16] = { 0x55, 0x55, 0x10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 };

	CHECK_EQ(__vfio_write(&vfio, VFIO_CONFIG, 0x68, out, sizeof(out)), sizeof(out));
	CHECK_EQ(__vfio_read(&vfio, VFIO_CONFIG, 0x68, in, sizeof(in)), sizeof(in));
	CHECK_EQ(in[0], PCI_CAP_ID_VNDR);
	CHECK(!memcmp(in + 2, out + 2, 6));
}

static void failed_read_fails(void)
{
	struct vfio vfio = open_odd("edu1", "fail=0xf0");
	u32 value;

	CHECK(__vfio_read(&vfio, VFIO_CONFIG, 0xf0, &value, 4) < 0);
	CHECK_EQ(__vfio_read(&vfio, VFIO_CONFIG, 0xf4, &value, 4), 4);
	CHECK_EQ(__vfio_write(&vfio, VFIO_CONFIG, PCI_STATUS, &value, 2), 2);
}

/* What a capability says must be known before a user can have the device. */
static void failed_read_fails_the_open(void)
{
	struct pci_dev dev = odd_device("edu1", "bytes=34:68,68:09000c00 fail=0x70");
	struct vfio vfio;

	vfio_load(vfio_driver(), "disable_idle_d3=0");
	vfio_bind(&dev, vfio_driver());
	CHECK(__vfio_open(&vfio, &dev) < 0);
}

static void cleanup(void)
{
	fail_cleanup();
	vfio_cleanup();
	if (module_loaded(CFG_FIXTURE))
		module_unload(CFG_FIXTURE);
}

static const struct ktap_case cases[] = {
	CASES(all_kinds_are_told, VFIO_DRIVERS),
	CASES(registers_are_kept_for_their_length, VFIO_DRIVERS),
	CASES(hidden_first_one_leaves_an_anchor, VFIO_DRIVERS),
	CASES(list_may_be_hidden_whole, VFIO_DRIVERS),
	CASES(vpd_is_written_and_read, VFIO_DRIVERS),
	CASES(vpd_that_fails_is_not_done, VFIO_DRIVERS),
	CASES(af_resets, "vfio-lite"),
	CASES(af_without_an_answer_is_none, "vfio-lite"),
	CASES(af_without_flr_resets_nothing, "vfio-lite"),
	CASES(msi_vectors_are_limited, VFIO_DRIVERS),
	CASES(read_requests_are_sized, VFIO_DRIVERS),
	CASES(read_requests_are_not_below_the_payload, VFIO_DRIVERS),
	CASES(msix_is_as_at_open, VFIO_DRIVERS),
	CASES(msix_is_as_it_was, "vfio-lite"),
	CASES(intx_stays_off_in_d3, "vfio-lite"),
	CASES(atomic_operations_are_told, VFIO_DRIVERS),
	CASES(registers_are_written_in_bulk, VFIO_DRIVERS),
	CASES(failed_read_fails, VFIO_DRIVERS),
	CASES(failed_read_fails_the_open, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
