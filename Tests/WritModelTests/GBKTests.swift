import Testing
import WritText

@testable import WritModel

/// What bytes are in GB 18030: their text, with U+FFFD where they are none.
private func decoded(_ bytes: [UInt8], block: Int = .max) -> String {
  var decoder = GBKDecoder()
  var out: [UInt8] = []
  var start = 0
  repeat {
    let end = min(bytes.count, start + min(block, bytes.count + 1))
    decoder.decode(Array(bytes[start..<end]), isLast: end == bytes.count, into: &out)
    start = end
  } while start < bytes.count
  return String(decoding: out, as: UTF8.self)
}

private func check(
  _ bytes: [UInt8], _ expected: String, at place: SourceLocation = #_sourceLocation
) {
  for block in [Int.max, 1, 2, 3] {
    #expect(
      decoded(bytes, block: block).unicodeScalars.elementsEqual(expected.unicodeScalars),
      "blocks of \(block)", sourceLocation: place)
  }
}

struct GBKTests {
  @Test func `pairs and four bytes`() {
    check([0xCF, 0xDF, 0xCB, 0xF7, 0x41], "线索A")
    check([0x80, 0x31], "€1")
    check([0xA2, 0xE3], "€")
    // A name with a character that GBK does not have: 赵𠮷, 䶮.
    check([0xD5, 0xD4, 0x95, 0x34, 0xB2, 0x35], "赵𠮷")
    check([0xFE, 0x9F, 0x2C, 0x81, 0x30, 0x84, 0x36], "䶮,¥")
  }

  /// The corners that the standard names: the ends of the planes, and where runs begin.
  @Test(
    arguments: [
      ([0x81, 0x30, 0x81, 0x30], 0x80), ([0x84, 0x31, 0xA4, 0x39], 0xFFFF),
      ([0x90, 0x30, 0x81, 0x30], 0x10000), ([0xE3, 0x32, 0x9A, 0x35], 0x10FFFF),
      ([0x95, 0x32, 0x82, 0x36], 0x20000), ([0x98, 0x35, 0xF7, 0x38], 0x2A700),
      ([0x81, 0x39, 0xEE, 0x39], 0x3400), ([0x82, 0x35, 0x87, 0x38], 0x4DB5),
      ([0x81, 0x30, 0xA9, 0x37], 0x23C), ([0x94, 0x39, 0xDA, 0x33], 0x1F4A9),
      ([0x84, 0x30, 0xBA, 0x32], 0xFB50), ([0x82, 0x35, 0x90, 0x37], 0x9FB4),
    ] as [([UInt8], Int)])
  func `four bytes count through Unicode`(_ row: ([UInt8], Int)) {
    #expect(decoded(row.0).unicodeScalars.map { Int($0.value) } == [row.1])
  }

  @Test func `every scalar but the surrogates has a code, and the runs of the standard come out`() {
    var seen = [Bool](repeating: false, count: 0x110000)
    func note(_ text: UInt32?) { if let text { seen[Int(text)] = true } }
    for ascii in 0..<0x80 { seen[ascii] = true }
    let codes = GB18030.codes
    for lead in UInt8(0x81)...0xFE {
      for trail in UInt8(0x40)...0xFE { note(codes.scalar(lead, trail)) }
    }
    for first in UInt8(0x81)...0xFE {
      for second in UInt8(0x30)...0x39 {
        for third in UInt8(0x81)...0xFE {
          for fourth in UInt8(0x30)...0x39 { note(codes.scalar(first, second, third, fourth)) }
        }
      }
    }
    // Private use whose pair has a character of its own in the later editions of the standard.
    let absent = seen.indices.filter { !seen[$0] && !(0xD800...0xDFFF).contains($0) }
    #expect(absent.allSatisfy { (0xE766...0xE864).contains($0) })
    #expect(absent.count == 19)
    for trail in UInt8(0x40)...0xFE where trail != 0x7F {
      for lead in UInt8(0x81)...0xFE { #expect(codes.scalar(lead, trail) != nil) }
    }
  }

  @Test func `a file with four-byte codes looks like GBK, and is read where that is declared`() {
    let names: [UInt8] = [0xD5, 0xD4, 0x95, 0x34, 0xB2, 0x35, 0xC0, 0xEE]
    let file = Array("id,company\nL1,".utf8) + names + Array("\nL2,x\n".utf8)
    #expect(read(file, encoding: "GB18030").column("company") == ["赵𠮷李", "x"])
    #expect(read(file).problems.first?.message.english.contains("looks like GBK") == true)
    let cut = Array("id,company\nL1,".utf8) + names.prefix(5) + Array("\nL2,x\n".utf8)
    #expect(read(cut, encoding: "GB18030").codes == ["2 row-not-utf8"])
    #expect(read(cut, encoding: "GB18030").column("id") == ["L2"])
  }

  @Test func `what is no code is no text, and what follows it is`() {
    check([0xFF, 0x41], "\u{FFFD}A")
    check([0xCF], "\u{FFFD}")
    check([0xCF, 0x0A, 0x41], "\u{FFFD}\nA")
    check([0x81, 0x30, 0x0A, 0x41], "\u{FFFD}0\nA")
    check([0x81, 0x30, 0xCF, 0xDF], "\u{FFFD}0线")
    check([0x81, 0x30], "\u{FFFD}0")
    check([0x84, 0x31, 0xA5, 0x30], "\u{FFFD}1\u{FFFD}0")
    check([0xE3, 0x32, 0x9A, 0x36], "\u{FFFD}2\u{FFFD}6")
    check([0xFE, 0x39, 0xFE, 0x39], "\u{FFFD}9\u{FFFD}9")
  }

  @Test func `blocks cut codes anywhere, and random bytes never trap`() {
    var random = Random.seeded("gb18030")
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0x30...0x39, using: &random)
          : UInt8.random(in: 0...255, using: &random)
      }
      let block = Int.random(in: 1...5, using: &random)
      #expect(decoded(bytes) == decoded(bytes, block: block), "\(bytes)")
    }
  }
}
