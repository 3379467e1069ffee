import SourceDocuments
import Testing

/// What TOML 1.0 (https://toml.io/en/v1.0.0) accepts, with its value.
///
/// The documents are short ones of toml-test (https://github.com/toml-lang/toml-test, MIT License), in the list for TOML 1.0.
struct TOMLAcceptedTests {
    private static let strings: [(document: String, value: String)] = [
        ("# Escape \"\ntest = \"\\\"one\\\"\"", "{'test': '\"one\"'}"),
        ("# Escape \\ and then \"\ntest = \"\\\\\\\"one\"", "{'test': '\\\"one'}"),
        ("# Escape \\ four times and then \"\ntest = \"\\\\\\\\\\\\\\\\\\\"one\"", "{'test': '\\\\\\\\\"one'}"),
        ("answer = \"\"", "{'answer': ''}"),
        ("beee = \"\"\"\nheeee\ngeeee\\  \n\n\n      \"\"\"", "{'beee': 'heeee\ngeeee'}"),
        ("answer = \"\\\\x64\"", "{'answer': '\\x64'}"),
        (
            "nl_mid = \"val\\nue\"\nnl_end = \"\"\"value\\n\"\"\"\n\nlit_nl_end = '''value\\n'''\nlit_nl_mid = 'val\\nue'\nlit_nl_uni = 'val\\ue'",
            "{'nl_mid': 'val\nue', 'nl_end': 'value\n', 'lit_nl_end': 'value\\n', 'lit_nl_mid': 'val\\nue', 'lit_nl_uni': 'val\\ue'}"
        ),
        ("empty = ''", "{'empty': ''}"),
        ("answer = \"You are not drinking enough whisky.\"", "{'answer': 'You are not drinking enough whisky.'}"),
        (
            "pound = \"We see no # comments here.\"\npoundcomment = \"But there are # some comments here.\" # Did I # mess you up?",
            "{'pound': 'We see no # comments here.', 'poundcomment': 'But there are # some comments here.'}"
        ),
        (
            "name.first = \"Arthur\"\n\"name\".'last' = \"Dent\"\n\nmany.dots.dot.dot.dot = 42",
            "{'name': {'first': 'Arthur', 'last': 'Dent'}, 'many': {'dots': {'dot': {'dot': {'dot': 42}}}}}"
        ),
        (
            "top.key = 1\n\n[tbl]\na.b.c = 42.666\n\n[a.few.dots]\npolka.dot = \"again?\"\npolka.dance-with = \"Dot\"",
            "{'top': {'key': 1}, 'tbl': {'a': {'b': {'c': 42.666}}}, 'a': {'few': {'dots': {'polka': {'dot': 'again?', 'dance-with': 'Dot'}}}}}"
        ),
        (
            "top.key = 1\n\n[[arr]]\na.b.c=1\na.b.d=2\n\n[[arr]]\na.b.c=3\na.b.d=4",
            "{'top': {'key': 1}, 'arr': [{'a': {'b': {'c': 1, 'd': 2}}}, {'a': {'b': {'c': 3, 'd': 4}}}]}"
        ),
        (
            "''.x = \"empty.x\"\nx.\"\" = \"x.empty\"\n[a]\n\"\".'' = \"empty.empty\"",
            "{'': {'x': 'empty.x'}, 'x': {'': 'x.empty'}, 'a': {'': {'': 'empty.empty'}}}"
        ),
        ("\"\" = \"blank\"", "{'': 'blank'}"),
        ("'' = \"blank\"", "{'': 'blank'}"),
        ("''=0", "{'': 0}"),
        (
            "tbl-1     = {\"\" = 1}\ntbl-2     = {\"\" = {\"\" = 1}}\narr-tbl-1 = [{\"\" = 2}]\narr-tbl-2 = [[{\"\" = 2}]]",
            "{'tbl-1': {'': 1}, 'tbl-2': {'': {'': 1}}, 'arr-tbl-1': [{'': 2}], 'arr-tbl-2': [[{'': 2}]]}"
        ),
        ("answer=42", "{'answer': 42}"),
        ("1     = true", "{'1': true}"),
        ("1.2   = true", "{'1': {'2': true}}"),
        ("0123  = true", "{'0123': true}"),
        ("01.23 = true", "{'01': {'23': true}}"),
        ("23.01 = true", "{'23': {'01': true}}"),
        ("-1    = true", "{'-1': true}"),
        ("-01   = true", "{'-01': true}"),
        ("1  = 'one'\n01 = 'zero one'", "{'1': 'one', '01': 'zero one'}"),
        (
            "plain = 1\n\"with.dot\" = 2\n\n[plain_table]\nplain = 3\n\"with.dot\" = 4\n\n[table.withdot]\nplain = 5\n\"key.with.dots\" = 6\n\"escaped\\u002edot\" = 7",
            "{'plain': 1, 'with.dot': 2, 'plain_table': {'plain': 3, 'with.dot': 4}, 'table': {'withdot': {'plain': 5, 'key.with.dots': 6, 'escaped.dot': 7}}}"
        ),
        ("\"=~!@$^&*()_+-`1234567890[]|/?><.,;:'=\" = 1", "{'=~!@$^&*()_+-`1234567890[]|/?><.,;:'=': 1}"),
        ("0=0", "{'0': 0}"),
    ]

    private static let numbers: [(document: String, value: String)] = [
        (
            "answer = 42\nposanswer = +42\nneganswer = -42\nzero = 0",
            "{'answer': 42, 'posanswer': 42, 'neganswer': -42, 'zero': 0}"
        ),
        ("kilo = 1_000\nx = 1_1_1_1", "{'kilo': 1000, 'x': 1111}"),
        (
            "d1 = 0\nd2 = +0\nd3 = -0\n\nh1 = 0x0\nh2 = 0x00\nh3 = 0x00000\n\no1 = 0o0\na2 = 0o00\na3 = 0o00000\n\nb1 = 0b0\nb2 = 0b00\nb3 = 0b00000",
            "{'d1': 0, 'd2': 0, 'd3': 0, 'h1': 0, 'h2': 0, 'h3': 0, 'o1': 0, 'a2': 0, 'a3': 0, 'b1': 0, 'b2': 0, 'b3': 0}"
        ),
        (
            "pi = 3.14\npospi = +3.14\nnegpi = -3.14\nzero-intpart = 0.123\nleading-zero-fractional = 0.0123",
            "{'pi': 3.14, 'pospi': 3.14, 'negpi': -3.14, 'zero-intpart': 0.123, 'leading-zero-fractional': 0.0123}"
        ),
        (
            "longpi = 3.141592653589793\nneglongpi = -3.141592653589793",
            "{'longpi': 3.141592653589793, 'neglongpi': -3.141592653589793}"
        ),
        (
            "# Maximum and minimum safe natural numbers.\nmax_float =  9_007_199_254_740_991.0\nmin_float = -9_007_199_254_740_991.0",
            "{'max_float': 9007199254740991.0, 'min_float': -9007199254740991.0}"
        ),
        (
            "before = 3_141.5927\nafter = 3141.592_7\nexponent = 3e1_4",
            "{'before': 3141.5927, 'after': 3141.5927, 'exponent': 300000000000000.0}"
        ),
        (
            "zero = 0.0\nsigned-pos = +0.0\nsigned-neg = -0.0\nexponent = 0e0\nexponent-two-0 = 0e00\nexponent-signed-pos = +0e0\nexponent-signed-neg = -0e0",
            "{'zero': 0.0, 'signed-pos': 0.0, 'signed-neg': -0.0, 'exponent': 0.0, 'exponent-two-0': 0.0, 'exponent-signed-pos': 0.0, 'exponent-signed-neg': -0.0}"
        ),
        ("t = true\nf = false", "{'t': true, 'f': false}"),
    ]

    private static let structures: [(document: String, value: String)] = [
        ("[[a]]", "{'a': [{}]}"),
        ("# Silly thing to do, but valid.\n\n[['']]\na = 1\n[['']]\na = 2", "{'': [{'a': 1}, {'a': 2}]}"),
        ("[[albums.songs]]\nname = \"Glory Days\"", "{'albums': {'songs': [{'name': 'Glory Days'}]}}"),
        ("[[a.b]]\nx = 1\n\n[a]\ny = 2", "{'a': {'b': [{'x': 1}], 'y': 2}}"),
        (
            "[[people]]\nfirst_name = \"Bruce\"\nlast_name = \"Springsteen\"",
            "{'people': [{'first_name': 'Bruce', 'last_name': 'Springsteen'}]}"
        ),
        (
            "[[a]]\n    [[a.b]]\n        [a.b.c]\n            d = \"val0\"\n    [[a.b]]\n        [a.b.c]\n            d = \"val1\"",
            "{'a': [{'b': [{'c': {'d': 'val0'}}, {'c': {'d': 'val1'}}]}]}"
        ),
        (
            "[fruit]\napple.color = \"red\"\n\n[[fruit.apple.seeds]]\nsize = 2",
            "{'fruit': {'apple': {'color': 'red', 'seeds': [{'size': 2}]}}}"
        ),
        ("[a]", "{'a': {}}"),
        ("['']\nx = 1\n\n[\"\".a]\nx = 2\n\n[a.'']\nx = 3", "{'': {'x': 1, 'a': {'x': 2}}, 'a': {'': {'x': 3}}}"),
        (
            "[a.b.c]\n[a.\"b.c\"]\n[a.'d.e']\n[a.' x ']\n[ d.e.f ]\n[ g . h . i ]\n[ j . \"ʞ\" . 'l' ]\n\n[x.1.2]",
            "{'a': {'b': {'c': {}}, 'b.c': {}, 'd.e': {}, ' x ': {}}, 'd': {'e': {'f': {}}}, 'g': {'h': {'i': {}}}, 'j': {'ʞ': {'l': {}}}, 'x': {'1': {'2': {}}}}"
        ),
        ("# No newline at end of file.\n[table]", "{'table': {}}"),
        ("# No newline at end of file.\n[table]\na=1", "{'table': {'a': 1}}"),
        (
            "[a]\nkey = 1\n\n# a.extend is a key inside the \"a\" table.\n[a.extend]\nkey = 2\n\n[a.extend.more]\nkey = 3",
            "{'a': {'key': 1, 'extend': {'key': 2, 'more': {'key': 3}}}}"
        ),
        ("[a]\n[a.b]", "{'a': {'b': {}}}"),
        ("[\"valid key\"]", "{'valid key': {}}"),
        ("['a']\n[a.'\"b\"']\n[a.'\"b\"'.c]\nanswer = 42 ", "{'a': {'\"b\"': {'c': {'answer': 42}}}}"),
        ("[\"key#group\"]\nanswer = 42", "{'key#group': {'answer': 42}}"),
        ("['a']\n[a.'b']\n[a.'b'.c]\nanswer = 42 ", "{'a': {'b': {'c': {'answer': 42}}}}"),
        (
            "# [x] you\n# [x.y] don't\n# [x.y.z] need these\n[x.y.z.w] # for this to work\n[x] # defining a super-table afterwards is ok",
            "{'x': {'y': {'z': {'w': {}}}}}"
        ),
        (
            "# [x] you\n# [x.y] don't\n# [x.y.z] need these\n[x.y.z.w] # for this to work\na = 1\nb = 2\n[x] # defining a super-table afterwards is ok\nc = 3\nd = 4",
            "{'x': {'y': {'z': {'w': {'a': 1, 'b': 2}}}, 'c': 3, 'd': 4}}"
        ),
        (
            "# \"No newlines are allowed between the curly braces unless they are valid within\n# a value\"\n\na = { a = [\n]}",
            "{'a': {'a': []}}"
        ),
        ("b = { a = [\n\t\t1,\n\t\t2,\n\t], b = [\n\t\t3,\n\t\t4,\n\t]}", "{'b': {'a': [1, 2], 'b': [3, 4]}}"),
        ("a = {a = true, b = false}", "{'a': {'a': true, 'b': false}}"),
        (
            "black = { python=\">3.6\", version=\">=18.9b0\", allow_prereleases=true }",
            "{'black': {'python': '>3.6', 'version': '>=18.9b0', 'allow_prereleases': true}}"
        ),
        (
            "a = {   a.b  =  1   }\nb = {   \"a\".\"b\"  =  1   }\nc = {   a   .   b  =  1   }\nd = {   'a'   .   \"b\"  =  1   }\ne = {a.b=1}",
            "{'a': {'a': {'b': 1}}, 'b': {'a': {'b': 1}}, 'c': {'a': {'b': 1}}, 'd': {'a': {'b': 1}}, 'e': {'a': {'b': 1}}}"
        ),
        (
            "many.dots.here.dot.dot.dot = {a.b.c = 1, a.b.d = 2}",
            "{'many': {'dots': {'here': {'dot': {'dot': {'dot': {'a': {'b': {'c': 1, 'd': 2}}}}}}}}}"
        ),
        (
            "[tbl]\na.b.c = {d.e=1}\n\n[tbl.x]\na.b.c = {d.e=1}",
            "{'tbl': {'a': {'b': {'c': {'d': {'e': 1}}}}, 'x': {'a': {'b': {'c': {'d': {'e': 1}}}}}}}"
        ),
        (
            "[[arr]]\nt = {a.b=1}\nT = {a.b=1}\n\n[[arr]]\nt = {a.b=2}\nT = {a.b=2}",
            "{'arr': [{'t': {'a': {'b': 1}}, 'T': {'a': {'b': 1}}}, {'t': {'a': {'b': 2}}, 'T': {'a': {'b': 2}}}]}"
        ),
        (
            "arr-1 = [{a.b = 1}]\narr-2 = [\"str\", {a.b = 1}]\n\narr-3 = [{a.b = 1}, {a.b = 2}]\narr-4 = [\"str\", {a.b = 1}, {a.b = 2}]",
            "{'arr-1': [{'a': {'b': 1}}], 'arr-2': ['str', {'a': {'b': 1}}], 'arr-3': [{'a': {'b': 1}}, {'a': {'b': 2}}], 'arr-4': ['str', {'a': {'b': 1}}, {'a': {'b': 2}}]}"
        ),
        (
            "top.dot.dot = [\n\t{dot.dot.dot = 1},\n\t{dot.dot.dot = 2},\n]",
            "{'top': {'dot': {'dot': [{'dot': {'dot': {'dot': 1}}}, {'dot': {'dot': {'dot': 2}}}]}}}"
        ),
        ("arr = [\n\t{a.b = [{c.d = 1}]}\n]", "{'arr': [{'a': {'b': [{'c': {'d': 1}}]}}]}"),
        (
            "tbl_multiline = { a = 1, b = \"\"\"\nmultiline\n\"\"\", c = \"\"\"and yet\nanother line\"\"\", d = 4 }",
            "{'tbl_multiline': {'a': 1, 'b': 'multiline\n', 'c': 'and yet\nanother line', 'd': 4}}"
        ),
        (
            "[[arr]]\n[arr.subtab]\nval=1\n\n[[arr]]\n[arr.subtab]\nval=2",
            "{'arr': [{'subtab': {'val': 1}}, {'subtab': {'val': 2}}]}"
        ),
        ("a = [true, false]", "{'a': [true, false]}"),
        ("thevoid = [[[[[]]]]]", "{'thevoid': [[[[[]]]]]}"),
        ("mixed = [[1, 2], [\"a\", \"b\"], [1.1, 2.1]]", "{'mixed': [[1, 2], ['a', 'b'], [1.1, 2.1]]}"),
        (
            "arrays-and-ints =  [1, [\"Arrays are not integers.\"]]",
            "{'arrays-and-ints': [1, ['Arrays are not integers.']]}"
        ),
        ("ints-and-floats = [1, 1.1]", "{'ints-and-floats': [1, 1.1]}"),
        ("strings-and-ints = [\"hi\", 42]", "{'strings-and-ints': ['hi', 42]}"),
        ("nest = [[\"a\"], [\"b\"]]", "{'nest': [['a'], ['b']]}"),
        ("nest = [\n\t[\n\t\t[\"a\"],\n\t\t[1, 2, [3]]\n\t]\n]", "{'nest': [[['a'], [1, 2, [3]]]]}"),
        ("a = [ { b = {} } ]", "{'a': [{'b': {}}]}"),
        ("ints = [1,2,3]", "{'ints': [1, 2, 3]}"),
        (
            "[[parent-table.arr]]\n[[parent-table.arr]]\n[parent-table]\nnot-arr = 1",
            "{'parent-table': {'arr': [{}, {}], 'not-arr': 1}}"
        ),
        (
            "title = [\n\"Client: \\\"XXXX\\\", Job: XXXX\",\n\"Code: XXXX\"\n]",
            "{'title': ['Client: \"XXXX\", Job: XXXX', 'Code: XXXX']}"
        ),
        ("title = [ \" \\\", \",]", "{'title': [' \", ']}"),
        (
            "title = [\n\"Client: XXXX, Job: XXXX\",\n\"Code: XXXX\"\n]",
            "{'title': ['Client: XXXX, Job: XXXX', 'Code: XXXX']}"
        ),
        (
            "title = [\n\"\"\"Client: XXXX,\nJob: XXXX\"\"\",\n\"Code: XXXX\"\n]",
            "{'title': ['Client: XXXX,\nJob: XXXX', 'Code: XXXX']}"
        ),
        (
            "string_array = [ \"all\", 'strings', \"\"\"are the same\"\"\", '''type''']",
            "{'string_array': ['all', 'strings', 'are the same', 'type']}"
        ),
        ("foo = [ { bar=\"\\\"{{baz}}\\\"\"} ]", "{'foo': [{'bar': '\"{{baz}}\"'}]}"),
        (
            "arr-1 = [1,]\n\narr-2 = [2,3,]\n\narr-3 = [4,\n]\n\narr-4 = [\n\t5,\n\t6,\n]",
            "{'arr-1': [1], 'arr-2': [2, 3], 'arr-3': [4], 'arr-4': [5, 6]}"
        ),
        (
            "# This is a full-line comment\nkey = \"value\" # This is a comment at the end of a line",
            "{'key': 'value'}"
        ),
        ("# single comment without any eol characters", "{}"),
        ("# ~  ÿ ퟿  \u{FFFF} 𐀀 􏿿", "{}"),
        ("s = '2020-01-01x'", "{'s': '2020-01-01x'}"),
    ]

    private static let examples: [(document: String, value: String)] = [
        (
            "integers2 = [\n  1, 2, 3\n]\n\nintegers3 = [\n  1,\n  2, # this is ok\n]",
            "{'integers2': [1, 2, 3], 'integers3': [1, 2]}"
        ),
        (
            "points = [ { x = 1, y = 2, z = 3 },\n           { x = 7, y = 8, z = 9 },\n           { x = 2, y = 4, z = 8 } ]",
            "{'points': [{'x': 1, 'y': 2, 'z': 3}, {'x': 7, 'y': 8, 'z': 9}, {'x': 2, 'y': 4, 'z': 8}]}"
        ),
        ("bool1 = true\nbool2 = false", "{'bool1': true, 'bool2': false}"),
        (
            "# This is a full-line comment\nkey = \"value\"  # This is a comment at the end of a line\nanother = \"# This is not a comment\"",
            "{'key': 'value', 'another': '# This is not a comment'}"
        ),
        (
            "# fractional\nflt1 = +1.0\nflt2 = 3.1415\nflt3 = -0.01\n\n# exponent\nflt4 = 5e+22\nflt5 = 1e06\nflt6 = -2E-2\n\n# both\nflt7 = 6.626e-34",
            "{'flt1': 1.0, 'flt2': 3.1415, 'flt3': -0.01, 'flt4': 5e+22, 'flt5': 1000000.0, 'flt6': -0.02, 'flt7': 6.626e-34}"
        ),
        ("flt8 = 224_617.445_991_228", "{'flt8': 224617.445991228}"),
        (
            "name = { first = \"Tom\", last = \"Preston-Werner\" }\npoint = { x = 1, y = 2 }\nanimal = { type.name = \"pug\" }",
            "{'name': {'first': 'Tom', 'last': 'Preston-Werner'}, 'point': {'x': 1, 'y': 2}, 'animal': {'type': {'name': 'pug'}}}"
        ),
        (
            "[name]\nfirst = \"Tom\"\nlast = \"Preston-Werner\"\n\n[point]\nx = 1\ny = 2\n\n[animal]\ntype.name = \"pug\"",
            "{'name': {'first': 'Tom', 'last': 'Preston-Werner'}, 'point': {'x': 1, 'y': 2}, 'animal': {'type': {'name': 'pug'}}}"
        ),
        (
            "[product]\ntype = { name = \"Nail\" }\n# type.edible = false  # INVALID",
            "{'product': {'type': {'name': 'Nail'}}}"
        ),
        (
            "[product]\ntype.name = \"Nail\"\n# type = { edible = false }  # INVALID",
            "{'product': {'type': {'name': 'Nail'}}}"
        ),
        ("int1 = +99\nint2 = 42\nint3 = 0\nint4 = -17", "{'int1': 99, 'int2': 42, 'int3': 0, 'int4': -17}"),
        (
            "int5 = 1_000\nint6 = 5_349_221\nint7 = 53_49_221  # Indian number system grouping\nint8 = 1_2_3_4_5  # VALID but discouraged",
            "{'int5': 1000, 'int6': 5349221, 'int7': 5349221, 'int8': 12345}"
        ),
        ("key = \"value\"", "{'key': 'value'}"),
        (
            "key = \"value\"\nbare_key = \"value\"\nbare-key = \"value\"\n1234 = \"value\"",
            "{'key': 'value', 'bare_key': 'value', 'bare-key': 'value', '1234': 'value'}"
        ),
        (
            "\"127.0.0.1\" = \"value\"\n\"character encoding\" = \"value\"\n\"ʎǝʞ\" = \"value\"\n'key2' = \"value\"\n'quoted \"value\"' = \"value\"",
            "{'127.0.0.1': 'value', 'character encoding': 'value', 'ʎǝʞ': 'value', 'key2': 'value', 'quoted \"value\"': 'value'}"
        ),
        (
            "name = \"Orange\"\nphysical.color = \"orange\"\nphysical.shape = \"round\"\nsite.\"google.com\" = true",
            "{'name': 'Orange', 'physical': {'color': 'orange', 'shape': 'round'}, 'site': {'google.com': true}}"
        ),
        (
            "# RECOMMENDED\n\napple.type = \"fruit\"\napple.skin = \"thin\"\napple.color = \"red\"\n\norange.type = \"fruit\"\norange.skin = \"thick\"\norange.color = \"orange\"",
            "{'apple': {'type': 'fruit', 'skin': 'thin', 'color': 'red'}, 'orange': {'type': 'fruit', 'skin': 'thick', 'color': 'orange'}}"
        ),
        ("3.14159 = \"pi\"", "{'3': {'14159': 'pi'}}"),
        (
            "str = \"I'm a string. \\\"You can quote me\\\". Name\\tJos\\u00E9\\nLocation\\tSF.\"",
            "{'str': 'I'm a string. \"You can quote me\". Name\tJosé\nLocation\tSF.'}"
        ),
        ("str1 = \"\"\"\nRoses are red\nViolets are blue\"\"\"", "{'str1': 'Roses are red\nViolets are blue'}"),
        (
            "regex2 = '''I [dw]on't need \\d{2} apples'''\nlines  = '''\nThe first newline is\ntrimmed in raw strings.\n   All other whitespace\n   is preserved.\n'''",
            "{'regex2': 'I [dw]on't need \\d{2} apples', 'lines': 'The first newline is\ntrimmed in raw strings.\n   All other whitespace\n   is preserved.\n'}"
        ),
        ("[table]", "{'table': {}}"),
        (
            "[table-1]\nkey1 = \"some string\"\nkey2 = 123\n\n[table-2]\nkey1 = \"another string\"\nkey2 = 456",
            "{'table-1': {'key1': 'some string', 'key2': 123}, 'table-2': {'key1': 'another string', 'key2': 456}}"
        ),
        ("[dog.\"tater.man\"]\ntype.name = \"pug\"", "{'dog': {'tater.man': {'type': {'name': 'pug'}}}}"),
        (
            "# [x] you\n# [x.y] don't\n# [x.y.z] need these\n[x.y.z.w] # for this to work\n\n[x] # defining a super-table afterward is ok",
            "{'x': {'y': {'z': {'w': {}}}}}"
        ),
        (
            "# VALID BUT DISCOURAGED\n[fruit.apple]\n[animal]\n[fruit.orange]",
            "{'fruit': {'apple': {}, 'orange': {}}, 'animal': {}}"
        ),
        (
            "# RECOMMENDED\n[fruit.apple]\n[fruit.orange]\n[animal]",
            "{'fruit': {'apple': {}, 'orange': {}}, 'animal': {}}"
        ),
        ("[a.b.c]\nanswer = 42\n\n[a]\nbetter = 43", "{'a': {'b': {'c': {'answer': 42}}, 'better': 43}}"),
    ]

    private static let groups: [[(document: String, value: String)]] = [strings, numbers, structures, examples]

    @Test(
        "a valid document has the value that the specification gives it",
        arguments: groups.flatMap { $0 })
    func accepts(document: String, value: String) {
        let text = SourceText(name: "x", text: document)
        #expect(PlainForm.of { () throws(DocumentError) in try TOMLReader.read(text) } == value)
    }
}
