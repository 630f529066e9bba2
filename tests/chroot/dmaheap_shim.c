/* Plays the dma-buf devices with memfd, for kernels that have none of them.
   While DMA_HEAP_DENIED is set, opening one is refused. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int open_heap(void) {
  if (getenv("DMA_HEAP_DENIED")) {
    errno = EACCES;
    return -1;
  }
  return memfd_create("fake-dma-heap", MFD_CLOEXEC);
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  int mode = va_arg(arguments, int);
  va_end(arguments);
  if (!strncmp(path, "/dev/dma_heap/", 14) || !strcmp(path, "/dev/udmabuf"))
    return open_heap();
  int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
  return next(path, flags, mode);
}

int __open64_2(const char *path, int flags) { return open64(path, flags, 0); }

static int allocate(struct dma_heap_allocation_data *heap) {
  heap->fd = memfd_create("fake-dmabuf", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return ftruncate(heap->fd, heap->len);
}

int ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void *argument = va_arg(arguments, void *);
  va_end(arguments);
  if ((unsigned)request == (unsigned)DMA_HEAP_IOCTL_ALLOC)
    return allocate(argument);
  if ((unsigned)request == (unsigned)UDMABUF_CREATE)
    return dup(((struct udmabuf_create *)argument)->memfd);
  if (_IOC_TYPE(request) == DMA_BUF_BASE && _IOC_NR(request) <= 1) /* sync, set name */
    return 0;
  int (*next)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
  return next(fd, request, argument);
}
