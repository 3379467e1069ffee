#pragma once
#include <curl/curl.h>
#include <dlfcn.h>

// libcurl and the thirty libraries below it take longer to load than checking a Dockerfile takes, and most commands never
// speak to a registry: it is loaded when the first transfer starts.
struct pinproof_curl {
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_easy_init) easy_init;
    __typeof__(&curl_easy_cleanup) easy_cleanup;
    __typeof__(&curl_easy_pause) easy_pause;
    __typeof__(&curl_easy_strerror) easy_strerror;
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    __typeof__(&curl_multi_init) multi_init;
    __typeof__(&curl_multi_cleanup) multi_cleanup;
    __typeof__(&curl_multi_add_handle) multi_add_handle;
    __typeof__(&curl_multi_remove_handle) multi_remove_handle;
    __typeof__(&curl_multi_perform) multi_perform;
    __typeof__(&curl_multi_poll) multi_poll;
    __typeof__(&curl_multi_info_read) multi_info_read;
    __typeof__(&curl_multi_strerror) multi_strerror;
    __typeof__(&curl_slist_append) slist_append;
    __typeof__(&curl_slist_free_all) slist_free_all;
};

// The functions of libcurl that this program uses.
#define PINPROOF_CURL_FUNCTIONS(F)                                                                                     \
    F(global_init) F(easy_init) F(easy_cleanup) F(easy_pause) F(easy_strerror) F(easy_setopt) F(easy_getinfo)          \
    F(multi_init) F(multi_cleanup) F(multi_add_handle) F(multi_remove_handle) F(multi_perform) F(multi_poll)           \
    F(multi_info_read) F(multi_strerror) F(slist_append) F(slist_free_all)

// Weak, so that the program links without libcurl. A program that has libcurl linked in, as the wheel's has
// (Packaging/link), finds them at its start.
#define PINPROOF_PRAGMA(text) _Pragma(#text)
#define PINPROOF_WEAK(name) PINPROOF_PRAGMA(weak curl_##name)
PINPROOF_CURL_FUNCTIONS(PINPROOF_WEAK)
#undef PINPROOF_WEAK

// Finds libcurl and starts it; 0 when it is not there or lacks a function.
static inline int pinproof_curl_load(struct pinproof_curl *curl) {
    if (curl_global_init) {
#define PINPROOF_LINKED(name) *(void **)(&curl->name) = (void *)curl_##name;
        PINPROOF_CURL_FUNCTIONS(PINPROOF_LINKED)
#undef PINPROOF_LINKED
    } else {
        void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
        if (!library) return 0;
#define PINPROOF_LOADED(name)                                \
    *(void **)(&curl->name) = dlsym(library, "curl_" #name); \
    if (!curl->name) return 0;
        PINPROOF_CURL_FUNCTIONS(PINPROOF_LOADED)
#undef PINPROOF_LOADED
    }
    return curl->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

// Swift cannot call C variadics: one typed function for each kind of argument that curl_easy_setopt and
// curl_easy_getinfo take (https://curl.se/libcurl/c/curl_easy_setopt.html).
static inline CURLcode pinproof_curl_set_long(
    const struct pinproof_curl *curl, CURL *handle, CURLoption option, long value) {
    return curl->easy_setopt(handle, option, value);
}
static inline CURLcode pinproof_curl_set_string(
    const struct pinproof_curl *curl, CURL *handle, CURLoption option, const char *value) {
    return curl->easy_setopt(handle, option, value);
}
static inline CURLcode pinproof_curl_set_pointer(
    const struct pinproof_curl *curl, CURL *handle, CURLoption option, void *value) {
    return curl->easy_setopt(handle, option, value);
}
// The bytes are copied before the call returns (CURLOPT_CAINFO_BLOB, from libcurl 7.77 on).
static inline CURLcode pinproof_curl_set_blob(
    const struct pinproof_curl *curl, CURL *handle, CURLoption option, void *bytes, size_t count) {
    struct curl_blob blob = {bytes, count, CURL_BLOB_COPY};
    return curl->easy_setopt(handle, option, &blob);
}
static inline CURLcode pinproof_curl_set_write(
    const struct pinproof_curl *curl, CURL *handle, CURLoption option,
    size_t (*value)(char *, size_t, size_t, void *)) {
    return curl->easy_setopt(handle, option, value);
}
static inline CURLcode pinproof_curl_get_string(
    const struct pinproof_curl *curl, CURL *handle, CURLINFO info, char **value) {
    return curl->easy_getinfo(handle, info, value);
}
