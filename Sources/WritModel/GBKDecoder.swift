/// Turns GBK into UTF-8, block by block. What is no GBK becomes a byte that is no UTF-8, so the
/// row it stands in is rejected and no other.
struct GBKDecoder {
  /// The first byte of a pair that a block cut.
  private var lead: UInt8?

  private static let table: [UInt16] = charactersOfGBK.unicodeScalars.map {
    $0 == "?" ? 0 : UInt16(truncatingIfNeeded: $0.value)
  }
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
    let table = Self.table
    for byte in block {
      guard let first = lead else {
        if byte < 0x80 {
          out.append(byte)
        } else if byte == 0x80 || byte == 0xFF {
          out.append(Self.noText)
        } else {
          lead = byte
        }
        continue
      }
      lead = nil
      let scalar = Self.scalar(table, first, byte)
      if scalar != 0 {
        Self.append(scalar, to: &out)
        continue
      }
      out.append(Self.noText)
      if byte < 0x80 { out.append(byte) }
    }
    if isLast, lead != nil { out.append(Self.noText) }
  }

  /// The scalar of a pair, or 0.
  private static func scalar(_ table: [UInt16], _ lead: UInt8, _ trail: UInt8) -> UInt16 {
    guard trail >= 0x40, trail != 0x7F, trail != 0xFF else { return 0 }
    let column = Int(trail) - (trail > 0x7F ? 0x41 : 0x40)
    let index = (Int(lead) - 0x81) * 190 + column
    return index < table.count ? table[index] : 0
  }

  /// GBK has nothing beyond the basic plane: two or three bytes.
  private static func append(_ scalar: UInt16, to out: inout [UInt8]) {
    if scalar < 0x800 {
      out.append(0xC0 | UInt8(scalar >> 6))
    } else {
      out.append(0xE0 | UInt8(scalar >> 12))
      out.append(0x80 | UInt8(scalar >> 6 & 0x3F))
    }
    out.append(0x80 | UInt8(scalar & 0x3F))
  }
}
