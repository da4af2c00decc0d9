/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: /sys/kernel/tracing/events/uio_generic/.  A device is four
 * numbers, so that the hot path copies no string and a filter can name it.
 * What "value" is, each event says.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM uio_generic

#if !defined(UIO_GENERIC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define UIO_GENERIC_TRACE_H

#include <linux/pci.h>
#include <linux/tracepoint.h>

#define ug_printk(format, ...)						\
	TP_printk("%04x:%02x:%02x.%u " format, __entry->domain,		\
		  __entry->bus, __entry->slot, __entry->function, __VA_ARGS__)

/* What happened to a device. */
DECLARE_EVENT_CLASS(ug_event,
		    TP_PROTO(const struct pci_dev *pdev, int value),
		    TP_ARGS(pdev, value),
		    TP_STRUCT__entry(__field(u32, domain)
				     __field(u8, bus)
				     __field(u8, slot)
				     __field(u8, function)
				     __field(int, value)),
		    TP_fast_assign(__entry->domain = pci_domain_nr(pdev->bus);
				   __entry->bus = pdev->bus->number;
				   __entry->slot = PCI_SLOT(pdev->devfn);
				   __entry->function = PCI_FUNC(pdev->devfn);
				   __entry->value = value;),
		    ug_printk("value=%d", __entry->value)
);

/* What was asked of a device, and what came of it: 0 or a negative errno. */
DECLARE_EVENT_CLASS(ug_call,
		    TP_PROTO(const struct pci_dev *pdev, int value, int ret),
		    TP_ARGS(pdev, value, ret),
		    TP_STRUCT__entry(__field(u32, domain)
				     __field(u8, bus)
				     __field(u8, slot)
				     __field(u8, function)
				     __field(int, value)
				     __field(int, ret)),
		    TP_fast_assign(__entry->domain = pci_domain_nr(pdev->bus);
				   __entry->bus = pdev->bus->number;
				   __entry->slot = PCI_SLOT(pdev->devfn);
				   __entry->function = PCI_FUNC(pdev->devfn);
				   __entry->value = value;
				   __entry->ret = ret;),
		    ug_printk("value=%d ret=%d", __entry->value, __entry->ret)
);

/* 0, or the errno of a bind that failed. */
DEFINE_EVENT(ug_event, ug_probe,
	     TP_PROTO(const struct pci_dev *pdev, int value),
	     TP_ARGS(pdev, value)
);

/* How many have it open after this. */
DEFINE_EVENT(ug_call, ug_open,
	     TP_PROTO(const struct pci_dev *pdev, int value, int ret),
	     TP_ARGS(pdev, value, ret)
);

/* How many have it open after this. */
DEFINE_EVENT(ug_event, ug_release,
	     TP_PROTO(const struct pci_dev *pdev, int value),
	     TP_ARGS(pdev, value)
);

/* The Linux interrupt; in the handler, before anybody is told. */
DEFINE_EVENT(ug_event, ug_interrupt,
	     TP_PROTO(const struct pci_dev *pdev, int value),
	     TP_ARGS(pdev, value)
);

/* What was written to /dev/uioN: 1 unmasks, 0 masks. */
DEFINE_EVENT(ug_call, ug_irqcontrol,
	     TP_PROTO(const struct pci_dev *pdev, int value, int ret),
	     TP_ARGS(pdev, value, ret)
);

/* Which map; what is touched of it later is not told. */
DEFINE_EVENT(ug_call, ug_mmap,
	     TP_PROTO(const struct pci_dev *pdev, int value, int ret),
	     TP_ARGS(pdev, value, ret)
);

/* An enum ug_state. */
DEFINE_EVENT(ug_event, ug_state,
	     TP_PROTO(const struct pci_dev *pdev, int value),
	     TP_ARGS(pdev, value)
);

/* Of how many device nodes the mappings have gone. */
DEFINE_EVENT(ug_event, ug_revoke,
	     TP_PROTO(const struct pci_dev *pdev, int value),
	     TP_ARGS(pdev, value)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
