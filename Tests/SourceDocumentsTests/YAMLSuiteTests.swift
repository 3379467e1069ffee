import SourceDocuments
import Testing

/// YAML 1.2.2 (https://yaml.org/spec/1.2.2/) with the core schema, case by case.
///
/// The documents are short ones of yaml-test-suite (https://github.com/yaml/yaml-test-suite, MIT License); most are the examples of
/// the specification.
struct YAMLSuiteTests {
    private static let accepted: [(document: String, value: String)] = [
        (
            "-\n  name: Mark McGwire\n  hr:   65\n  avg:  0.278\n-\n  name: Sammy Sosa\n  hr:   63\n  avg:  0.288\n",
            "[{'name': 'Mark McGwire', 'hr': 65, 'avg': 0.278}, {'name': 'Sammy Sosa', 'hr': 63, 'avg': 0.288}]"
        ),
        ("%YAML 1.2\n--- text\n", "'text'"),
        (" - !!str a\n - b\n - !!int 42\n - d\n", "['a', 'b', 42, 'd']"),
        (
            "a!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~: safe\n?foo: safe question mark\n:foo: safe colon\n-foo: safe dash\nthis is#not: a comment\n",
            "{'a!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~': 'safe', '?foo': 'safe question mark', ':foo': 'safe colon', '-foo': 'safe dash', 'this is#not': 'a comment'}"
        ),
        (
            "# Sets are represented as a\n# Mapping where each key is\n# associated with a null value\n--- !!set\n? Mark McGwire\n? Sammy Sosa\n? Ken Griff\n",
            "{'Mark McGwire': null, 'Sammy Sosa': null, 'Ken Griff': null}"
        ),
        ("---\n- !!int 1\n- !!int -2\n- !!int 33\n", "[1, -2, 33]"),
        ("---\nplain: a\n b\n\n c\n", "{'plain': 'a b\nc'}"),
        ("- - s1_i1\n  - s1_i2\n- s2\n", "[['s1_i1', 's1_i2'], 's2']"),
        ("---\nk:#foo\n &a !t s\n", "'k:#foo &a !t s'"),
        ("&sequence\n- a\n", "['a']"),
        ("\"1 leading\n    \\ttab\"\n", "'1 leading \ttab'"),
        ("\"2 leading\n    \\\ttab\"\n", "'2 leading \ttab'"),
        ("\"3 leading\n    \ttab\"\n", "'3 leading tab'"),
        ("\"4 leading\n    \\t  tab\"\n", "'4 leading \t  tab'"),
        ("\"5 leading\n    \\\t  tab\"\n", "'5 leading \t  tab'"),
        ("\"6 leading\n    \t  tab\"\n", "'6 leading tab'"),
        ("escaped slash: \"a\\/b\"\n", "{'escaped slash': 'a/b'}"),
        (
            "plain:\n  This unquoted scalar\n  spans many lines.\n\nquoted: \"So does this\n  quoted scalar.\\n\"\n",
            "{'plain': 'This unquoted scalar spans many lines.', 'quoted': 'So does this quoted scalar.\n'}"
        ),
        ("'here''s to \"quotes\"'\n", "'here's to \"quotes\"'"),
        ("--- >\n ab\n cd\n \n ef\n\n\n gh\n", "'ab cd\nef\n\ngh\n'"),
        (
            "- |\n detected\n- >\n \n  \n  # detected\n- |1\n  explicit\n- >\n detected\n",
            "['detected\n', '\n\n# detected\n', ' explicit\n', 'detected\n']"
        ),
        ("  [1, 2, 3]  \n  ", "[1, 2, 3]"),
        ("\"foo: bar\\\": baz\"\n", "'foo: bar\": baz'"),
        ("---\nplain\\value\\with\\backslashes\n", "'plain\\value\\with\\backslashes'"),
        ("- aaa: |2\n    xxx\n  bbb: |\n    xxx\n", "[{'aaa': 'xxx\n', 'bbb': 'xxx\n'}]"),
        (
            "plain: text\n  lines\nquoted: \"text\n  \tlines\"\nblock: |\n  text\n   \tlines\n",
            "{'plain': 'text lines', 'quoted': 'text lines', 'block': 'text\n \tlines\n'}"
        ),
        ("---\n! a\n", "'a'"),
        ("{foo: you, bar: far}\n", "{'foo': 'you', 'bar': 'far'}"),
        (
            "sequence: !!seq\n- entry\n- !!seq\n - nested\nmapping: !!map\n foo: bar\n",
            "{'sequence': ['entry', ['nested']], 'mapping': {'foo': 'bar'}}"
        ),
        (
            "literal: |\n  some\n  text\nfolded: >\n  some\n  text\n",
            "{'literal': 'some\ntext\n', 'folded': 'some text\n'}"
        ),
        (
            "- { one : two , three: four , }\n- {five: six,seven : eight}\n",
            "[{'one': 'two', 'three': 'four'}, {'five': 'six', 'seven': 'eight'}]"
        ),
        (
            "Folding:\n  \"Empty line\n   \t\n  as a line feed\"\nChomping: |\n  Clipped empty lines\n \n\n",
            "{'Folding': 'Empty line\nas a line feed', 'Chomping': 'Clipped empty lines\n'}"
        ),
        ("- [ one, two, ]\n- [three ,four]\n", "[['one', 'two'], ['three', 'four']]"),
        ("key:    # Comment\n  value\n", "{'key': 'value'}"),
        (
            "? explicit key # Empty value\n? |\n  block key\n: - one # Explicit compact\n  - two # block value\n",
            "{'explicit key': null, 'block key\n': ['one', 'two']}"
        ),
        ("- foo\n", "['foo']"),
        (
            "%TAG !e! tag:example.com,2000:app/\n---\n- !local foo\n- !!str bar\n- !e!tag%21 baz\n",
            "['foo', 'bar', 'baz']"
        ),
        ("--- |+\n ab\n \n  \n...\n", "'ab\n\n \n'"),
        ("'foo: bar\\': baz'\n", "{'foo: bar\\': 'baz''}"),
        ("# ASCII Art\n--- |\n  \\//||\\/||\n  // ||  ||__\n", "'\\//||\\/||\n// ||  ||__\n'"),
        ("foo: !!seq\n  - !!str a\n  - !!map\n    key: !!str value\n", "{'foo': ['a', {'key': 'value'}]}"),
        ("---\na: &anchor\nb: *anchor\n", "{'a': null, 'b': null}"),
        (
            "\"foo\\nbar:baz\\tx \\\\$%^&*()x\": 23\n'x\\ny:z\\tx $%^&*()x': 24\n",
            "{'foo\nbar:baz\tx \\$%^&*()x': 23, 'x\\ny:z\\tx $%^&*()x': 24}"
        ),
        (
            ">\n Sammy Sosa completed another\n fine season with great stats.\n\n   63 Home Runs\n   0.288 Batting Average\n\n What a year!\n",
            "'Sammy Sosa completed another fine season with great stats.\n\n  63 Home Runs\n  0.288 Batting Average\n\nWhat a year!\n'"
        ),
        ("---\n\"\n  foo \n \n    bar\n\n  baz\n\"\n", "' foo\nbar\nbaz '"),
        (
            "-\n  \"flow in block\"\n- >\n Block scalar\n- !!map # Block collection\n  foo : bar\n",
            "['flow in block', 'Block scalar\n', {'foo': 'bar'}]"
        ),
        (
            "!!str a: b\nc: !!int 42\ne: !!str f\ng: h\n!!str 23: !!bool false\n",
            "{'a': 'b', 'c': 42, 'e': 'f', 'g': 'h', '23': false}"
        ),
        ("--- |-\n ab\n \n \n...\n", "'ab'"),
        (
            "\" 1st non-empty\n\n 2nd non-empty \n\t3rd non-empty \"\n",
            "' 1st non-empty\n2nd non-empty 3rd non-empty '"
        ),
        (
            "---\nhr:\n  - Mark McGwire\n  # Following node labeled SS\n  - &SS Sammy Sosa\nrbi:\n  - *SS # Subsequent occurrence\n  - Ken Griffey\n",
            "{'hr': ['Mark McGwire', 'Sammy Sosa'], 'rbi': ['Sammy Sosa', 'Ken Griffey']}"
        ),
        ("!<tag:yaml.org,2002:str> foo :\n  !<!bar> baz\n", "{'foo': 'baz'}"),
        (
            ">\n\n folded\n line\n\n next\n line\n   * bullet\n\n   * list\n   * lines\n\n last\n line\n\n# Comment\n",
            "'\nfolded line\nnext line\n  * bullet\n\n  * list\n  * lines\n\nlast line\n'"
        ),
        ("---\n[ word1\n# comment\n, word2]\n", "['word1', 'word2']"),
        ("? a\n? b\nc:\n", "{'a': null, 'b': null, 'c': null}"),
        (
            "---\nnested sequences:\n- - - []\n- - - {}\nkey1: []\nkey2: {}\n",
            "{'nested sequences': [[[[]]], [[{}]]], 'key1': [], 'key2': {}}"
        ),
        ("---word1\nword2\n", "'---word1 word2'"),
        (
            "'implicit block key' : [\n  'implicit flow key' : value,\n ]\n",
            "{'implicit block key': [{'implicit flow key': 'value'}]}"
        ),
        ("---\nkey ends with two colons::: value\n", "{'key ends with two colons::': 'value'}"),
        (
            "---\n- { single line, a: b}\n- { multi\n  line, a: b}\n",
            "[{'single line': null, 'a': 'b'}, {'multi line': null, 'a': 'b'}]"
        ),
        ("! a\n", "'a'"),
        ("key:\n - item1\n - item2\n", "{'key': ['item1', 'item2']}"),
        (
            "[\n\"double\n quoted\", 'single\n           quoted',\nplain\n text, [ nested ],\nsingle: pair,\n]\n",
            "['double quoted', 'single quoted', 'plain text', ['nested'], {'single': 'pair'}]"
        ),
        (
            " - key: value\n   key2: value2\n -\n   key3: value3\n",
            "[{'key': 'value', 'key2': 'value2'}, {'key3': 'value3'}]"
        ),
        ("--- >-\n  trimmed\n  \n \n\n  as\n  space\n", "'trimmed\n\n\nas space'"),
        (
            "--- >\n  Mark McGwire's\n  year was crippled\n  by a knee injury.\n",
            "'Mark McGwire's year was crippled by a knee injury.\n'"
        ),
        (
            "---\n- { \"single line\", a: b}\n- { \"multi\n  line\", a: b}\n",
            "[{'single line': null, 'a': 'b'}, {'multi line': null, 'a': 'b'}]"
        ),
        ("a:\n  b:\n    c: d\n  e:\n    f: g\nh: i\n", "{'a': {'b': {'c': 'd'}, 'e': {'f': 'g'}}, 'h': 'i'}"),
        ("foo:\n  bar: baz\n", "{'foo': {'bar': 'baz'}}"),
        ("--- \"a\n...x\nb\"\n", "'a ...x b'"),
        ("single: 'text'\ndouble: \"text\"\n", "{'single': 'text', 'double': 'text'}"),
        (
            "---\n\" 1st non-empty\n\n 2nd non-empty \n 3rd non-empty \"\n",
            "' 1st non-empty\n2nd non-empty 3rd non-empty '"
        ),
        (
            "---\n# Products purchased\n- item    : Super Hoop\n  quantity: 1\n- item    : Basketball\n  quantity: 4\n- item    : Big Shoes\n  quantity: 1\n",
            "[{'item': 'Super Hoop', 'quantity': 1}, {'item': 'Basketball', 'quantity': 4}, {'item': 'Big Shoes', 'quantity': 1}]"
        ),
        ("a\nb  \n  c\nd\n\ne\n", "'a b c d\ne'"),
        (
            "strip: |-\n  text\nclip: |\n  text\nkeep: |+\n  text\n",
            "{'strip': 'text', 'clip': 'text\n', 'keep': 'text\n'}"
        ),
        ("a: b\n c\nd:\n e\n  f\n", "{'a': 'b c', 'd': 'e f'}"),
        ("- single multiline\n - sequence entry\n", "['single multiline - sequence entry']"),
        ("one:\n- 2\n- 3\nfour: 5\n", "{'one': [2, 3], 'four': 5}"),
        ("- bla\"keks: foo\n- bla]keks: foo\n", "[{'bla\"keks': 'foo'}, {'bla]keks': 'foo'}]"),
        ("--- >\n folded\n text\n\n\n", "'folded text\n'"),
        ("key: &anchor\n !!map\n  a: b\n", "{'key': {'a': 'b'}}"),
        (
            "{\n\"adjacent\":value,\n\"readable\": value,\n\"empty\":\n}\n",
            "{'adjacent': 'value', 'readable': 'value', 'empty': null}"
        ),
        ("%TAG !e! tag:example.com,2000:app/\n---\n!e!foo \"bar\"\n", "'bar'"),
        (
            "&flowseq [\n a: b,\n &c c: d,\n { &e e: f },\n &g { g: h }\n]\n",
            "[{'a': 'b'}, {'c': 'd'}, {'e': 'f'}, {'g': 'h'}]"
        ),
        ("---\ntab: \"\\tstring\"\n", "{'tab': '\tstring'}"),
        ("[\n? foo\n bar : baz\n]\n", "[{'foo bar': 'baz'}]"),
        ("anchored: !local &anchor value\nalias: *anchor\n", "{'anchored': 'value', 'alias': 'value'}"),
        (
            "- |2-\n  explicit indent and chomp\n- |-2\n  chomp and explicit indent\n",
            "['explicit indent and chomp', 'chomp and explicit indent']"
        ),
        ("a: [b, c]\n", "{'a': ['b', 'c']}"),
        ("foo: bar\n", "{'foo': 'bar'}"),
        ("\"1 trailing\\t\n    tab\"\n", "'1 trailing\t tab'"),
        ("\"2 trailing\\t  \n    tab\"\n", "'2 trailing\t tab'"),
        ("\"3 trailing\\\t\n    tab\"\n", "'3 trailing\t tab'"),
        ("\"4 trailing\\\t  \n    tab\"\n", "'4 trailing\t tab'"),
        ("\"5 trailing\t\n    tab\"\n", "'5 trailing tab'"),
        ("\"6 trailing\t  \n    tab\"\n", "'6 trailing tab'"),
        ("[foo, bar, 42]\n", "['foo', 'bar', 42]"),
        ("foo: \"bar\n  \tbaz\"\n", "{'foo': 'bar baz'}"),
        ("foo: \"bar\n \t \t baz \t \t \"\n", "{'foo': 'bar baz \t \t '}"),
        ("|\n \n  \n  literal\n   \n  \n  text\n\n # Comment\n", "'\n\nliteral\n \n\ntext\n'"),
        ("&a a: &b b\n*b : *a\n", "{'a': 'b', 'b': 'a'}"),
        ("!!map {\n  k: !!seq\n  [ a, !!str b]\n}\n", "{'k': ['a', 'b']}"),
        ("---\na\nb  \n  c\nd\n\ne\n", "'a b c d\ne'"),
        ("---\n---word1\nword2\n", "'---word1 word2'"),
        (" - &a !!str a\n - !!int 2\n - !!int &c 4\n - &d d\n", "['a', 2, 4, 'd']"),
        ("---\n{ a: [b, c, { d: [e, f] } ] }\n", "{'a': ['b', 'c', {'d': ['e', 'f']}]}"),
        (
            "---\na: >2\n   more indented\n  regular\nb: >2\n\n\n   more indented\n  regular\n",
            "{'a': ' more indented\nregular\n', 'b': '\n\n more indented\nregular\n'}"
        ),
        (
            " # Strip\n  # Comments:\nstrip: |-\n  # text\n  \n # Clip\n  # comments:\n\nclip: |\n  # text\n \n # Keep\n  # comments:\n\nkeep: |+\n  # text\n\n # Trail\n  # comments.\n",
            "{'strip': '# text', 'clip': '# text\n', 'keep': '# text\n\n'}"
        ),
        (
            "safe: a!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\n     !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\nsafe question mark: ?foo\nsafe colon: :foo\nsafe dash: -foo\n",
            "{'safe': 'a!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~ !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~', 'safe question mark': '?foo', 'safe colon': ':foo', 'safe dash': '-foo'}"
        ),
        ("- Mark McGwire\n- Sammy Sosa\n- Ken Griffey\n", "['Mark McGwire', 'Sammy Sosa', 'Ken Griffey']"),
        ("--- &sequence\n- a\n", "['a']"),
        ("[a, [b, c]]\n", "['a', ['b', 'c']]"),
        (">\n folded\n text\n\n\n", "'folded text\n'"),
        ("? a\n: 1.3\nfifteen: d\n", "{'a': 1.3, 'fifteen': 'd'}"),
        (
            "foo: 1\n\nbar: 2\n    \ntext: |\n  a\n    \n  b\n\n  c\n \n  d\n",
            "{'foo': 1, 'bar': 2, 'text': 'a\n  \nb\n\nc\n\nd\n'}"
        ),
        ("---\nwanted: love ♥ and peace ☮\n", "{'wanted': 'love ♥ and peace ☮'}"),
        (
            "name: Mark McGwire\naccomplishment: >\n  Mark set a major league\n  home run record in 1998.\nstats: |\n  65 Home Runs\n  0.278 Batting Average\n",
            "{'name': 'Mark McGwire', 'accomplishment': 'Mark set a major league home run record in 1998.\n', 'stats': '65 Home Runs\n0.278 Batting Average\n'}"
        ),
        ("!!str &a1 \"foo\":\n  !!str bar\n&a2 baz : *a1\n", "{'foo': 'bar', 'baz': 'foo'}"),
        ("foo: blue\nbar: arrr\nbaz: jazz\n", "{'foo': 'blue', 'bar': 'arrr', 'baz': 'jazz'}"),
        ("one: 2\n\n\nthree: 4\n", "{'one': 2, 'three': 4}"),
        (
            "---\nhr: # 1998 hr ranking\n  - Mark McGwire\n  - Sammy Sosa\nrbi:\n  # 1998 rbi ranking\n  - Sammy Sosa\n  - Ken Griffey\n",
            "{'hr': ['Mark McGwire', 'Sammy Sosa'], 'rbi': ['Sammy Sosa', 'Ken Griffey']}"
        ),
        ("- |+\n\n\n", "['\n\n']"),
        ("- |+\n   \n", "['\n']"),
        ("block sequence:\n  - one\n  - two : three\n", "{'block sequence': ['one', {'two': 'three'}]}"),
        (
            "First occurrence: &anchor Value\nSecond occurrence: *anchor\n",
            "{'First occurrence': 'Value', 'Second occurrence': 'Value'}"
        ),
        ("? a\n  true\n: null\n  d\n? e\n  42\n", "{'a true': 'null d', 'e 42': null}"),
        ("- foo\n- bar\n- 42\n", "['foo', 'bar', 42]"),
        (">-\n  trimmed\n  \n \n\n  as\n  space\n", "'trimmed\n\n\nas space'"),
        ("strip: >-\n\nclip: >\n\nkeep: |+\n\n", "{'strip': '', 'clip': '', 'keep': '\n'}"),
        ("\"1 inline\\ttab\"\n", "'1 inline\ttab'"),
        ("\"2 inline\\\ttab\"\n", "'2 inline\ttab'"),
        ("\"3 inline\ttab\"\n", "'3 inline\ttab'"),
        ("foo:\n  bar: 1\nbaz: 2\n", "{'foo': {'bar': 1}, 'baz': 2}"),
        ("foo: |\n  x\n   \n", "{'foo': 'x\n \n'}"),
        ("? !!str a\n: !!int 47\n? c\n: !!str d\n", "{'a': 47, 'c': 'd'}"),
        (
            "implicit block key : [\n  implicit flow key : value,\n ]\n",
            "{'implicit block key': [{'implicit flow key': 'value'}]}"
        ),
        ("- !!str \"a\"\n- 'b'\n- &anchor \"c\"\n- *anchor\n- !!str\n", "['a', 'b', 'c', 'c', '']"),
        (
            "- [a, b , c ]\n- { \"a\"  : b\n   , c : 'd' ,\n   e   : \"f\"\n  }\n- [      ]\n",
            "[['a', 'b', 'c'], {'a': 'b', 'c': 'd', 'e': 'f'}, []]"
        ),
        (
            "\"implicit block key\" : [\n  \"implicit flow key\" : value,\n ]\n",
            "{'implicit block key': [{'implicit flow key': 'value'}]}"
        ),
        ("a: |\n ab\n \n cd\n ef\n \n\n...\n", "{'a': 'ab\n\ncd\nef\n'}"),
        ("literal: |2\n  value\nfolded:\n   !foo\n  >1\n value\n", "{'literal': 'value\n', 'folded': 'value\n'}"),
        ("- |\n x\n-\n foo: bar\n-\n - 42\n", "['x\n', {'foo': 'bar'}, [42]]"),
        ("---\n{\n a: [\n  b, c, {\n   d: [e, f]\n  }\n ]\n}\n", "{'a': ['b', 'c', {'d': ['e', 'f']}]}"),
        ("|\n literal\n \ttext\n\n\n", "'literal\n\ttext\n'"),
        (">\n  foo \n \n  \t bar\n\n  baz\n", "'foo \n\n\t bar\n\nbaz\n'"),
        ("- {a: b}\n", "[{'a': 'b'}]"),
        ("|-\n ab\n \n \n...\n", "'ab'"),
        (
            "- plain\n- \"double quoted\"\n- 'single quoted'\n- >\n  block\n- plain again\n",
            "['plain', 'double quoted', 'single quoted', 'block\n', 'plain again']"
        ),
        (
            "---\na: '\n  '\nb: '  \n  '\nc: \"\n  \"\nd: \"  \n  \"\ne: '\n\n  '\nf: \"\n\n  \"\ng: '\n\n\n  '\nh: \"\n\n\n  \"\n",
            "{'a': ' ', 'b': ' ', 'c': ' ', 'd': ' ', 'e': '\n', 'f': '\n', 'g': '\n\n', 'h': '\n\n'}"
        ),
        (
            "\"folded \nto a space,\t\n \nto a line feed, or \t\\\n \\ \tnon-content\"\n",
            "'folded to a space,\nto a line feed, or \t \tnon-content'"
        ),
        (
            "- | # Empty header↓\n literal\n- >1 # Indentation indicator↓\n  folded\n- |+ # Chomping indicator↓\n keep\n\n- >1- # Both indicators↓\n  strip\n",
            "['literal\n', ' folded\n', 'keep\n\n', ' strip']"
        ),
        ("%TAG !! tag:example.com,2000:app/\n---\n!!int 1 - 3 # Interval, not integer\n", "'1 - 3'"),
        ("key:    # Comment\n        # lines\n  value\n\n\n", "{'key': 'value'}"),
        (
            "american:\n  - Boston Red Sox\n  - Detroit Tigers\n  - New York Yankees\nnational:\n  - New York Mets\n  - Chicago Cubs\n  - Atlanta Braves\n",
            "{'american': ['Boston Red Sox', 'Detroit Tigers', 'New York Yankees'], 'national': ['New York Mets', 'Chicago Cubs', 'Atlanta Braves']}"
        ),
        ("' 1st non-empty\n\n 2nd non-empty \n\t3rd non-empty '\n", "' 1st non-empty\n2nd non-empty 3rd non-empty '"),
        ("- [ a, b ]\n- { a: b }\n- \"a\"\n- 'b'\n- c\n", "[['a', 'b'], {'a': 'b'}, 'a', 'b', 'c']"),
        (
            "---\n\"folded \nto a space,\n \nto a line feed, or \t\\\n \\ \tnon-content\"\n",
            "'folded to a space,\nto a line feed, or \t \tnon-content'"
        ),
        ("[\nfoo: bar\n]\n", "[{'foo': 'bar'}]"),
        (
            "---\n{ top1: [item1, {key2: value2}, item3], top2: value2 }\n",
            "{'top1': ['item1', {'key2': 'value2'}, 'item3'], 'top2': 'value2'}"
        ),
        ("foo:\n- 42\nbar:\n  - 44\n", "{'foo': [42], 'bar': [44]}"),
        ("%YAML 1.2\n---\nDocument\n... # Suffix\n", "'Document'"),
        ("aaa: bbb\n...\n", "{'aaa': 'bbb'}"),
        ("---\n- :,\n", "[':,']"),
        (
            "sequence:\n- one\n- two\nmapping:\n  ? sky\n  : blue\n  sea : green\n",
            "{'sequence': ['one', 'two'], 'mapping': {'sky': 'blue', 'sea': 'green'}}"
        ),
        ("---\nseq:\n &anchor\n- a\n- b\n", "{'seq': ['a', 'b']}"),
        ("-", "[null]"),
        ("---\n'here''s to \"quotes\"'\n", "'here's to \"quotes\"'"),
        (
            "hr:  65    # Home runs\navg: 0.278 # Batting average\nrbi: 147   # Runs Batted In\n",
            "{'hr': 65, 'avg': 0.278, 'rbi': 147}"
        ),
        ("--- |\n \n  \n  literal\n   \n  \n  text\n\n # Comment\n", "'\n\nliteral\n \n\ntext\n'"),
        (
            "---\n' 1st non-empty\n\n 2nd non-empty \n 3rd non-empty '\n",
            "' 1st non-empty\n2nd non-empty 3rd non-empty '"
        ),
        ("--- |\n literal\n \ttext\n\n\n", "'literal\n\ttext\n'"),
        ("block mapping:\n key: value\n", "{'block mapping': {'key': 'value'}}"),
        ("\"\n  foo \n \n  \t bar\n\n  baz\n\"\n", "' foo\nbar\nbaz '"),
        (">\n ab\n cd\n \n ef\n\n\n gh\n", "'ab cd\nef\n\ngh\n'"),
        ("%TAG !yaml! tag:yaml.org,2002:\n---\n!yaml!str \"foo\"\n", "'foo'"),
        ("- { url: http://example.org }\n", "[{'url': 'http://example.org'}]"),
        (
            "sequence: [ one, two, ]\nmapping: { sky: blue, sea: green }\n",
            "{'sequence': ['one', 'two'], 'mapping': {'sky': 'blue', 'sea': 'green'}}"
        ),
        ("::\n", "{':': null}"),
        ("- &a a\n- &b b\n- *a\n- *b\n", "['a', 'b', 'a', 'b']"),
        (
            "- # Empty\n- |\n block node\n- - one # Compact\n  - two # sequence\n- one: two # Compact mapping\n",
            "[null, 'block node\n', ['one', 'two'], {'one': 'two'}]"
        ),
        ("---\n? key\n# comment\n: value\n", "{'key': 'value'}"),
        ("---\nscalar\n%YAML 1.2\n", "'scalar %YAML 1.2'"),
        (
            "Folding:\n  \"Empty line\n\n  as a line feed\"\nChomping: |\n  Clipped empty lines\n \n\n",
            "{'Folding': 'Empty line\nas a line feed', 'Chomping': 'Clipped empty lines\n'}"
        ),
        (
            "- [name        , hr, avg  ]\n- [Mark McGwire, 65, 0.278]\n- [Sammy Sosa  , 63, 0.288]\n",
            "[['name', 'hr', 'avg'], ['Mark McGwire', 65, 0.278], ['Sammy Sosa', 63, 0.288]]"
        ),
        ("literal: |2\n  value\nfolded: !foo >1\n value\n", "{'literal': 'value\n', 'folded': 'value\n'}"),
        ("%TAG !e! tag:example.com,2000:app/\n---\n- !e!foo \"bar\"\n", "['bar']"),
        (
            "Mark McGwire: {hr: 65, avg: 0.278}\nSammy Sosa: {\n    hr: 63,\n    avg: 0.288\n  }\n",
            "{'Mark McGwire': {'hr': 65, 'avg': 0.278}, 'Sammy Sosa': {'hr': 63, 'avg': 0.288}}"
        ),
        ("&a a: b\nc: &d d\n", "{'a': 'b', 'c': 'd'}"),
        ("{ key: [[[\n  value\n ]]]\n}\n", "{'key': [[['value']]]}"),
        ("---\na: 1\n? b\n&anchor c: 3\n", "{'a': 1, 'b': null, 'c': 3}"),
    ]

    @Test("a document has the value that the specification gives it", arguments: accepted)
    func accepts(document: String, value: String) {
        let text = SourceText(name: "x", text: document)
        #expect(PlainForm.of { () throws(DocumentError) in try YAMLReader.read(text) } == value)
    }
}
