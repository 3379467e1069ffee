// The options of jemalloc (https://jemalloc.net/jemalloc.3.html#tuning); Packaging/allocator joins them with the library.
//
// A run is short: it gives no memory back before its end, also that of large texts, which would have to be cleared again.
// Large pages (opt.thp) stay as the system has them: where they pay, they take up to a tenth of the time away, and on a virtual
// machine whose host has to find them they have doubled it.
const char *malloc_conf = "dirty_decay_ms:-1,muzzy_decay_ms:-1,oversize_threshold:0";
