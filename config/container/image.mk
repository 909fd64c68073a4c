# SPDX-License-Identifier: MIT
# make image: a container image from what is built here, by podman or buildah.
# It holds the command, linked with musl where musl-gcc is there (a quarter of the
# size), and the library, both without debug information.
# CC=aarch64-linux-gnu-gcc makes the image for that machine.

IMAGE      ?= localhost/dualbind:$(VERSION)
IMAGE_ARCH := $(patsubst aarch64%,arm64,$(patsubst x86_64%,amd64,$(shell $(CC) -dumpmachine 2>/dev/null)))
IMAGE_CC   ?= $(or $(if $(filter cc gcc,$(CC)),$(shell command -v musl-gcc)),$(CC))

# musl beside another C library has no kernel headers. They come last, since
# what both define the C library's say once.
KERNEL     := $(patsubst %/asm,%,$(wildcard $(addsuffix /asm,/usr/include /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null))))
IMAGE_CPP  := $(if $(findstring musl-gcc,$(IMAGE_CC)),-idirafter $(CURDIR)/$B/kernel)

$B/kernel:
	@mkdir -p $@
	@ln -s /usr/include/linux /usr/include/asm-generic $(firstword $(KERNEL))/asm $@

$B/image/dualbind: $B/kernel FORCE
	@$(MAKE) --no-print-directory B=$B/small CC=$(IMAGE_CC) CPPFLAGS='$(CPPFLAGS) $(IMAGE_CPP)' LDFLAGS=-s $B/small/dualbind
	@install -D -m 755 $B/small/dualbind $@

$B/image/libdualbind.so: FORCE
	@$(MAKE) --no-print-directory B=$B/stripped LDFLAGS=-s $B/stripped/libdualbind.so
	@install -D -m 755 $B/stripped/libdualbind.so $@

image-files: $B/image/dualbind $B/image/libdualbind.so ## what goes into the image, for a builder of your own
$B/image: image-files

image: image-files ## a container image, by podman or buildah
	@scripts/image $B/image $(IMAGE) $(VERSION) $(IMAGE_ARCH)

FORCE:

.PHONY: image image-files FORCE
