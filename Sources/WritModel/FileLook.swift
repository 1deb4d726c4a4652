// What a file is, told from its first bytes.

extension DataProblem.Look {
  /// What bytes that begin so are, where they are no text in a one-byte or multi-byte encoding.
  init?(_ head: Bytes) {
    func begins(_ bytes: UInt8...) -> Bool { head.starts(with: bytes) }
    if begins(0x50, 0x4B, 0x03, 0x04) {
      // The names in a workbook's archive stand in the clear.
      let isWorkbook = ["xl/", "[Content_Types]"].contains { head.holds(Array($0.utf8)) }
      self = isWorkbook ? .workbook : .zip
    } else if begins(0xD0, 0xCF, 0x11, 0xE0) {
      self = .oldWorkbook
    } else if begins(0x1F, 0x8B) {
      self = .gzip
    } else if begins(0x25, 0x50, 0x44, 0x46) {
      self = .pdf
    } else if begins(0xFF, 0xFE) || begins(0xFE, 0xFF) || head.hasZerosOfUTF16 {
      self = .utf16
    } else if head.prefix(1024).contains(0), head.prefix(1024).count(where: { $0 == 0 }) > 8 {
      self = .binary
    } else {
      return nil
    }
  }
}

extension DataProblem {
  /// Why nothing can be read from a file that begins so; nil if it can. What was decoded already
  /// may have bytes that are no UTF-8: they stand for what could not be decoded.
  static func unreadable(_ head: Bytes, isDecoded: Bool) -> DataProblem? {
    if let look = Look(head) { return .notText(look) }
    guard !isDecoded, let broken = head.brokenUTF8, broken.isOtherEncoding else { return nil }
    let before = head.slice(0, broken.first)
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return .notUTF8(
      line: line, byte: broken.first - lineStart + 1, looksLikeGBK: broken.looksLikeGBK)
  }
}

extension Bytes {
  fileprivate func holds(_ wanted: [UInt8]) -> Bool {
    guard count >= wanted.count else { return false }
    return (0...Swift.min(count - wanted.count, 4096)).contains { start in
      slice(start, start + wanted.count).elementsEqual(wanted)
    }
  }

  /// Latin text in UTF-16 has a zero in every other byte.
  fileprivate var hasZerosOfUTF16: Bool {
    let pairs = Swift.min(count / 2, 32)
    guard pairs >= 4 else { return false }
    let even = (0..<pairs).count { self[$0 * 2] == 0 }
    let odd = (0..<pairs).count { self[$0 * 2 + 1] == 0 }
    return (even > pairs / 2 && odd == 0) || (odd > pairs / 2 && even == 0)
  }

  /// Whether text that is no UTF-8 is a file in another encoding (and not UTF-8 with a slip): more
  /// scalars are broken than whole. `looksLikeGBK` when its pairs are those of GBK.
  var brokenUTF8: (first: Int, isOtherEncoding: Bool, looksLikeGBK: Bool)? {
    guard let first = firstInvalidUTF8() else { return nil }
    var (whole, broken) = (0, 0)
    var rest = self
    while !rest.isEmpty {
      let bad = rest.firstInvalidUTF8() ?? rest.count
      whole += rest.slice(0, bad).count { $0 >= 0xC0 }
      guard bad < rest.count else { break }
      // A block may cut the last scalar.
      let tail = rest.slice(bad, rest.count)
      let isCut =
        tail.count < 4 && tail[0] >= 0xC2 && tail.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
      if !isCut { broken += 1 }
      rest = rest.slice(bad + 1, rest.count)
    }
    return (first, broken > whole, broken > whole && pairsOfGBK)
  }

  private var pairsOfGBK: Bool {
    var index = 0
    // Chinese text is nearly all in the old part of the table, whose second byte is high; in text
    // of a one-byte encoding a letter follows most accents.
    var (pairs, high) = (0, 0)
    while index + 1 < count {
      if self[index] < 0x80 {
        index += 1
        continue
      }
      if index + 3 < count, isFourByteCode(at: index) {
        index += 4
        continue
      }
      guard (0x81...0xFE).contains(self[index]), (0x40...0xFE).contains(self[index + 1]),
        self[index + 1] != 0x7F
      else { return false }
      pairs += 1
      if self[index + 1] >= 0xA1 { high += 1 }
      index += 2
    }
    return pairs > 0 && high * 4 >= pairs * 3
  }

  /// Whether four bytes have the shape of a code of GB 18030.
  private func isFourByteCode(at index: Int) -> Bool {
    let (digits, leads) = (UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(0x81)...0xFE)
    return leads.contains(self[index]) && digits.contains(self[index + 1])
      && leads.contains(self[index + 2]) && digits.contains(self[index + 3])
  }
}
