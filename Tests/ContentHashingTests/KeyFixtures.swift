import Testing

/// Keys and envelopes made by pyca/cryptography, securesystemslib and PyNaCl; they guard nothing. The password is `secret`.
struct KeyFixture: Sendable, CustomTestStringConvertible {
    let kind: String
    let publicKey: String
    let privateKeys: [String]
    let encryptedKeys: [String]
    let identifier: String
    let envelope: String
    var testDescription: String { kind }

    static let all = [
        KeyFixture(
            kind: "p256",
            publicKey: """
                -----BEGIN PUBLIC KEY-----
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1XUwB1WPE0cGfgnxWNtQZCvA+dxJ
                Lhurc4KsRhcHreZDwaZQaJ1dsfjapvWZIbsmMaFOLS4k3JZmVBVrtZpV0g==
                -----END PUBLIC KEY-----
                """,
            privateKeys: [
                """
                -----BEGIN PRIVATE KEY-----
                MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgDb2BHwYkio8L3rZZ
                REH4C2zEBt5Q0bojmikfbf9+QVWhRANCAATVdTAHVY8TRwZ+CfFY21BkK8D53Eku
                G6tzgqxGFwet5kPBplBonV2x+Nqm9ZkhuyYxoU4tLiTclmZUFWu1mlXS
                -----END PRIVATE KEY-----
                """,
                """
                -----BEGIN EC PRIVATE KEY-----
                MHcCAQEEIA29gR8GJIqPC962WURB+AtsxAbeUNG6I5opH23/fkFVoAoGCCqGSM49
                AwEHoUQDQgAE1XUwB1WPE0cGfgnxWNtQZCvA+dxJLhurc4KsRhcHreZDwaZQaJ1d
                sfjapvWZIbsmMaFOLS4k3JZmVBVrtZpV0g==
                -----END EC PRIVATE KEY-----
                """,
            ],
            encryptedKeys: [
                """
                -----BEGIN ENCRYPTED PRIVATE KEY-----
                MIH0MF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBAZ1vcZcGgHq1pkWNtS
                Gi4cAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQvucezDMIroKlU/po
                g5e9DwSBkDZvtItJRr8bY2p0uK9k9zWeJBAWi+5Bd1Hk2IL046OmOS9Mrj2BVceZ
                CxOBHs5qNePb7BVYpDE38hCwQdUXqFEccs6SfnK2kOCW+6+RXhBAyvQ0FIeJOjW6
                3A3LtGVvW3Z4XSsC+MBdHMUc8D4j0XmF3F2iVaU2BV9bjUaWZF3S43/c5iKvmzbT
                h8ntP4NQ1Q==
                -----END ENCRYPTED PRIVATE KEY-----
                """,
                """
                -----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
                eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
                OCwicCI6MX0sInNhbHQiOiJ6MmVlcXB6aFJUMjg4VGR4UXA5cnNLaGdLbkZsNXBR
                ZnFZNmhkKzlpM3UwPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
                Iiwibm9uY2UiOiJYTHdGbUF4eUZQeHlmcEhJdzV3L1lQZ1l6a3hNdEREbiJ9LCJj
                aXBoZXJ0ZXh0IjoiS0VpNVI3S2lYcXQ0RFczbWNmU0pIQU9qbThzSmxJd0hCbkIw
                Mzd1anNSK3U0Si9Ra1d2MXZJRjlxV1JUK3FOaGFHZzVGRmlUR3l4NHhPQ0FqZXNj
                aW1aTDM3ZFlneVczY3h5SU9ZZ0Vhc0pKd05Tc0JpcytaeVdVYXo0SlJGd0RMN0xI
                eTA5NnA4anpFZzI4alNWaWVSbHhJQjhRMkVsMldMc3NxQ1ZXa0E0c0lmNTJTa25J
                TEtRODRXb0k2ditWdFRrQmJKMjVvaGZrMWc9PSJ9
                -----END ENCRYPTED SIGSTORE PRIVATE KEY-----
                """,
            ],
            identifier: "42b2ac4b2e54552baf6a27ad8e6a9ea535bdefc0e23972d2705033b6b426d527",
            envelope: #"""
                {
                 "payload": "eyJhIjoxfQ==",
                 "payloadType": "application/vnd.in-toto+json",
                 "signatures": [
                  {
                   "keyid": "42b2ac4b2e54552baf6a27ad8e6a9ea535bdefc0e23972d2705033b6b426d527",
                   "sig": "MEUCIA/ZQ6fMfk6OGD/yezJpsA98tySnM8EzEgRVSMReEsdaAiEA1Qprlxxv9cPV1Eazbx93KQFx8xXQ8F2dvOkrDyEJn+U="
                  }
                 ]
                }
                """#),
        KeyFixture(
            kind: "p384",
            publicKey: """
                -----BEGIN PUBLIC KEY-----
                MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAExg4hGmrC6jQ5e9mVBzcYtj9SX2GU0PPZ
                aFPdjGAFS4jcWuhDQReFYVzaKPyVwQFjmqjOPSNTZQuHHCb2d88/BrRnl6zrswku
                Ztdx9xT+J1PgL5UzaJcGaQaaf5Y8Lofm
                -----END PUBLIC KEY-----
                """,
            privateKeys: [
                """
                -----BEGIN PRIVATE KEY-----
                MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBntXBP475wkXW+wZNJ
                ce0owYyAEO+v/f8t1d1mJO4MWbsMhGoHSCEKZEkcww54r1ihZANiAATGDiEaasLq
                NDl72ZUHNxi2P1JfYZTQ89loU92MYAVLiNxa6ENBF4VhXNoo/JXBAWOaqM49I1Nl
                C4ccJvZ3zz8GtGeXrOuzCS5m13H3FP4nU+AvlTNolwZpBpp/ljwuh+Y=
                -----END PRIVATE KEY-----
                """,
                """
                -----BEGIN EC PRIVATE KEY-----
                MIGkAgEBBDBntXBP475wkXW+wZNJce0owYyAEO+v/f8t1d1mJO4MWbsMhGoHSCEK
                ZEkcww54r1igBwYFK4EEACKhZANiAATGDiEaasLqNDl72ZUHNxi2P1JfYZTQ89lo
                U92MYAVLiNxa6ENBF4VhXNoo/JXBAWOaqM49I1NlC4ccJvZ3zz8GtGeXrOuzCS5m
                13H3FP4nU+AvlTNolwZpBpp/ljwuh+Y=
                -----END EC PRIVATE KEY-----
                """,
            ],
            encryptedKeys: [
                """
                -----BEGIN ENCRYPTED PRIVATE KEY-----
                MIIBJDBfBgkqhkiG9w0BBQ0wUjAxBgkqhkiG9w0BBQwwJAQQJuZ2IJpdRabPlyzc
                KymkcAICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAyi8sL3zSg8xxvN
                mDMYtV8EgcCMq1p3aOuqLAqwIQpgC2oZqKkX/V/4YyViuoq+lPul1EYOLIwjghPb
                gLt+IxutXUpBqApj3NO2NRG4NhSQEz6ArP/Pu1W3v9916oqw2VY31ivSRwY/w7TW
                BPaHDPEwK4MGsmi2vRMrTjp+qP2OS3cMe1MAAf7v3UTU6VYdOMDUiYZgbwRfijDJ
                Xkebj02QIbszF1Z2TEZLGXsCLoQ74981FrWpvPVoI13+Dm5SQHAk34mgFU5eC7BM
                O494ZdlX2ZQ=
                -----END ENCRYPTED PRIVATE KEY-----
                """,
                """
                -----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----
                eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjozMjc2OCwiciI6
                OCwicCI6MX0sInNhbHQiOiJycW9PNUJ4QkhVUDRQNG02UVhtazZEQWthckVtbUU5
                MTNVMy9OMm94c1RRPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
                Iiwibm9uY2UiOiJKcUJSWjdFVHUrYmNHVUNvZnhUWldnVC8yUEFXdjRZSyJ9LCJj
                aXBoZXJ0ZXh0IjoiVlVBRG5HUFNMakRLUE9BWEdlZFNuU2w3NWlKTGI4YlZWWW1w
                cURYZEVTbk04ektIQk9paFBKS25ueXZQS093UUIxUlFnOFZkWmM3MnJxY2R3c25z
                ZzdtMzFSUEdlT0ZqZXV1YmE3OXFlTWtZODZPMzdhQzdGYzJVcWtKazBISDFaNUkw
                anE5WlZtTVFVZnVjRS92cjgxOEN3M050QkhLc0NjSU9RblFHaTlYQWFaM29zYzR0
                L3NveE92TUtNQzR6S0Fmb3BuWmovMEx0TEp3cXMxdXo1RGdCemhUSUp1a0kzZzRD
                dG5nWlk1SEN5cDVWYkJJMGo2Z0VwUFBnclk4cU5qbUpYOVVkUFpBZSJ9
                -----END ENCRYPTED COSIGN PRIVATE KEY-----
                """,
            ],
            identifier: "d8c76b89d114729fae27d6ab6ecc9e37bb553f31c6ed710f5bf9bd17f713cda7",
            envelope: #"""
                {
                 "payload": "eyJhIjoxfQ==",
                 "payloadType": "application/vnd.in-toto+json",
                 "signatures": [
                  {
                   "keyid": "d8c76b89d114729fae27d6ab6ecc9e37bb553f31c6ed710f5bf9bd17f713cda7",
                   "sig": "MGYCMQCz5CZuco0tBVRk+RSEM9HN/tFNKWTv6rbuSaBDeBSTmUalX72+xnD1S2s3SWWSp4QCMQD1qEG6H5kSp8cLZYpzSobudPzgkqIMhrJPrfGGssHFUQ30dK8lV8klNy8tGZ6O5Ls="
                  }
                 ]
                }
                """#),
        KeyFixture(
            kind: "p521",
            publicKey: """
                -----BEGIN PUBLIC KEY-----
                MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAktYr/exnQZbdq86kCZiBmaEL0ps+
                BTakCKQM2qHZTvfpmCKBTHN3+5nkRlkBgHQXStQyFtblpcnayEizn1ZU79ABRlhZ
                UdqB2H78CvlvMGEi1J1qxcGsAM4xFFccqWZT074n4a12RA5pj/bbrijWFFvXkoDu
                LptS54oWpSnaleHSpUs=
                -----END PUBLIC KEY-----
                """,
            privateKeys: [
                """
                -----BEGIN PRIVATE KEY-----
                MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIBFiNkCyYME3Ko3BU2
                ROgPf9Ttol21BIyZRVGJkvG/wYyoMq/Yz8ev4Qi7Q3kv+39sYOIM2n/rzmtZdOSx
                UBTeEnuhgYkDgYYABACS1iv97GdBlt2rzqQJmIGZoQvSmz4FNqQIpAzaodlO9+mY
                IoFMc3f7meRGWQGAdBdK1DIW1uWlydrISLOfVlTv0AFGWFlR2oHYfvwK+W8wYSLU
                nWrFwawAzjEUVxypZlPTvifhrXZEDmmP9tuuKNYUW9eSgO4um1LnihalKdqV4dKl
                Sw==
                -----END PRIVATE KEY-----
                """,
                """
                -----BEGIN EC PRIVATE KEY-----
                MIHcAgEBBEIBFiNkCyYME3Ko3BU2ROgPf9Ttol21BIyZRVGJkvG/wYyoMq/Yz8ev
                4Qi7Q3kv+39sYOIM2n/rzmtZdOSxUBTeEnugBwYFK4EEACOhgYkDgYYABACS1iv9
                7GdBlt2rzqQJmIGZoQvSmz4FNqQIpAzaodlO9+mYIoFMc3f7meRGWQGAdBdK1DIW
                1uWlydrISLOfVlTv0AFGWFlR2oHYfvwK+W8wYSLUnWrFwawAzjEUVxypZlPTvifh
                rXZEDmmP9tuuKNYUW9eSgO4um1LnihalKdqV4dKlSw==
                -----END EC PRIVATE KEY-----
                """,
            ],
            encryptedKeys: [
                """
                -----BEGIN ENCRYPTED PRIVATE KEY-----
                MIIBZTBfBgkqhkiG9w0BBQ0wUjAxBgkqhkiG9w0BBQwwJAQQJnlHfxJMu04lgJza
                QP1PIgICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMb6hpsPoGJ004Z6
                E9cbgjkEggEAMdZKYfzKpnwwzPthtlmo8B1VA43RdPytU1jzI4+ahzxJ1MVUMuuG
                kaKH8A1V7fMGxJq14/DGcj/O2ihFod8+eKgVup20gGoO56fCfh6xGXe2rkHj43LO
                KUmnXU+KJJ9AQ4oC8PW5Odr31qRVFfrK49PsLRE4qSdypZNCIPh2CTUk9iqCdBR7
                DPbRCt+CAy+6/VNR2GYYsDnPf4ASib4wwZ/eblX+4GVWTmwfW4q3Z+nKxhPMeMFL
                2d5985gWjCs2MTUiERnyq8jRYjMxoPcJ97j+cC0gX/4IV/cTY8Kg1q01wYpN6q0B
                SE1wl2z7aifRCVN/smu5PXDc7qgJfFUz6Q==
                -----END ENCRYPTED PRIVATE KEY-----
                """,
                """
                -----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
                eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjozMjc2OCwiciI6
                OCwicCI6MX0sInNhbHQiOiJpTWdsaDZJRnV1dC9jVW11VlRuWUNWVUlZMEtOcjVa
                K3RXYWcwRENDQmF3PSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
                Iiwibm9uY2UiOiJYa2JLc1Z0UytwaGFVVUY4NTdtdy94SGtsa0ZEU0RWZyJ9LCJj
                aXBoZXJ0ZXh0Ijoib0F6eGVMYXM1NmczQm95MEhTK0VGd1oyS3ZsL3RzSU1CTTFX
                bkFvME8vQnMvV1hqK0ExcWt5TXUxbllJTTBoTU1UdVZvdU5FWHRhamkzZU91VTB6
                UWlmSTNBVDRIZlQ0Nk5iV3laNWJCYTNHeUwxejRVYnRNRUtOM0hYWHQ3aXhDVkU3
                bzFxSDlzU0xlVG9VMVFGVUVkYU5mbG01U29zVWFOVU1oUjJtS2tyUUhMWTRhMVUr
                T3poRXZGQ3N1S0YwTm00R2NWNUM2eGxpckJLaWt5dExoSnNzeXBkOTBSOCtwKytU
                cmxjSENmckdaQ2JZUEZ1bDBTT281elppMVZyZWJMMmlKRlBNVEZZc0pyV1Uvcld4
                V1BjWG1zd1Q3dVJlM2hXWGpzUHBtejBuM0hyRWZpSXZ6bi9FTWkxZFNKQXBzNEI5
                ck1aNDVHdTBYUmg3Q05zTjZjWT0ifQ==
                -----END ENCRYPTED SIGSTORE PRIVATE KEY-----
                """,
            ],
            identifier: "9f5330f844719679465ae0d61c22f4c7ed9a00d1b6589943fd550ae5de077c23",
            envelope: #"""
                {
                 "payload": "eyJhIjoxfQ==",
                 "payloadType": "application/vnd.in-toto+json",
                 "signatures": [
                  {
                   "keyid": "9f5330f844719679465ae0d61c22f4c7ed9a00d1b6589943fd550ae5de077c23",
                   "sig": "MIGIAkIBYSTtjco0ha3Gn46qPrQ9C8ZJSG58J5q1yYFpsbDf6cn2F62nwNGU1DVq7cWfiIHe3eBd5qVN2U/ys4yZSQBpsjwCQgG/9vCeekBjOFlkHz2otG+aQ2q8pE/wRjZ5KmWAEiD+SQftj+mdT8irG628OFt/aq4RnQyK9WZ0wDuTo7pJjeCN7A=="
                  }
                 ]
                }
                """#),
        KeyFixture(
            kind: "ed25519",
            publicKey: """
                -----BEGIN PUBLIC KEY-----
                MCowBQYDK2VwAyEAtm5Yh02UgSL5IuoRdg8nBRfKde4IOCRkTqLbpMlOy6c=
                -----END PUBLIC KEY-----
                """,
            privateKeys: [
                """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VwBCIEIG+1z/BL30BY9/U7AVQcTZi+3d8WSSISXg/6qYoDhbl4
                -----END PRIVATE KEY-----
                """
            ],
            encryptedKeys: [
                """
                -----BEGIN ENCRYPTED PRIVATE KEY-----
                MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBD8Xlo1hxv2BTcTUxGk
                xLkzAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQBKgQQUkXQLeaeqS4j5eDc
                jy3cGwRAkZKh58IcxsltK9bbIu5kKqImHWhenrGCZP68u7Spchn0HzDkNT0IrMzf
                SZTNcIFJMYWGSFiz5hj+ZT4fyZ6Alg==
                -----END ENCRYPTED PRIVATE KEY-----
                """,
                """
                -----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
                eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjozMjc2OCwiciI6
                OCwicCI6MX0sInNhbHQiOiJtVmR3eEJQdkYwVHpycm92OGJPY29tSDBGcnJ4dDl1
                Y0ZaaVBuVTRJY2c0PSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
                Iiwibm9uY2UiOiJUV0pJQjF6cng4QUlDYUJ4VkJ6ZWF3dVJEc0hnbjBEYyJ9LCJj
                aXBoZXJ0ZXh0IjoiaFJKdkUwZWZCeFVOajVOZ2R2d2lPOWFjSWRXRUVBR2FhSi9V
                UGtoZmw1R0dDZDM0cTNma1ZqdU5YQThZSlZKOVVEQU93alRMVy9JYmNmRDRpdjFr
                TlE9PSJ9
                -----END ENCRYPTED SIGSTORE PRIVATE KEY-----
                """,
            ],
            identifier: "211b5a6a4fe688999122bbbe9fc36ea413eef8992414fae5e0c10a41fd3acd72",
            envelope: #"""
                {
                 "payload": "eyJhIjoxfQ==",
                 "payloadType": "application/vnd.in-toto+json",
                 "signatures": [
                  {
                   "keyid": "211b5a6a4fe688999122bbbe9fc36ea413eef8992414fae5e0c10a41fd3acd72",
                   "sig": "yHJyxQ/0F2qVqpTJEVRPWoYekZMrqxuBxdA7f8/jBqZ1tpEhppiu+GQdvNUhbQSUdbqj+NKSSKgIHUolcwNFCw=="
                  }
                 ]
                }
                """#),
    ]
}
