import Testing
import WritModel
import WritText

@testable import WritReplay

/// Bytes are written as the words for people and programs say them.
struct OutgoingTests {
  private func written(_ body: (inout Outgoing) -> Void) -> String {
    var out = Outgoing(room: 1)
    body(&out)
    return out.withBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `decimals as they are reduced`() {
    let mantissas: [Int64] = [
      0, 1, -1, 5, 9, 10, 99, 100, 101, -100, 1_000, 12_345, 999_999, 1_000_000_000,
      123_456_789_012_345_678, .max, .min, .max - 7, 1_000_000_000_000_000_000,
    ]
    for mantissa in mantissas {
      for scale in 0...18 {
        let decimal = Decimal(mantissa: mantissa, scale: UInt8(scale))
        for places in [0, 2] {
          #expect(
            written { $0.append(decimal, atLeast: places) }
              == decimal.reduced.plain(atLeast: places))
        }
      }
    }
  }

  @Test func `days as calendars have them`() {
    for days in stride(from: -719_162, through: 2_932_896, by: 9_973) {
      var isDay = false
      let text = written { isDay = $0.append(day: Int64(days)) }
      #expect(isDay && text == CivilDate(days: days)?.description)
    }
    var isDay = true
    let nothing = written { isDay = $0.append(day: 2_932_897) }
    #expect(!isDay && nothing == "")
  }

  @Test func `texts as JSON and as cells`() {
    let texts = [
      "", " ", "a", " a", "a ", "a b", "a,b", "a\"b", "\"", "a\nb", "a\r\nb", "a\tb", "\u{7F}",
      "\u{1}\u{1F}", "\\", "华东", " 华东", "é ", "e\u{301}", " \u{301}", "😀",
      String(repeating: "x,\"", count: 300),
    ]
    for text in texts {
      let bytes = Array(text.utf8)
      var json = ""
      JSONText.writeText(text, into: &json)
      #expect(written { out in bytes.withUnsafeBufferPointer { out.append(json: $0) } } == json)
      var cell = ""
      CSVText.write(text, into: &cell)
      #expect(written { out in bytes.withUnsafeBufferPointer { out.append(cell: $0) } } == cell)
    }
  }
}
