# SPDX-License-Identifier: GPL-2.0-only
#
# The user's face.  What kbuild reads is in Kbuild.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
run := qemu-tests/run

define help
Modules
  make                  build for KDIR (default: the running kernel's build tree)
  make modules_install  build and install them for that kernel, and run depmod
  make modules_uninstall
                        remove what that has installed, and run depmod
  make clean            remove what was built here, logs included

In QEMU, nothing is installed on this host or loaded into its kernel
  make demo             drive a device through uio_generic, on the terminal
  make check            KUnit, pure logic under ASan and UBSan, tests in QEMU
  make check-matrix     the tests in QEMU on each kernel of the list, or on KERNELS
  make stress           tests that have rounds with many more of them, and those that
                        make things fail with each thing; hours
  make check-consumers  DPDK, QEMU, driverctl, lsuio of Debian and the kernel's own
                        selftests of VFIO, under the drop-in modules
  make coverage         lines and branches that the tests reach: build/coverage
  make check-all        style, check-matrix, stress, check-consumers, coverage, fuzz:
                        hours
  make fuzz             libFuzzer on the pure logic, each part for FUZZ_SECONDS (300)
  make bench            count instructions of ours and of the drivers it replaces
  make debug-kernel     build the kernel of the debug tier, unless that is done
  make shell            a prompt in the demo's virtual machine
  make distclean        clean, and drop the cache of kernels and compilers

Sources
  make style            checkpatch --strict, sparse, W=1 and coccicheck

Variables
  KDIR=DIR, KVER=VERSION
                        kernel build tree, or kernel, for these
  DROP_IN="uio_pci_generic vfio-pci"
                        also build and install the modules of these names, which
                        shadow the kernel's own; to be given to modules_install, too
  INSTALL_MOD_PATH=DIR  install below DIR instead of /
  KERNELS="6.1 ..."     kernels for check, check-matrix and stress (qemu-tests/kernels
                        lists them; "host" is no kernel, but the pure logic on this host)
  FUZZ_SEED=N FUZZ_OPS=N
                        what the drivers' fuzzers do in QEMU, and how much of it
                        (Documentation/testing.rst)
  QEMU_ACCEL=kvm        instead of emulation, where guests boot by it
  UIO_VFIO_CACHE=DIR    the cache, a directory for nothing else; now $(cache)

qemu-tests/run --help tells how to run one test, kernel or machine.
endef
export help

cache := $(or $(UIO_VFIO_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/uio-vfio)
FUZZ_SECONDS ?= 300
fuzzers := $(notdir $(basename $(wildcard kunit/fuzz/*_fuzz.c)))

.PHONY: modules modules_install modules_uninstall clean help demo check check-matrix stress check-consumers \
	check-all coverage fuzz bench debug-kernel shell style distclean

modules: kdir
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# Of these directories depmod prefers only this one to the kernel's own, on all kernels.
# Debian's headers have no System.map, without which kbuild does not run depmod.
path := $(abspath $(if $(word 2,$(INSTALL_MOD_PATH)),$(error INSTALL_MOD_PATH has a blank),$(INSTALL_MOD_PATH)))
installed = $(path)/lib/modules/$(release)/updates
release = $(or $(shell sed -n 's/^.define UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h),$(error $(KDIR) does not say what kernel it is of))
depmod = PATH=$$PATH:/usr/sbin:/sbin depmod $(addprefix -b ,$(path)) $(release)
uninstall = rm -rf $(installed)/uio_generic $(installed)/vfio_lite

modules_install: modules
	$(uninstall)
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(path) INSTALL_MOD_DIR=updates \
		modules_install
	$(depmod)

modules_uninstall: kdir
	$(uninstall)
	$(depmod)

.PHONY: kdir
kdir:
	@test -e $(KDIR)/Makefile || { \
		echo "No kernel build tree at $(KDIR): install linux-headers-$(KVER), or say make KDIR=DIR" >&2; \
		exit 1; }

help:
	@echo "$$help"

demo check check-matrix stress check-consumers coverage bench debug-kernel shell: host-tools

.PHONY: host-tools
host-tools:
	@qemu-tests/need python3 gcc make libc6-dev mount

demo:
	@$(run) --demo

# By default, a kernel of each tier.
check: KERNELS ?= host 6.1 debug
check-matrix: KERNELS ?= host $(shell qemu-tests/tree list)
check check-matrix:
	@$(run) $(addprefix --kernel ,$(KERNELS))

# One after the other, each to its end, and then whether all were good.
check-all:
	@failed=; for each in style check-matrix stress check-consumers coverage fuzz; do \
		echo "== make $$each"; \
		$(MAKE) --no-print-directory $$each || failed="$$failed $$each"; \
	done; echo "== failed:$${failed:- none}"; test -z "$$failed"

# All that have rounds for it, that take too long on some kernel, and that make things
# fail one after the other.
stress: KERNELS ?= 6.1 debug
stress:
	@$(run) --stress $(addprefix --kernel ,$(filter-out host,$(KERNELS))) \
		$(basename $(notdir $(wildcard qemu-tests/*fault_*test.c) \
			$(shell grep -lwe stress_rounds -e "^ \* Stress" qemu-tests/*_test.c)))

check-consumers:
	@qemu-tests/consumers/run

coverage:
	@qemu-tests/coverage/run

# What is new goes into build/fuzz/corpus; so do failing inputs, beside it.
fuzz:
	@qemu-tests/need make clang libclang-rt-dev
	@$(MAKE) --no-print-directory -C qemu-tests fuzz
	@mkdir -p $(foreach fuzzer,$(fuzzers),build/fuzz/corpus/$(fuzzer))
	set -e; for each in $(fuzzers); do \
		build/fuzz/$$each -max_total_time=$(FUZZ_SECONDS) -max_len=4400 -timeout=10 \
			-artifact_prefix=build/fuzz/ build/fuzz/corpus/$$each \
			$$(ls -d kunit/fuzz/corpus/$$each 2>/dev/null); \
	done

bench:
	@qemu-tests/bench/run

debug-kernel:
	@qemu-tests/debug-kernel

shell:
	@$(run) --machine edu --shell

style: host-tools
	@qemu-tests/need git
	@qemu-tests/style

# kbuild's own clean needs a build tree, which need not be there any more.
clean:
	rm -rf build
	find . -path ./.git -prune -o \( -name '*.o' -o -name '*.ko' -o -name '*.mod' \
		-o -name '*.mod.c' -o -name '.*.cmd' -o -name '.*.d' -o -name Module.symvers \
		-o -name modules.order -o -name __pycache__ \) -exec rm -rf {} +

# Only what is known to be in the cache: it may be somebody's directory.
distclean: clean
	! cd "$(cache)" 2>/dev/null || \
	rm -rf built $$(sed -n 's/^[^# ][^ ]*  *\([^ ]*\) .*/\1/p' "$(CURDIR)/qemu-tests/kernels")
	! rmdir "$(cache)" 2>/dev/null || echo "removed $(cache)"
