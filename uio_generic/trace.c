// SPDX-License-Identifier: GPL-2.0-only
/* The one place where trace.h becomes code. */
#define CREATE_TRACE_POINTS
#include "trace.h"
