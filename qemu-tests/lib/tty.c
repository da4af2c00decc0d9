// SPDX-License-Identifier: GPL-2.0-only
/*
 * Serial ports as byte pipes. See tty.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "tty.h"

int tty_open(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios mode;

	if (fd < 0)
		return -errno;
	if (tcgetattr(fd, &mode)) {
		close(fd);
		return -ENOTTY;
	}
	cfmakeraw(&mode);
	mode.c_cflag |= CLOCAL | CREAD;
	cfsetspeed(&mode, B115200);
	tcsetattr(fd, TCSANOW, &mode);
	return fd;
}
