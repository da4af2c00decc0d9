/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In 7.2 a symbol namespace is a string.  In 6.12 and before, it is a bare word
 * that the macros turn into one.
 */
#ifndef COMPAT_LINUX_MODULE_H
#define COMPAT_LINUX_MODULE_H

#include_next <linux/module.h>

#ifndef HAVE_MODULE_NS_STRING

#ifdef HAVE_EXPORT_LICENSE_WORD
#define COMPAT_EXPORT_GPL	"GPL"
#else
#define COMPAT_EXPORT_GPL	"_gpl"
#endif

#undef EXPORT_SYMBOL_NS_GPL
#define EXPORT_SYMBOL_NS_GPL(sym, ns)	__EXPORT_SYMBOL(sym, COMPAT_EXPORT_GPL, ns)

#undef MODULE_IMPORT_NS
#define MODULE_IMPORT_NS(ns)	MODULE_INFO(import_ns, ns)

#endif
#endif
