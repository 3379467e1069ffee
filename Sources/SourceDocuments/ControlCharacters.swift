extension Unicode.Scalar {
    /// Whether the scalar moves a cursor or changes the order in which text is shown: the controls C0 and C1 and DEL, and the
    /// bidirectional formatting characters (https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters).
    package var isControlOrBidirectional: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Whether a person does not see the scalar where it stands: what moves a cursor or changes the order, the code points that
    /// are displayed as nothing (zero-width characters, the byte order mark, tags, variation selectors, fillers;
    /// https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point), and interlinear annotations.
    package var isUnseen: Bool {
        isControlOrBidirectional || properties.isDefaultIgnorableCodePoint || (0xFFF9...0xFFFB).contains(value)
    }
}
