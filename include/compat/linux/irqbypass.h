/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Until 6.12, a producer's eventfd, then a mere token, and interrupt are set by
 * the driver, which also has to take the token away if registration fails; and a
 * consumer's by whoever that is, here a fixture of tests.
 */
#ifndef COMPAT_LINUX_IRQBYPASS_H
#define COMPAT_LINUX_IRQBYPASS_H

#include_next <linux/irqbypass.h>

#ifndef HAVE_IRQ_BYPASS_EVENTFD

struct eventfd_ctx;

static inline int
compat_irq_bypass_register_producer(struct irq_bypass_producer *producer,
				    struct eventfd_ctx *eventfd, int irq)
{
	int ret;

	producer->token = eventfd;
	producer->irq = irq;
	ret = irq_bypass_register_producer(producer);
	if (ret)
		producer->token = NULL;
	return ret;
}

static inline int
compat_irq_bypass_register_consumer(struct irq_bypass_consumer *consumer,
				    struct eventfd_ctx *eventfd)
{
	consumer->token = eventfd;
	return irq_bypass_register_consumer(consumer);
}

#define irq_bypass_register_producer	compat_irq_bypass_register_producer
#define irq_bypass_register_consumer	compat_irq_bypass_register_consumer

#endif
#endif
