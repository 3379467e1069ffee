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

// Loads libcurl and starts it; 0 when it is not there or lacks a function.
static inline int pinproof_curl_load(struct pinproof_curl *curl) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
#define PINPROOF_LOAD(name)                                   \
    *(void **)(&curl->name) = dlsym(library, "curl_" #name);  \
    if (!curl->name) return 0;
    PINPROOF_LOAD(global_init)
    PINPROOF_LOAD(easy_init)
    PINPROOF_LOAD(easy_cleanup)
    PINPROOF_LOAD(easy_pause)
    PINPROOF_LOAD(easy_strerror)
    PINPROOF_LOAD(easy_setopt)
    PINPROOF_LOAD(easy_getinfo)
    PINPROOF_LOAD(multi_init)
    PINPROOF_LOAD(multi_cleanup)
    PINPROOF_LOAD(multi_add_handle)
    PINPROOF_LOAD(multi_remove_handle)
    PINPROOF_LOAD(multi_perform)
    PINPROOF_LOAD(multi_poll)
    PINPROOF_LOAD(multi_info_read)
    PINPROOF_LOAD(multi_strerror)
    PINPROOF_LOAD(slist_append)
    PINPROOF_LOAD(slist_free_all)
#undef PINPROOF_LOAD
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
static inline CURLcode pinproof_curl_set_write(
    const struct pinproof_curl *curl, CURL *handle, CURLoption option,
    size_t (*value)(char *, size_t, size_t, void *)) {
    return curl->easy_setopt(handle, option, value);
}
static inline CURLcode pinproof_curl_get_string(
    const struct pinproof_curl *curl, CURL *handle, CURLINFO info, char **value) {
    return curl->easy_getinfo(handle, info, value);
}
