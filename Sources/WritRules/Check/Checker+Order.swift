import WritModel
import WritSyntax
import WritText

// Which unit to lower first. On demand would do for meaning, but a long chain of values would then
// be a deep recursion; so units whose text mentions others come after them, as far as that goes.
extension Checker {
  /// The units that are not last, those that others mention first; else in written order.
  ///
  /// What mentions what is guessed from the words of a `define`, without knowing what they mean. A
  /// wrong guess costs nothing: lowering is still on demand.
  func loweringOrder() -> [UnitID] {
    let all = units.indices.filter { !units[$0].isLast }
    var makers: [String: [Int]] = [:]
    var defines = 0
    for name in derived {
      guard case .define = units[Int(name.unit.index)].declaration.kind else { continue }
      defines += 1
      makers[name.name.name, default: []].append(Int(name.unit.index))
      if let label = name.name.label { makers[label, default: []].append(Int(name.unit.index)) }
    }
    // A chain that is no longer than this is no deep recursion.
    guard defines > 30 else { return all.map { UnitID($0) } }
    var order: [UnitID] = []
    order.reserveCapacity(all.count)
    var isPlaced = Array(repeating: false, count: units.count)
    for start in all where !isPlaced[start] {
      var path: [(unit: Int, rest: ArraySlice<Int>)] = [(start, mentioned(by: start, makers)[...])]
      isPlaced[start] = true
      while !path.isEmpty {
        if let next = path[path.count - 1].rest.popFirst() {
          if isPlaced[next] { continue }
          isPlaced[next] = true
          path.append((next, mentioned(by: next, makers)[...]))
        } else {
          order.append(UnitID(path.removeLast().unit))
        }
      }
    }
    return order
  }

  /// The units whose names stand in the text of a `define`.
  private func mentioned(by unit: Int, _ makers: [String: [Int]]) -> [Int] {
    guard case .define = units[unit].declaration.kind else { return [] }
    let span = units[unit].declaration.span
    let bytes = sources[span.source].bytes
    var found: [Int] = []
    var start: Int?
    for index in Int(span.start)...min(Int(span.end), bytes.count) {
      if index < Int(span.end), index < bytes.count, isPartOfName(bytes, index) {
        start = start ?? index
      } else if let from = start {
        found += makers[String(decoding: bytes[from..<index], as: UTF8.self)] ?? []
        start = nil
      }
    }
    return found
  }

  /// Letters, digits, `_` and whatever is not ASCII, but for full-width punctuation.
  private func isPartOfName(_ bytes: [UInt8], _ index: Int) -> Bool {
    switch bytes[index] {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      return true
    case 0x80...:
      // U+3000…U+303F and U+FF00…U+FFFF stand in three bytes.
      var lead = index
      while lead > 0, bytes[lead] & 0xC0 == 0x80 { lead -= 1 }
      if bytes[lead] == 0xEF { return false }
      return !(bytes[lead] == 0xE3 && lead + 1 < bytes.count && bytes[lead + 1] == 0x80)
    default: return false
    }
  }
}
