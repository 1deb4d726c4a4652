import Testing
import WritModel

private func accepts(_ bytes: [UInt8]) -> Bool {
  do {
    _ = try JSON.parse(bytes)
    return true
  } catch {
    return false
  }
}

/// What is free in the standard, as this reader decides it: numbers of any size are kept as
/// written; half surrogates, other encodings, a mark of byte order and 500 levels are refused.
private let decided: [String: Bool] = [
  "i_number_double_huge_neg_exp.json": true, "i_number_huge_exp.json": true,
  "i_number_neg_int_huge_exp.json": true, "i_number_pos_double_huge_exp.json": true,
  "i_number_real_neg_overflow.json": true, "i_number_real_pos_overflow.json": true,
  "i_number_real_underflow.json": true, "i_number_too_big_neg_int.json": true,
  "i_number_too_big_pos_int.json": true, "i_number_very_big_negative_int.json": true,
]

struct JSONSuiteTests {
  @Test func `accepts and refuses what the suite says`() {
    let folder = "suites/json-parsing/test_parsing"
    var counts: [Character: Int] = [:]
    for name in SharedFiles.names(in: folder) {
      guard let bytes = SharedFiles.bytes("\(folder)/\(name)"), let kind = name.first else {
        continue
      }
      counts[kind, default: 0] += 1
      let expected = kind == "y" || (kind == "i" && decided[name, default: false])
      #expect(accepts(bytes) == expected, "\(name)")
    }
    print("json suite: \(counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
  }

  @Test func `naughty strings go through and back byte for byte`() throws {
    guard let bytes = SharedFiles.bytes("suites/naughty-strings/blns.json") else { return }
    let value = try JSON.parse(bytes)
    let texts = try #require(value.items?.map(\.text))
    for text in texts {
      let text = try #require(text)
      let again = try JSON.parse(JSON.text(text).bytes)
      #expect(again.text.map { Array($0.utf8) } == Array(text.utf8))
    }
    #expect(texts.count > 500)
    #expect(try JSON.parse(value.bytes) == value)
  }

  @Test func `mutated bytes never trap, and what parses prints and parses again`() throws {
    var random = Random.seeded("json mutations")
    let seeds = [
      #"{"a":[1,-2.5e+3,"x\u00e9\ud83d\ude00\\"],"b":{"c":null,"d":true}}"#,
      #"[{"k":"\"\/\b\f\n\r\t"},[[[]]],0.1,false]"#, "\"线索 \u{1F600}\"",
    ].map { Array($0.utf8) }
    for _ in 0..<4000 {
      var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        }
      }
      guard let value = try? JSON.parse(bytes) else { continue }
      #expect(try JSON.parse(value.bytes) == value)
    }
  }
}

struct DateFormatSuiteTests {
  private func check(_ name: String, _ isValid: (Bytes) -> Bool) throws {
    guard let bytes = SharedFiles.bytes("suites/json-schema-formats/\(name).json") else { return }
    var run = 0
    for group in try #require(JSON.parse(bytes).items) {
      for test in try #require(group["tests"]?.items) {
        guard let text = test["data"]?.text else { continue }
        let found = Array(text.utf8).withUnsafeBufferPointer(isValid)
        #expect(
          found == test["valid"]?.boolean, "\(name): `\(text)` \(test["description"]?.text ?? "")")
        run += 1
      }
    }
    print("format suite, \(name): \(run) cases")
  }

  @Test func `dates`() throws { try check("date") { CivilDate($0) != nil } }
  @Test func `times with dates`() throws { try check("date-time") { Moment($0) != nil } }
  @Test func `times of day`() throws { try check("time") { Moment.isClock($0) } }
}
