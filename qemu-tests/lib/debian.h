/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tree of a Debian suite, which the host lends, as a file system to run
 * programs in.
 */
#ifndef LIB_DEBIAN_H
#define LIB_DEBIAN_H

/*
 * Where the tree of @suite is; mounted at the first call, writes go to memory.
 * The string is good until the next call.
 */
const char *debian_root(const char *suite);

#endif /* LIB_DEBIAN_H */
