#pragma once
#include <dlfcn.h>

// Only signing with a key that cosign encrypted needs libsodium: it is loaded when such a key is opened, and a machine
// without it does everything else. Its headers are not needed to build; these are its documented signatures
// (https://doc.libsodium.org/secret-key_cryptography/secretbox).
struct pinproof_sodium {
    int (*init)(void);
    int (*secretbox_open_easy)(
        unsigned char *message, const unsigned char *box, unsigned long long box_length, const unsigned char *nonce,
        const unsigned char *key);
};

// Loads libsodium and initializes it; 0 when it is not installed or lacks a function. The interface that is used here is
// the same in both versions of the library that distributions carry.
static inline int pinproof_sodium_load(struct pinproof_sodium *sodium) {
    void *library = dlopen("libsodium.so.23", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libsodium.so.26", RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
    *(void **)(&sodium->init) = dlsym(library, "sodium_init");
    *(void **)(&sodium->secretbox_open_easy) = dlsym(library, "crypto_secretbox_open_easy");
    if (!sodium->init || !sodium->secretbox_open_easy) return 0;
    // 0 for the first call, 1 for a later one.
    return sodium->init() >= 0;
}
