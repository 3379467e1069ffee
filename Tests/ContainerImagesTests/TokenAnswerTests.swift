import Testing

@testable import ContainerImages

/// The answers of token servers as Go's clients read them.
struct TokenAnswerTests {
    @Test(
        "keys count in any case, the last one that is not null, `token` before `access_token`",
        arguments: [
            (#"{"token":"a"}"#, "a"), (#"{"Token":"a"}"#, "a"), (#"{"TOKEN":"a"}"#, "a"), (#"{"to\u212aen":"a"}"#, "a"),
            (#"{"access_token":"a"}"#, "a"), (#"{"Access_Token":"a"}"#, "a"), (#"{"acce\u017fs_token":"a"}"#, "a"),
            (#"{"token":"","ACCESS_TOKEN":"a"}"#, "a"), (#"{"access_token":"b","Token":"a"}"#, "a"),
            (#"{"token":"a","Token":"b"}"#, "b"), (#"{"Token":"b","token":"a"}"#, "a"),
            (#"{"token":"a","Token":null}"#, "a"), (#"{"Token":null,"access_token":"a"}"#, "a"),
        ])
    func tokens(answer: String, token: String) {
        #expect(TokenAnswer.token(Array(answer.utf8), name: "x") == token)
    }

    @Test(
        "an answer without a token that can stand in a header",
        arguments: [
            "", "[]", "{}", #"{"tokens":"a"}"#, #"{"access-token":"a"}"#, #"{"token":""}"#, #"{"token":null}"#,
            #"{"token":1}"#, #"{"Token":"a b"}"#, #"{"Token":"a\n"}"#, #"{"token":"\u00e9","access_token":"a"}"#,
            #"{"accessToken":"a"}"#, #"{"token":"a","token":"b"}"#,
        ])
    func none(answer: String) {
        #expect(TokenAnswer.token(Array(answer.utf8), name: "x") == nil)
    }
}
