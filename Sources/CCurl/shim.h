#pragma once
#include <curl/curl.h>
#include <dlfcn.h>

// libcurl and the thirty libraries below it take longer to load than checking a Dockerfile takes, and most commands never
// speak to a registry: it is loaded when the first transfer starts.
struct lockstep_curl {
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
static inline int lockstep_curl_load(struct lockstep_curl *curl) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
#define LOCKSTEP_LOAD(name)                                   \
    *(void **)(&curl->name) = dlsym(library, "curl_" #name);  \
    if (!curl->name) return 0;
    LOCKSTEP_LOAD(global_init)
    LOCKSTEP_LOAD(easy_init)
    LOCKSTEP_LOAD(easy_cleanup)
    LOCKSTEP_LOAD(easy_pause)
    LOCKSTEP_LOAD(easy_strerror)
    LOCKSTEP_LOAD(easy_setopt)
    LOCKSTEP_LOAD(easy_getinfo)
    LOCKSTEP_LOAD(multi_init)
    LOCKSTEP_LOAD(multi_cleanup)
    LOCKSTEP_LOAD(multi_add_handle)
    LOCKSTEP_LOAD(multi_remove_handle)
    LOCKSTEP_LOAD(multi_perform)
    LOCKSTEP_LOAD(multi_poll)
    LOCKSTEP_LOAD(multi_info_read)
    LOCKSTEP_LOAD(multi_strerror)
    LOCKSTEP_LOAD(slist_append)
    LOCKSTEP_LOAD(slist_free_all)
#undef LOCKSTEP_LOAD
    return curl->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

// Swift cannot call C variadics: one typed function for each kind of argument that curl_easy_setopt and
// curl_easy_getinfo take (https://curl.se/libcurl/c/curl_easy_setopt.html).
static inline CURLcode lockstep_curl_set_long(
    const struct lockstep_curl *curl, CURL *handle, CURLoption option, long value) {
    return curl->easy_setopt(handle, option, value);
}
static inline CURLcode lockstep_curl_set_string(
    const struct lockstep_curl *curl, CURL *handle, CURLoption option, const char *value) {
    return curl->easy_setopt(handle, option, value);
}
static inline CURLcode lockstep_curl_set_pointer(
    const struct lockstep_curl *curl, CURL *handle, CURLoption option, void *value) {
    return curl->easy_setopt(handle, option, value);
}
static inline CURLcode lockstep_curl_set_write(
    const struct lockstep_curl *curl, CURL *handle, CURLoption option,
    size_t (*value)(char *, size_t, size_t, void *)) {
    return curl->easy_setopt(handle, option, value);
}
static inline CURLcode lockstep_curl_get_string(
    const struct lockstep_curl *curl, CURL *handle, CURLINFO info, char **value) {
    return curl->easy_getinfo(handle, info, value);
}
