#pragma once
#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <isa-l/igzip_lib.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

// libarchive brings libxml2 and the 30 MB of ICU with it, which takes longer to load than checking a Dockerfile takes. This
// program reads tar and gzip itself: libarchive is loaded for the first stream of zstd, xz or bzip2.
// The functions of libarchive that this program uses: the name of the member, and of the function.
#define PINPROOF_ARCHIVE_FUNCTIONS(F)                                                                                  \
    F(error_string, archive_error_string)                                                                              \
    F(error_number, archive_errno)                                                                                     \
    F(filter_bytes, archive_filter_bytes)                                                                              \
    F(read_new, archive_read_new)                                                                                      \
    F(read_free, archive_read_free)                                                                                    \
    F(read_open2, archive_read_open2)                                                                                  \
    F(read_append_filter, archive_read_append_filter)                                                                  \
    F(read_support_format_raw, archive_read_support_format_raw)                                                        \
    F(read_support_format_zip_streamable, archive_read_support_format_zip_streamable)                                  \
    F(read_next_header, archive_read_next_header)                                                                      \
    F(read_header_position, archive_read_header_position)                                                              \
    F(read_data_block, archive_read_data_block)                                                                        \
    F(write_new, archive_write_new)                                                                                    \
    F(write_free, archive_write_free)                                                                                  \
    F(write_fail, archive_write_fail)                                                                                  \
    F(write_close, archive_write_close)                                                                                \
    F(write_open, archive_write_open)                                                                                  \
    F(write_header, archive_write_header)                                                                              \
    F(write_data, archive_write_data)                                                                                  \
    F(write_add_filter, archive_write_add_filter)                                                                      \
    F(write_set_format_raw, archive_write_set_format_raw)                                                              \
    F(write_set_filter_option, archive_write_set_filter_option)                                                        \
    F(write_set_bytes_in_last_block, archive_write_set_bytes_in_last_block)                                            \
    F(entry_new, archive_entry_new)                                                                                    \
    F(entry_free, archive_entry_free)                                                                                  \
    F(entry_set_pathname, archive_entry_set_pathname)                                                                  \
    F(entry_set_filetype, archive_entry_set_filetype)

struct pinproof_archive {
#define PINPROOF_ARCHIVE_MEMBER(member, name) __typeof__(&name) member;
    PINPROOF_ARCHIVE_FUNCTIONS(PINPROOF_ARCHIVE_MEMBER)
#undef PINPROOF_ARCHIVE_MEMBER
};

// Weak, so that the program links without libarchive. A program that has it linked in, as the wheel's has
// (Packaging/link), finds the functions at its start.
#define PINPROOF_ARCHIVE_PRAGMA(text) _Pragma(#text)
#define PINPROOF_ARCHIVE_WEAK(member, name) PINPROOF_ARCHIVE_PRAGMA(weak name)
PINPROOF_ARCHIVE_FUNCTIONS(PINPROOF_ARCHIVE_WEAK)
#undef PINPROOF_ARCHIVE_WEAK

// Finds libarchive; 0 when it is not there or lacks a function.
static inline int pinproof_archive_load(struct pinproof_archive *archive) {
    if (archive_read_new) {
#define PINPROOF_ARCHIVE_LINKED(member, name) *(void **)(&archive->member) = (void *)name;
        PINPROOF_ARCHIVE_FUNCTIONS(PINPROOF_ARCHIVE_LINKED)
#undef PINPROOF_ARCHIVE_LINKED
        return 1;
    }
    void *library = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
#define PINPROOF_ARCHIVE_LOADED(member, name)             \
    *(void **)(&archive->member) = dlsym(library, #name); \
    if (!archive->member) return 0;
    PINPROOF_ARCHIVE_FUNCTIONS(PINPROOF_ARCHIVE_LOADED)
#undef PINPROOF_ARCHIVE_LOADED
    return 1;
}

// A call that is not through the table would jump to 0 where libarchive is not linked in.
#define PINPROOF_ARCHIVE_HIDDEN(member, name)                                                                          \
    extern __typeof__(name) name __attribute__((unavailable("call it in the table")));
PINPROOF_ARCHIVE_FUNCTIONS(PINPROOF_ARCHIVE_HIDDEN)
#undef PINPROOF_ARCHIVE_HIDDEN
