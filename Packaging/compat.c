// What the compiler's libraries ask of a C library newer than the floor of the wheel, glibc 2.28.

// libstdc++ reads it to leave out atomic operations (glibc 2.32); 0 says that there may be several threads.
char __libc_single_threaded = 0;

// glibc 2.29 gave these functions new versions that leave errno alone. The old ones return the same values.
#define OLD_VERSION(name)                                     \
    __asm__(".symver old_" #name "," #name "@GLIBC_2.2.5");   \
    extern double old_##name(double);                         \
    double __wrap_##name(double value) { return old_##name(value); }
#if defined(__x86_64__)
OLD_VERSION(exp)
OLD_VERSION(exp2)
OLD_VERSION(log)
OLD_VERSION(log2)
#endif
