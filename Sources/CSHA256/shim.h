#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// SHA-256 (https://csrc.nist.gov/pubs/fips/180-4/upd1/final) of two streams side by side, with the SHA instructions of x86.
//
// Such an instruction takes four cycles and the next one of the same stream waits for it, so that a second stream costs
// nothing beside the first; OpenSSL's interface has no place for two. Where both streams read the same blocks, as a layer
// and the file in it do, they share the message schedule as well. A processor without the instructions, or one that
// valgrind simulates, has OpenSSL do the work (PairedSHA256.swift).

struct pinproof_sha256 {
    uint32_t state[8];
    uint64_t count;
    uint8_t rest[64];
};

static inline void pinproof_sha256_start(struct pinproof_sha256 *hash) {
    static const uint32_t initial[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    memcpy(hash->state, initial, sizeof initial);
    hash->count = 0;
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

// Whether the processor has the instructions: SSSE3, SSE4.1 and SHA (Intel's manual, volume 2, CPUID, leaves 1 and 7).
static inline int pinproof_sha256_available(void) {
    unsigned eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx >> 9 & 1) || !(ecx >> 19 & 1)) return 0;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx >> 29 & 1);
}

static const uint32_t pinproof_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

// The instructions want the eight words as ABEF and CDGH.
#define PINPROOF_SHA256_LOAD(state, abef, cdgh)                                                    \
    do {                                                                                           \
        __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state)), 0xB1);          \
        __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)((state) + 4)), 0x1B);   \
        abef = _mm_alignr_epi8(low, high, 8);                                                      \
        cdgh = _mm_blend_epi16(high, low, 0xF0);                                                   \
    } while (0)
#define PINPROOF_SHA256_STORE(state, abef, cdgh)                                                   \
    do {                                                                                           \
        __m128i low = _mm_shuffle_epi32(abef, 0x1B);                                               \
        __m128i high = _mm_shuffle_epi32(cdgh, 0xB1);                                              \
        _mm_storeu_si128((__m128i *)(state), _mm_blend_epi16(low, high, 0xF0));                    \
        _mm_storeu_si128((__m128i *)((state) + 4), _mm_alignr_epi8(high, low, 8));                 \
    } while (0)

// Feeds whole blocks to one hash, and to a second one where it is not null.
__attribute__((target("sha,ssse3,sse4.1"))) static inline void pinproof_sha256_blocks(
    uint32_t *first, uint32_t *second, const uint8_t *bytes, size_t blocks) {
    const __m128i bigEndian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i a0, a1, b0 = _mm_setzero_si128(), b1 = _mm_setzero_si128();
    PINPROOF_SHA256_LOAD(first, a0, a1);
    if (second) PINPROOF_SHA256_LOAD(second, b0, b1);
    for (; blocks > 0; blocks--, bytes += 64) {
        const __m128i a0before = a0, a1before = a1, b0before = b0, b1before = b1;
        __m128i words[4];
        for (int i = 0; i < 4; i++)
            words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(bytes + 16 * i)), bigEndian);
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) {
            const __m128i *constants = (const __m128i *)(pinproof_sha256_constants + 4 * i);
            __m128i word = _mm_add_epi32(words[i & 3], _mm_loadu_si128(constants));
            a1 = _mm_sha256rnds2_epu32(a1, a0, word);
            b1 = _mm_sha256rnds2_epu32(b1, b0, word);
            if (i < 12) {
                const __m128i last = words[(i + 3) & 3];
                const __m128i sum = _mm_add_epi32(
                    _mm_sha256msg1_epu32(words[i & 3], words[(i + 1) & 3]),
                    _mm_alignr_epi8(last, words[(i + 2) & 3], 4));
                words[i & 3] = _mm_sha256msg2_epu32(sum, last);
            }
            word = _mm_shuffle_epi32(word, 0x0E);
            a0 = _mm_sha256rnds2_epu32(a0, a1, word);
            b0 = _mm_sha256rnds2_epu32(b0, b1, word);
        }
        a0 = _mm_add_epi32(a0, a0before);
        a1 = _mm_add_epi32(a1, a1before);
        b0 = _mm_add_epi32(b0, b0before);
        b1 = _mm_add_epi32(b1, b1before);
    }
    PINPROOF_SHA256_STORE(first, a0, a1);
    if (second) PINPROOF_SHA256_STORE(second, b0, b1);
}
#else
static inline int pinproof_sha256_available(void) { return 0; }
static inline void pinproof_sha256_blocks(uint32_t *first, uint32_t *second, const uint8_t *bytes, size_t blocks) {}
#endif

// Feeds bytes.
static inline void pinproof_sha256_update(struct pinproof_sha256 *hash, const void *bytes, size_t count) {
    const uint8_t *next = (const uint8_t *)bytes;
    const size_t held = hash->count % 64;
    hash->count += count;
    if (held > 0) {
        const size_t part = count < 64 - held ? count : 64 - held;
        if (part > 0) memcpy(hash->rest + held, next, part);
        if (held + part < 64) return;
        pinproof_sha256_blocks(hash->state, NULL, hash->rest, 1);
        next += part;
        count -= part;
    }
    if (count >= 64) pinproof_sha256_blocks(hash->state, NULL, next, count / 64);
    if (count % 64 > 0) memcpy(hash->rest, next + count / 64 * 64, count % 64);
}

// Feeds the same bytes to both hashes, side by side where both are at the start of a block.
static inline void pinproof_sha256_update_both(
    struct pinproof_sha256 *first, struct pinproof_sha256 *second, const void *bytes, size_t count) {
    size_t whole = 0;
    if (count >= 64 && first->count % 64 == 0 && second->count % 64 == 0) {
        whole = count / 64 * 64;
        pinproof_sha256_blocks(first->state, second->state, (const uint8_t *)bytes, whole / 64);
        first->count += whole;
        second->count += whole;
    }
    pinproof_sha256_update(first, (const uint8_t *)bytes + whole, count - whole);
    pinproof_sha256_update(second, (const uint8_t *)bytes + whole, count - whole);
}

// Writes the 32 bytes of the digest; only a start may follow.
static inline void pinproof_sha256_finish(struct pinproof_sha256 *hash, uint8_t *digest) {
    const uint64_t bits = hash->count * 8;
    const size_t held = hash->count % 64;
    uint8_t end[128] = {0};
    if (held > 0) memcpy(end, hash->rest, held);
    end[held] = 0x80;
    const size_t size = held < 56 ? 64 : 128;
    for (size_t i = 0; i < 8; i++) end[size - 1 - i] = (uint8_t)(bits >> (8 * i));
    pinproof_sha256_blocks(hash->state, NULL, end, size / 64);
    for (size_t i = 0; i < 32; i++) digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}
