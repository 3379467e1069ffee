// The options of jemalloc (https://jemalloc.net/jemalloc.3.html#tuning); Packaging/allocator joins them with the library.

#include <stddef.h>
#include <sys/types.h>

int mallctl(const char *name, void *old, size_t *old_size, void *new_value, size_t new_size);

// What is free goes back to the system at once: an image of 300,000 files is to take less than 128 MiB, and takes a third more
// otherwise. Each thread keeps pieces of up to 1 MiB for the next of their size, so that sources, which are read one after the
// other, are not cleared each time. Large pages (opt.thp) are not asked for: they took a tenth of the time away, and doubled it on
// a virtual machine whose host had to find them.
const char *malloc_conf = "dirty_decay_ms:0,muzzy_decay_ms:0,oversize_threshold:0,lg_tcache_max:20";

// Keeps what is free until the end of the run: memory that is given back and taken again has to be cleared, which is a quarter of
// the time of a large lock. The program calls it before it reads one (Sources/PinproofCommand/Memory.swift).
void pinproof_keep_memory(void) {
    ssize_t never = -1;
    // The first is for arenas that threads will make, the second for the one that is there.
    (void)mallctl("arenas.dirty_decay_ms", NULL, NULL, &never, sizeof never);
    (void)mallctl("arena.0.dirty_decay_ms", NULL, NULL, &never, sizeof never);
}
