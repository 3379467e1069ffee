/// The names of modules of the standard library that pickles name often, of Python 3.8 to 3.14 and of 2.7: `dir` of
/// each, and what the documentation says was added or removed since
/// (https://docs.python.org/3/whatsnew/index.html).
enum StandardNames {
    /// Returns whether a module of which all names are known has not the name in any of these versions.
    static func lacks(_ global: PickleGlobal) -> Bool {
        guard let known = names[global.module] else { return false }
        let first = global.name.prefix { $0 != "." }
        return !known.contains(String(first)) && !ofAllModules.contains(String(first))
    }

    /// What every module has, and the type of modules.
    private static let ofAllModules: Set<String> = [
        "__annotations__", "__class__", "__delattr__", "__dict__", "__dir__", "__doc__", "__eq__", "__file__",
        "__format__", "__ge__", "__getattribute__", "__getstate__", "__gt__", "__hash__", "__init__",
        "__init_subclass__", "__le__", "__loader__", "__lt__", "__name__", "__ne__", "__new__", "__package__",
        "__reduce__", "__reduce_ex__", "__repr__", "__setattr__", "__sizeof__", "__spec__", "__str__",
        "__subclasshook__",
    ]

    private static let names = table(lines)

    /// The names of each module, of lines that begin with their modules, `a|b`.
    static func table(_ lines: String) -> [String: Set<String>] {
        var names: [String: Set<String>] = [:]
        for line in lines.split(separator: "\n") {
            let words = line.split(separator: " ")
            for module in words[0].split(separator: "|") {
                names[String(module), default: []].formUnion(words.dropFirst().map(String.init))
            }
        }
        return names
    }

    private static let lines = """
        builtins|__builtin__ ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup
        builtins|__builtin__ BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError
        builtins|__builtin__ ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError
        builtins|__builtin__ DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception
        builtins|__builtin__ ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning
        builtins|__builtin__ GeneratorExit IOError ImportError ImportWarning IndentationError IndexError
        builtins|__builtin__ InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError
        builtins|__builtin__ ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError
        builtins|__builtin__ OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError
        builtins|__builtin__ PythonFinalizationError RecursionError ReferenceError ResourceWarning RuntimeError
        builtins|__builtin__ RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError
        builtins|__builtin__ SystemExit TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError
        builtins|__builtin__ UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning
        builtins|__builtin__ ValueError Warning ZeroDivisionError __build_class__ __debug__ __doc__ __import__
        builtins|__builtin__ __loader__ __name__ __package__ __spec__ abs aiter all anext any ascii bin bool
        builtins|__builtin__ breakpoint bytearray bytes callable chr classmethod compile complex copyright credits
        builtins|__builtin__ delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr
        builtins|__builtin__ globals hasattr hash help hex id input int isinstance issubclass iter len license list
        builtins|__builtin__ locals map max memoryview min next object oct open ord pow print property quit range
        builtins|__builtin__ repr reveal_type reversed round set setattr slice sorted staticmethod str sum super
        builtins|__builtin__ tuple type vars zip
        collections AsyncGenerator AsyncIterable AsyncIterator Awaitable ByteString Callable ChainMap
        collections Collection Container Coroutine Counter Generator Hashable ItemsView Iterable
        collections Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet
        collections OrderedDict Reversible Sequence Set Sized UserDict UserList UserString ValuesView
        collections _Link _OrderedDictItemsView _OrderedDictKeysView _OrderedDictValuesView _chain
        collections _collections_abc _count_elements _deque_iterator _deque_reverse_iterator _eq
        collections _iskeyword _itemgetter _nt_itemgetters _proxy _recursive_repr _repeat _starmap _sys
        collections _tuplegetter abc defaultdict deque namedtuple
        datetime MAXYEAR MINYEAR UTC _math _strptime _time date datetime datetime_CAPI sys time
        datetime timedelta timezone tzinfo
        decimal|_pydecimal BasicContext Clamped Context ConversionSyntax Decimal DecimalException
        decimal|_pydecimal DecimalTuple DefaultContext DivisionByZero DivisionImpossible DivisionUndefined
        decimal|_pydecimal ExtendedContext FloatOperation HAVE_CONTEXTVAR HAVE_THREADS IEEEContext
        decimal|_pydecimal IEEE_CONTEXT_MAX_BITS Inexact InvalidContext InvalidOperation MAX_EMAX MAX_PREC
        decimal|_pydecimal MIN_EMIN MIN_ETINY Overflow ROUND_05UP ROUND_CEILING ROUND_DOWN ROUND_FLOOR
        decimal|_pydecimal ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP Rounded Subnormal
        decimal|_pydecimal Underflow _ContextManager _Infinity _Log10Memoize _NaN _NegativeInfinity
        decimal|_pydecimal _NegativeOne _One _PyHASH_10INV _PyHASH_INF _PyHASH_MODULUS _PyHASH_NAN
        decimal|_pydecimal _SignedInfinity _WorkRep _Zero _all_zeros _condition_map _context_attributes
        decimal|_pydecimal _convert_for_comparison _convert_other _current_context_var _dec_from_triple
        decimal|_pydecimal _decimal_lshift_exact _dexp _div_nearest _dlog _dlog10 _dpower _exact_half
        decimal|_pydecimal _format_align _format_number _format_sign _group_lengths _iexp _ilog
        decimal|_pydecimal _insert_thousands_sep _locale _log10_digits _log10_lb _math _namedtuple _nbits
        decimal|_pydecimal _normalize _numbers _parse_format_specifier _parse_format_specifier_regex _parser
        decimal|_pydecimal _rounding_modes _rshift_nearest _signals _sqrt_nearest getcontext localcontext
        decimal|_pydecimal setcontext
        fractions Decimal Fraction _PyHASH_INF _PyHASH_MODULUS _RATIONAL_FORMAT gcd math numbers operator re sys
        functools GenericAlias Placeholder RLock WRAPPER_ASSIGNMENTS WRAPPER_UPDATES _CacheInfo _HashedSeq
        functools _NOT_FOUND _c3_merge _c3_mro _compose_mro _convert _find_impl _ge_from_gt _ge_from_le
        functools _ge_from_lt _gt_from_ge _gt_from_le _gt_from_lt _initial_missing _le_from_ge _le_from_gt
        functools _le_from_lt _lru_cache_wrapper _lt_from_ge _lt_from_gt _lt_from_le _make_key
        functools _unwrap_partial cache cached_property cmp_to_key get_cache_token lru_cache namedtuple
        functools partial partialmethod recursive_repr reduce singledispatch singledispatchmethod
        functools total_ordering update_wrapper wraps
        operator __abs__ __add__ __all__ __and__ __builtins__ __cached__ __call__ __concat__ __contains__
        operator __delitem__ __doc__ __eq__ __file__ __floordiv__ __ge__ __getitem__ __gt__ __iadd__
        operator __iand__ __iconcat__ __ifloordiv__ __ilshift__ __imatmul__ __imod__ __imul__ __index__
        operator __inv__ __invert__ __ior__ __ipow__ __irshift__ __isub__ __itruediv__ __ixor__ __le__
        operator __loader__ __lshift__ __lt__ __matmul__ __mod__ __mul__ __name__ __ne__ __neg__ __not__
        operator __or__ __package__ __pos__ __pow__ __rshift__ __setitem__ __spec__ __sub__ __truediv__
        operator __xor__ _abs _call _compare_digest abs add and_ attrgetter call concat contains countOf
        operator delitem eq floordiv ge getitem gt iadd iand iconcat ifloordiv ilshift imatmul imod imul
        operator index indexOf inv invert ior ipow irshift is_ is_none is_not is_not_none isub itemgetter
        operator itruediv ixor le length_hint lshift lt matmul methodcaller mod mul ne neg not_ or_ pos pow
        operator rshift setitem sub truediv truth xor
        itertools _grouper _tee _tee_dataobject accumulate batched chain combinations combinations_with_replacement
        itertools compress count cycle dropwhile filterfalse groupby islice pairwise permutations product repeat
        itertools starmap takewhile tee zip_longest
        math acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2
        math expm1 fabs factorial floor fma fmax fmin fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf
        math isnan isnormal isqrt issubnormal lcm ldexp lgamma log log10 log1p log2 modf nan nextafter perm pi pow
        math prod radians remainder signbit sin sinh sqrt sumprod tan tanh tau trunc ulp
        copyreg|copy_reg _HEAPTYPE _extension_cache _extension_registry _inverted_registry _new_type _reconstructor
        copyreg|copy_reg _reduce_ex _slotnames add_extension clear_extension_cache constructor dispatch_table pickle
        copyreg|copy_reg pickle_complex pickle_union remove_extension
        _codecs _unregister_error ascii_decode ascii_encode charmap_build charmap_decode charmap_encode
        _codecs code_page_decode code_page_encode decode encode escape_decode escape_encode latin_1_decode
        _codecs latin_1_encode lookup lookup_error mbcs_decode mbcs_encode oem_decode oem_encode
        _codecs raw_unicode_escape_decode raw_unicode_escape_encode readbuffer_encode register register_error
        _codecs unicode_escape_decode unicode_escape_encode unregister utf_16_be_decode utf_16_be_encode
        _codecs utf_16_decode utf_16_encode utf_16_ex_decode utf_16_le_decode utf_16_le_encode utf_32_be_decode
        _codecs utf_32_be_encode utf_32_decode utf_32_encode utf_32_ex_decode utf_32_le_decode utf_32_le_encode
        _codecs utf_7_decode utf_7_encode utf_8_decode utf_8_encode
        uuid Enum MAX NAMESPACE_DNS NAMESPACE_OID NAMESPACE_URL NAMESPACE_X500 NIL RESERVED_FUTURE RESERVED_MICROSOFT
        uuid RESERVED_NCS RFC_4122 SafeUUID UUID _AIX _GETTERS _LINUX _MAC_DELIM _MAC_OMITS_LEADING_ZEROES
        uuid _OS_GETTERS _UuidCreate _arp_getnode _find_mac_near_keyword _find_mac_under_heading _generate_time_safe
        uuid _get_command_stdout _has_uuid_generate_time_safe _ifconfig_getnode _ip_getnode _ipconfig_getnode
        uuid _is_universal _lanscan_getnode _last_timestamp _load_system_functions _netbios_getnode _netstat_getnode
        uuid _node _parse_mac _platform_system _random_getnode _simple_enum _unix_getnode _uuid _windll_getnode
        uuid bytes_ getnode int_ main os platform sys uuid1 uuid3 uuid4 uuid5 uuid6 uuid7 uuid8
        json JSONDecodeError JSONDecoder JSONEncoder _default_decoder _default_encoder codecs decoder detect_encoding
        json dump dumps encoder load loads scanner
        time CLOCK_BOOTTIME CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_PROCESS_CPUTIME_ID CLOCK_REALTIME CLOCK_TAI
        time CLOCK_THREAD_CPUTIME_ID _STRUCT_TM_ITEMS altzone asctime clock clock_getres clock_gettime
        time clock_gettime_ns clock_settime clock_settime_ns ctime daylight get_clock_info gmtime localtime mktime
        time monotonic monotonic_ns perf_counter perf_counter_ns process_time process_time_ns pthread_getcpuclockid
        time sleep strftime strptime struct_time thread_time thread_time_ns time time_ns timezone tzname tzset
        copy Error _copy_dispatch _copy_immutable _deepcopy_atomic _deepcopy_dict _deepcopy_dispatch _deepcopy_list
        copy _deepcopy_method _deepcopy_tuple _keep_alive _reconstruct copy deepcopy dispatch_table error replace
        abc ABC ABCMeta _abc_init _abc_instancecheck _abc_register _abc_subclasscheck _get_dump _reset_caches
        abc _reset_registry abstractclassmethod abstractmethod abstractproperty abstractstaticmethod get_cache_token
        abc update_abstractmethods
        array ArrayType _array_reconstructor array typecodes
        numbers ABCMeta Complex Integral Number Rational Real abstractmethod
        string Formatter Template _ChainMap _re _sentinel_dict _string ascii_letters ascii_lowercase ascii_uppercase
        string atof atoi atol capwords digits hexdigits join joinfields letters lower lowercase lstrip maketrans
        string octdigits printable punctuation replace rstrip split splitfields strip templatelib upper uppercase
        string whitespace
        random BPF LOG4 NV_MAGICCONST RECIP_BPF Random SG_MAGICCONST SystemRandom TWOPI WichmannHill _ONE _Sequence
        random _Set _accumulate _acos _bisect _ceil _cos _e _exp _floor _index _inst _isfinite _log _os _pi _random
        random _repeat _sha512 _sin _sqrt _test _test_generator _urandom _warn betavariate binomialvariate choice
        random choices expovariate gammavariate gauss getrandbits getstate jumpahead lognormvariate main
        random normalvariate paretovariate randbytes randint random randrange sample seed setstate shuffle triangular
        random uniform vonmisesvariate weibullvariate
        __builtin__ __main__ apply basestring buffer cmp coerce execfile file intern long raw_input reduce reload unichr
        __builtin__ unicode xrange StandardError
        itertools ifilter ifilterfalse imap izip izip_longest
        _collections OrderedDict _count_elements _deque_iterator _deque_reverse_iterator _tuplegetter defaultdict
        _collections deque
        _datetime MAXYEAR MINYEAR UTC date datetime datetime_CAPI time timedelta timezone tzinfo
        _pydatetime MAXYEAR MINYEAR UTC _DAYNAMES _DAYS_BEFORE_MONTH _DAYS_IN_MONTH _DI100Y _DI400Y _DI4Y _EPOCH
        _pydatetime _FRACTION_CORRECTION _IsoCalendarDate _MAXORDINAL _MONTHNAMES _build_struct_time
        _pydatetime _check_date_fields _check_time_fields _check_tzinfo_arg _check_tzname _check_utc_offset _cmp
        _pydatetime _cmperror _date_class _days_before_month _days_before_year _days_in_month _divide_and_round
        _pydatetime _find_isoformat_datetime_separator _format_offset _format_time _get_class_module _index
        _pydatetime _is_ascii_digit _is_leap _isoweek1monday _isoweek_to_gregorian _math _ord2ymd _parse_hh_mm_ss_ff
        _pydatetime _parse_isoformat_date _parse_isoformat_time _time _time_class _tzinfo_class _wrap_strftime
        _pydatetime _ymd2ord date datetime sys time timedelta timezone tzinfo
        _decimal BasicContext Clamped Context ConversionSyntax Decimal DecimalException DecimalTuple DefaultContext
        _decimal DivisionByZero DivisionImpossible DivisionUndefined ExtendedContext FloatOperation HAVE_CONTEXTVAR
        _decimal HAVE_THREADS IEEEContext IEEE_CONTEXT_MAX_BITS Inexact InvalidContext InvalidOperation MAX_EMAX
        _decimal MAX_PREC MIN_EMIN MIN_ETINY Overflow ROUND_05UP ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN
        _decimal ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP Rounded Subnormal Underflow __libmpdec_version__ __version__
        _decimal getcontext localcontext setcontext
        _functools Placeholder _PlaceholderType _lru_cache_wrapper cmp_to_key partial reduce
        _operator _compare_digest abs add and_ attrgetter call concat contains countOf delitem eq floordiv ge getitem
        _operator gt iadd iand iconcat ifloordiv ilshift imatmul imod imul index indexOf inv invert ior ipow irshift
        _operator is_ is_none is_not is_not_none isub itemgetter itruediv ixor le length_hint lshift lt matmul
        _operator methodcaller mod mul ne neg not_ or_ pos pow rshift setitem sub truediv truth xor
        exceptions ArithmeticError AssertionError AttributeError BaseException BufferError BytesWarning
        exceptions DeprecationWarning EOFError EnvironmentError Exception FloatingPointError FutureWarning
        exceptions GeneratorExit IOError ImportError ImportWarning IndentationError IndexError KeyError
        exceptions KeyboardInterrupt LookupError MemoryError NameError NotImplementedError OSError OverflowError
        exceptions PendingDeprecationWarning ReferenceError RuntimeError RuntimeWarning StandardError StopIteration
        exceptions SyntaxError SyntaxWarning SystemError SystemExit TabError TypeError UnboundLocalError
        exceptions UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning
        exceptions ValueError Warning ZeroDivisionError
        collections|datetime|_pydatetime|decimal|_pydecimal|fractions|functools|operator|uuid|json|copy|abc __all__
        collections|datetime|_pydatetime|decimal|_pydecimal|fractions|functools|operator|uuid|json|copy|abc __builtins__
        collections|datetime|_pydatetime|decimal|_pydecimal|fractions|functools|operator|uuid|json|copy|abc __cached__
        copyreg|copy_reg|numbers|string|random __all__ __builtins__ __cached__
        collections|json __path__
        collections __getattr__
        json|uuid __author__
        json|decimal|_pydecimal __version__
        decimal|_pydecimal __libmpdec_version__
        _pydecimal __xname__
        copyreg|copy_reg __newobj__ __newobj_ex__
        builtins _IncompleteInputError
        functools _PlaceholderType _unwrap_partialmethod MappingProxyType WeakKeyDictionary
        operator __delslice__ __div__ __getslice__ __idiv__ __irepeat__ __repeat__ __setslice__ delslice div getslice
        operator idiv irepeat isCallable isMappingType isNumberType isSequenceType repeat sequenceIncludes setslice
        string capitalize center count expandtabs find index ljust rfind rindex rjust rsplit swapcase translate zfill
        _codecs _forget_codec charbuffer_encode unicode_internal_decode unicode_internal_encode
        time accept2dyear
        """
}
