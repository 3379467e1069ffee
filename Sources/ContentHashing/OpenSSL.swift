internal import COpenSSL

/// The functions of OpenSSL's libcrypto, loaded when the first one is called.
///
/// They have OpenSSL's names, and hide the declarations of its headers; without the library each of them fails.
/// https://docs.openssl.org/3.0/man7/evp/
private enum OpenSSL {
    static let functions: pinproof_openssl? = {
        var functions = pinproof_openssl()
        return pinproof_openssl_load(&functions) != 0 ? functions : nil
    }()
}

// MARK: Digests

func EVP_md5() -> OpaquePointer? { OpenSSL.functions?.EVP_md5() }
func EVP_sha1() -> OpaquePointer? { OpenSSL.functions?.EVP_sha1() }
func EVP_sha224() -> OpaquePointer? { OpenSSL.functions?.EVP_sha224() }
func EVP_sha256() -> OpaquePointer? { OpenSSL.functions?.EVP_sha256() }
func EVP_sha384() -> OpaquePointer? { OpenSSL.functions?.EVP_sha384() }
func EVP_sha512() -> OpaquePointer? { OpenSSL.functions?.EVP_sha512() }
func EVP_blake2b512() -> OpaquePointer? { OpenSSL.functions?.EVP_blake2b512() }

func EVP_MD_CTX_new() -> OpaquePointer? { OpenSSL.functions?.EVP_MD_CTX_new() }
func EVP_MD_CTX_free(_ context: OpaquePointer?) { OpenSSL.functions?.EVP_MD_CTX_free(context) }

func EVP_DigestInit_ex(_ context: OpaquePointer?, _ method: OpaquePointer?, _ engine: OpaquePointer?) -> Int32 {
    OpenSSL.functions?.EVP_DigestInit_ex(context, method, engine) ?? 0
}

func EVP_DigestUpdate(_ context: OpaquePointer?, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int32 {
    OpenSSL.functions?.EVP_DigestUpdate(context, bytes, count) ?? 0
}

func EVP_DigestFinal_ex(
    _ context: OpaquePointer?, _ output: UnsafeMutablePointer<UInt8>?, _ length: UnsafeMutablePointer<UInt32>?
) -> Int32 {
    OpenSSL.functions?.EVP_DigestFinal_ex(context, output, length) ?? 0
}

// MARK: Signatures

func EVP_DigestVerifyInit(
    _ context: OpaquePointer?, _ keyContext: UnsafeMutablePointer<OpaquePointer?>?, _ method: OpaquePointer?,
    _ engine: OpaquePointer?, _ key: OpaquePointer?
) -> Int32 {
    OpenSSL.functions?.EVP_DigestVerifyInit(context, keyContext, method, engine, key) ?? 0
}

func EVP_DigestVerify(
    _ context: OpaquePointer?, _ signature: UnsafePointer<UInt8>?, _ signatureLength: Int,
    _ message: UnsafePointer<UInt8>?, _ messageLength: Int
) -> Int32 {
    OpenSSL.functions?.EVP_DigestVerify(context, signature, signatureLength, message, messageLength) ?? 0
}

func EVP_DigestSignInit(
    _ context: OpaquePointer?, _ keyContext: UnsafeMutablePointer<OpaquePointer?>?, _ method: OpaquePointer?,
    _ engine: OpaquePointer?, _ key: OpaquePointer?
) -> Int32 {
    OpenSSL.functions?.EVP_DigestSignInit(context, keyContext, method, engine, key) ?? 0
}

func EVP_DigestSign(
    _ context: OpaquePointer?, _ signature: UnsafeMutablePointer<UInt8>?, _ length: UnsafeMutablePointer<Int>?,
    _ message: UnsafePointer<UInt8>?, _ messageLength: Int
) -> Int32 {
    OpenSSL.functions?.EVP_DigestSign(context, signature, length, message, messageLength) ?? 0
}

// MARK: Keys

func EVP_PKEY_free(_ key: OpaquePointer?) { OpenSSL.functions?.EVP_PKEY_free(key) }

func EVP_PKEY_is_a(_ key: OpaquePointer?, _ name: UnsafePointer<CChar>?) -> Int32 {
    OpenSSL.functions?.EVP_PKEY_is_a(key, name) ?? 0
}

func EVP_PKEY_get_group_name(
    _ key: OpaquePointer?, _ name: UnsafeMutablePointer<CChar>?, _ size: Int, _ length: UnsafeMutablePointer<Int>?
) -> Int32 {
    OpenSSL.functions?.EVP_PKEY_get_group_name(key, name, size, length) ?? 0
}

func EVP_PBE_scrypt(
    _ password: UnsafePointer<CChar>?, _ passwordLength: Int, _ salt: UnsafePointer<UInt8>?, _ saltLength: Int,
    _ cost: UInt64, _ blockSize: UInt64, _ parallelism: UInt64, _ memory: UInt64, _ key: UnsafeMutablePointer<UInt8>?,
    _ keyLength: Int
) -> Int32 {
    OpenSSL.functions?.EVP_PBE_scrypt(
        password, passwordLength, salt, saltLength, cost, blockSize, parallelism, memory, key, keyLength) ?? 0
}

func d2i_PUBKEY(
    _ key: UnsafeMutablePointer<OpaquePointer?>?, _ bytes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ count: Int
) -> OpaquePointer? {
    OpenSSL.functions?.d2i_PUBKEY(key, bytes, count)
}

func i2d_PUBKEY(_ key: OpaquePointer?, _ output: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32 {
    OpenSSL.functions?.i2d_PUBKEY(key, output) ?? 0
}

func d2i_AutoPrivateKey(
    _ key: UnsafeMutablePointer<OpaquePointer?>?, _ bytes: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ count: Int
) -> OpaquePointer? {
    OpenSSL.functions?.d2i_AutoPrivateKey(key, bytes, count)
}

/// Without a callback, the password ends with a NUL.
func d2i_PKCS8PrivateKey_bio(_ input: OpaquePointer?, _ password: UnsafeMutableRawPointer?) -> OpaquePointer? {
    OpenSSL.functions?.d2i_PKCS8PrivateKey_bio(input, nil, nil, password)
}

func BIO_new_mem_buf(_ bytes: UnsafeRawPointer?, _ count: Int32) -> OpaquePointer? {
    OpenSSL.functions?.BIO_new_mem_buf(bytes, count)
}

@discardableResult
func BIO_free(_ input: OpaquePointer?) -> Int32 { OpenSSL.functions?.BIO_free(input) ?? 0 }

func ERR_clear_error() { OpenSSL.functions?.ERR_clear_error() }
