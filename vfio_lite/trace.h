/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: /sys/kernel/tracing/events/vfio_lite/.  Interrupts have one of the
 * kernel's, irq:irq_handler_entry, by the names in /proc/interrupts.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vfio_lite

#if !defined(VFIO_LITE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VFIO_LITE_TRACE_H

#include <linux/pci.h>
#include <linux/tracepoint.h>

/* A touch of a mapping: where in the device file, what came of it. */
TRACE_EVENT(vfl_fault,
	    TP_PROTO(struct pci_dev *pdev, u64 offset, unsigned int order,
		     unsigned int ret),
	    TP_ARGS(pdev, offset, order, ret),
	    TP_STRUCT__entry(__string(name, pci_name(pdev))
			     __field(u64, offset)
			     __field(unsigned int, order)
			     __field(unsigned int, ret)),
	    TP_fast_assign(COMPAT_ASSIGN_STR(name, pci_name(pdev));
			   __entry->offset = offset;
			   __entry->order = order;
			   __entry->ret = ret;),
	    TP_printk("%s BAR%llu+%#llx order=%u ret=%#x", __get_str(name),
		      __entry->offset >> 40, __entry->offset & GENMASK_ULL(39, 0),
		      __entry->order, __entry->ret)
);

/* All mappings of the device are gone. */
TRACE_EVENT(vfl_zap,
	    TP_PROTO(struct pci_dev *pdev),
	    TP_ARGS(pdev),
	    TP_STRUCT__entry(__string(name, pci_name(pdev))),
	    TP_fast_assign(COMPAT_ASSIGN_STR(name, pci_name(pdev));),
	    TP_printk("%s", __get_str(name))
);

DECLARE_EVENT_CLASS(vfl_change,
		    TP_PROTO(struct pci_dev *pdev, int value, int ret),
		    TP_ARGS(pdev, value, ret),
		    TP_STRUCT__entry(__string(name, pci_name(pdev))
				     __field(int, value)
				     __field(int, ret)),
		    TP_fast_assign(COMPAT_ASSIGN_STR(name, pci_name(pdev));
				   __entry->value = value;
				   __entry->ret = ret;),
		    TP_printk("%s value=%d ret=%d", __get_str(name),
			      __entry->value, __entry->ret)
);

/*
 * A function was to be reset: 0 at open, 1 by its user, 2 at close or unbind.  Or all of
 * a bus or slot, told of one there: 3 by a user, 4 after the last close.
 */
DEFINE_EVENT(vfl_change, vfl_reset,
	     TP_PROTO(struct pci_dev *pdev, int value, int ret),
	     TP_ARGS(pdev, value, ret)
);

/* Power state, 0 for D0 to 3 for D3hot. */
DEFINE_EVENT(vfl_change, vfl_power,
	     TP_PROTO(struct pci_dev *pdev, int value, int ret),
	     TP_ARGS(pdev, value, ret)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
