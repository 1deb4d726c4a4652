import Testing
import WritText

struct DisplayWidthTests {
  @Test(arguments: [
    ("abc", 3), ("", 0), ("华东", 4), ("é", 1), ("e\u{301}", 1), ("👩‍👩‍👧", 2), ("🇨🇳", 2), ("❤️", 2),
    ("，：", 4), ("¥5", 2), ("…", 1), ("│", 1), ("가", 2), ("\u{200B}", 0), ("ﾊﾝ", 2),
  ])
  func `counts cells`(text: String, cells: Int) {
    #expect(text.displayWidth == cells)
  }

  @Test(arguments: [
    ("华东大区", 8, "华东大区"), ("华东大区", 7, "华东大…"), ("华东大区", 6, "华东…"), ("abc", 0, ""),
    ("abcdef", 4, "abc…"),
  ])
  func `cuts at cells`(text: String, limit: Int, expected: String) {
    #expect(text.truncated(toWidth: limit) == expected)
  }

  @Test func `shows no control characters`() {
    #expect("a\u{1B}[31mb\u{202E}".printable == "a\u{FFFD}[31mb\u{FFFD}")
  }
}

struct NearMissTests {
  @Test(
    arguments: [
      ("chekc", "check"), ("tets", "test"), ("CHECK", "check"), ("fmtt", "fmt"), ("xyzzy", nil),
      ("", nil), ("explian", "explain"),
    ] as [(String, String?)])
  func `offers the word that was meant`(typed: String, meant: String?) {
    #expect(nearest(to: typed, among: ["check", "run", "why", "test", "fmt", "explain"]) == meant)
  }
}

struct JSONTextTests {
  @Test func `escapes what JSON demands and nothing else`() {
    let json: JSONText = .object([
      ("a\"b", .text("\\\n\t\u{1}华/")), ("n", .number("1.50")),
      ("l", .list([.null, .boolean(true)])),
    ])
    #expect(json.line == #"{"a\"b":"\\\n\t\u0001华/","n":1.50,"l":[null,true]}"#)
  }

  @Test func `wherever a character stands it is escaped, and no other`() {
    for length in 0...20 {
      for place in 0...length {
        for scalar in (0...0x17F as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init) {
          let before = String(repeating: "é", count: place)
          let after = String(repeating: "~ ", count: length - place)
          let escaped: String
          switch scalar {
          case "\"": escaped = "\\\""
          case "\\": escaped = "\\\\"
          case "\n": escaped = "\\n"
          case "\r": escaped = "\\r"
          case "\t": escaped = "\\t"
          case "\u{0}"..<" ", "\u{7F}":
            let digits = String(scalar.value, radix: 16)
            escaped = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          default: escaped = String(Character(scalar))
          }
          let text = before + String(Character(scalar)) + after
          let expected = "\"" + before + escaped + after + "\""
          if JSONText.text(text).line != expected {
            Issue.record("U+\(String(scalar.value, radix: 16)) at \(place) of \(length)")
          }
        }
      }
    }
  }

  @Test func `what was written before stands as it was written`() {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    JSONText.text("a\"").write(as: "x", into: &bytes)
    JSONText.list([.written(Array("{}".utf8)), .null]).write(as: "y", into: &bytes)
    bytes.append(UInt8(ascii: "}"))
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"x":"a\"","y":[{},null]}"#)
    #expect(JSONText.object([("z", .written(bytes))]).line.hasPrefix(#"{"z":{"x":"#))
  }
}
