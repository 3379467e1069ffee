#pragma once
#include <dlfcn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

// Most runs of `check` hash nothing, and to bind the symbols of libcrypto takes a tenth of their time: it is loaded for the
// first digest or signature.
#define PINPROOF_OPENSSL_FUNCTIONS(F)                                                                                  \
    F(BIO_free)                                                                                                        \
    F(BIO_new_mem_buf)                                                                                                 \
    F(ERR_clear_error)                                                                                                 \
    F(EVP_DigestFinal_ex)                                                                                              \
    F(EVP_DigestInit_ex)                                                                                               \
    F(EVP_DigestSign)                                                                                                  \
    F(EVP_DigestSignInit)                                                                                              \
    F(EVP_DigestUpdate)                                                                                                \
    F(EVP_DigestVerify)                                                                                                \
    F(EVP_DigestVerifyInit)                                                                                            \
    F(EVP_MD_CTX_free)                                                                                                 \
    F(EVP_MD_CTX_new)                                                                                                  \
    F(EVP_PBE_scrypt)                                                                                                  \
    F(EVP_PKEY_free)                                                                                                   \
    F(EVP_PKEY_get_group_name)                                                                                         \
    F(EVP_PKEY_is_a)                                                                                                   \
    F(EVP_blake2b512)                                                                                                  \
    F(EVP_md5)                                                                                                         \
    F(EVP_sha1)                                                                                                        \
    F(EVP_sha224)                                                                                                      \
    F(EVP_sha256)                                                                                                      \
    F(EVP_sha384)                                                                                                      \
    F(EVP_sha512)                                                                                                      \
    F(d2i_AutoPrivateKey)                                                                                              \
    F(d2i_PKCS8PrivateKey_bio)                                                                                         \
    F(d2i_PUBKEY)                                                                                                      \
    F(i2d_PUBKEY)

struct pinproof_openssl {
#define PINPROOF_OPENSSL_MEMBER(name) __typeof__(&name) name;
    PINPROOF_OPENSSL_FUNCTIONS(PINPROOF_OPENSSL_MEMBER)
#undef PINPROOF_OPENSSL_MEMBER
};

// Weak, so that the program links without libcrypto. A program that has it linked in, as the wheel's has
// (Packaging/link), finds the functions at its start.
#define PINPROOF_OPENSSL_PRAGMA(text) _Pragma(#text)
#define PINPROOF_OPENSSL_WEAK(name) PINPROOF_OPENSSL_PRAGMA(weak name)
PINPROOF_OPENSSL_FUNCTIONS(PINPROOF_OPENSSL_WEAK)
#undef PINPROOF_OPENSSL_WEAK

// Finds libcrypto; 0 when it is not there or lacks a function.
static inline int pinproof_openssl_load(struct pinproof_openssl *openssl) {
    if (EVP_MD_CTX_new) {
#define PINPROOF_OPENSSL_LINKED(name) *(void **)(&openssl->name) = (void *)name;
        PINPROOF_OPENSSL_FUNCTIONS(PINPROOF_OPENSSL_LINKED)
#undef PINPROOF_OPENSSL_LINKED
        return 1;
    }
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
#define PINPROOF_OPENSSL_LOADED(name)                     \
    *(void **)(&openssl->name) = dlsym(library, #name); \
    if (!openssl->name) return 0;
    PINPROOF_OPENSSL_FUNCTIONS(PINPROOF_OPENSSL_LOADED)
#undef PINPROOF_OPENSSL_LOADED
    return 1;
}

// A call that is not through the table would jump to 0 where libcrypto is not linked in.
#define PINPROOF_OPENSSL_HIDDEN(name) extern __typeof__(name) name __attribute__((unavailable("call it in the table")));
PINPROOF_OPENSSL_FUNCTIONS(PINPROOF_OPENSSL_HIDDEN)
#undef PINPROOF_OPENSSL_HIDDEN
