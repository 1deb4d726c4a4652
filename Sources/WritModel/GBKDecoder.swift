/// Turns GBK, and GB 18030 which extends it, into UTF-8, block by block. What is neither becomes a
/// byte that is no UTF-8, so the row it stands in is rejected and no other.
struct GBKDecoder {
  /// The bytes of a code that is not complete: one that a block cut, or one being read.
  private var pending: [UInt8] = []

  private static let noText: UInt8 = 0xFF

  /// Whether an encoding of this name is read here; false for UTF-8, nil for one that is not known.
  static func reads(_ name: String?) -> Bool? {
    switch name?.lowercased().filter({ $0 != "-" && $0 != "_" }) {
    case nil, "utf8": false
    case "gbk", "gb2312", "cp936", "gb18030": true
    case .some: nil
    }
  }

  mutating func decode(_ block: [UInt8], isLast: Bool, into out: inout [UInt8]) {
    let codes = GB18030.codes
    for byte in block {
      if pending.isEmpty, byte < 0x80 { out.append(byte) } else { take(byte, codes, &out) }
    }
    guard isLast else { return }
    // The code that the file's end cut is no text; what stands inside it may be.
    while !pending.isEmpty { giveUp(codes, &out) }
  }

  /// Takes the next byte of a code, or the first.
  private mutating func take(_ byte: UInt8, _ codes: GB18030, _ out: inout [UInt8]) {
    pending.append(byte)
    switch pending.count {
    case 1:
      if byte > 0x80, byte < 0xFF { return }
      pending.removeAll(keepingCapacity: true)
      // The euro sign stands alone in what Windows calls GBK.
      if byte == 0x80 {
        append(0x20AC, to: &out)
      } else {
        out.append(byte < 0x80 ? byte : Self.noText)
      }
    case 2:
      if Self.isDigit(byte) { return }
      guard let scalar = codes.scalar(pending[0], byte) else { return giveUp(codes, &out) }
      pending.removeAll(keepingCapacity: true)
      append(scalar, to: &out)
    case 3:
      if byte > 0x80, byte < 0xFF { return }
      giveUp(codes, &out)
    default:
      guard Self.isDigit(byte),
        let scalar = codes.scalar(pending[0], pending[1], pending[2], byte)
      else { return giveUp(codes, &out) }
      pending.removeAll(keepingCapacity: true)
      append(scalar, to: &out)
    }
  }

  /// The first byte begins no code: it is no text. Those behind it are looked at again, but for
  /// the second of a pair that is no character, which is as broken as the first.
  private mutating func giveUp(_ codes: GB18030, _ out: inout [UInt8]) {
    out.append(Self.noText)
    let isPair = pending.count == 2 && pending[1] >= 0x80
    let rest = Array(pending.dropFirst(isPair ? 2 : 1))
    pending.removeAll(keepingCapacity: true)
    for byte in rest { take(byte, codes, &out) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private func append(_ scalar: UInt32, to out: inout [UInt8]) {
    let tail = { (shift: UInt32) in UInt8(truncatingIfNeeded: 0x80 | (scalar >> shift & 0x3F)) }
    if scalar < 0x800 {
      out.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
    } else if scalar < 0x10000 {
      out.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      out.append(tail(6))
    } else {
      out.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
      out.append(tail(12))
      out.append(tail(6))
    }
    out.append(tail(0))
  }
}

/// The codes of GB 18030: pairs by table, four bytes by counting.
///
/// The standard leaves no scalar out. Of the basic plane the pairs have some, and all others stand
/// in the order of Unicode, one after the other, in the four-byte codes from `81 30 81 30` on; the
/// other planes follow from `90 30 81 30` on. So the ranges of the standard need no table: they are
/// the gaps that the pairs leave.
struct GB18030: Sendable {
  static let codes = GB18030()

  /// By lead and trail byte of a pair.
  private let pairs: [UInt16]
  /// Runs of the four-byte codes: from this count on, scalars go up from this one.
  private let runs: [(count: UInt16, scalar: UInt16)]
  /// How many four-byte codes the basic plane has.
  private let countOfBasicPlane: Int

  private static let columns = 190

  private init() {
    var pairs = charactersOfGBK.unicodeScalars.map {
      $0 == "?" ? 0 : UInt16(truncatingIfNeeded: $0.value)
    }
    Self.addPrivateUse(to: &pairs)
    var isPair = [Bool](repeating: false, count: 0x10000)
    for scalar in pairs { isPair[Int(scalar)] = true }
    var runs: [(count: UInt16, scalar: UInt16)] = []
    var count = 0
    var follows = false
    for scalar in 0x80...0xFFFF {
      guard !isPair[scalar], !(0xD800...0xDFFF).contains(scalar) else {
        follows = false
        continue
      }
      if !follows { runs.append((UInt16(count), UInt16(scalar))) }
      follows = true
      count += 1
    }
    countOfBasicPlane = count
    self.runs = runs
    Self.addLaterCharacters(to: &pairs)
    self.pairs = pairs
  }

  private static func index(_ lead: UInt8, _ trail: UInt8) -> Int? {
    guard lead > 0x80, lead < 0xFF, trail >= 0x40, trail != 0x7F, trail != 0xFF else { return nil }
    return (Int(lead) - 0x81) * columns + Int(trail) - (trail > 0x7F ? 0x41 : 0x40)
  }

  /// The pairs without a character are for private use: three areas that users fill, then, in
  /// order, what was free in the areas of characters when the standard was first written.
  private static func addPrivateUse(to pairs: inout [UInt16]) {
    var next: UInt16 = 0xE766
    for index in pairs.indices {
      let lead = index / columns + 0x81
      let column = index % columns
      // The trail bytes A1 to FE are the columns from 96 on.
      let area: Int? =
        switch (lead, column) {
        case (0xAA...0xAF, 96...): 0xE000 + (lead - 0xAA) * 94 + column - 96
        case (0xF8...0xFE, 96...): 0xE234 + (lead - 0xF8) * 94 + column - 96
        case (0xA1...0xA7, ..<96): 0xE4C6 + (lead - 0xA1) * 96 + column
        default: nil
        }
      if let area {
        pairs[index] = UInt16(area)
        continue
      }
      let wasFree =
        switch (lead, column) {
        case (0xA2, 162), (0xA8, 126), (0xA9, 72...84), (0xFE, 16...95): true
        default: pairs[index] == 0
        }
      guard wasFree, lead >= 0xA1 else { continue }
      if pairs[index] == 0 { pairs[index] = next }
      next += 1
    }
  }

  /// Characters that Unicode took in later stand where private use was in the later editions.
  private static func addLaterCharacters(to pairs: inout [UInt16]) {
    let later: [(UInt8, UInt8, UInt16)] = [
      (0xA6, 0xD9, 0xFE10), (0xA6, 0xDA, 0xFE12), (0xA6, 0xDB, 0xFE11), (0xA6, 0xDC, 0xFE13),
      (0xA6, 0xDD, 0xFE14), (0xA6, 0xDE, 0xFE15), (0xA6, 0xDF, 0xFE16), (0xA6, 0xEC, 0xFE17),
      (0xA6, 0xED, 0xFE18), (0xA6, 0xF3, 0xFE19), (0xA8, 0xBC, 0x1E3F), (0xFE, 0x59, 0x9FB4),
      (0xFE, 0x61, 0x9FB5), (0xFE, 0x66, 0x9FB6), (0xFE, 0x67, 0x9FB7), (0xFE, 0x6D, 0x9FB8),
      (0xFE, 0x7E, 0x9FB9), (0xFE, 0x90, 0x9FBA), (0xFE, 0xA0, 0x9FBB),
    ]
    for (lead, trail, scalar) in later {
      if let index = index(lead, trail) { pairs[index] = scalar }
    }
  }

  /// The scalar of a pair.
  func scalar(_ lead: UInt8, _ trail: UInt8) -> UInt32? {
    guard let index = Self.index(lead, trail), pairs[index] != 0 else { return nil }
    return UInt32(pairs[index])
  }

  /// The scalar of a four-byte code, whose second and fourth byte are digits and whose first and
  /// third are from 81 to FE.
  func scalar(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) -> UInt32? {
    let zero = Int(UInt8(ascii: "0"))
    let high = (Int(first) - 0x81) * 10 + Int(second) - zero
    let count = (high * 126 + Int(third) - 0x81) * 10 + Int(fourth) - zero
    // From `90 30 81 30` on.
    let beyond = count - 189_000
    if beyond >= 0 { return beyond <= 0xFFFFF ? UInt32(0x10000 + beyond) : nil }
    guard count < countOfBasicPlane else { return nil }
    // The last run that begins at or before this count.
    var (low, end) = (0, runs.count)
    while end - low > 1 {
      let middle = (low + end) / 2
      if Int(runs[middle].count) <= count { low = middle } else { end = middle }
    }
    return UInt32(Int(runs[low].scalar) + count - Int(runs[low].count))
  }
}
