import WritModel
import WritSyntax
import WritText

/// What was checked before in one scope, by its text.
///
/// A price list of thousands of rules says `family = tools` a hundred times. The same bytes in the
/// same file are the same expression, and in the same scope the same term.
struct CheckedTexts {
  private struct Entry {
    var start: Int
    var end: Int
    var hash: UInt64
    var term: TermID
    var text: String
  }
  private let bytes: [UInt8]
  /// A block may hold rules of other files: those that a variant or a form between two brings.
  private let source: SourceID
  private var entries: [Entry] = []
  /// Numbers of entries + 1, 0 where there is none; a power of two, at most half full.
  private var places = [Int32](repeating: 0, count: 64)

  init(_ source: SourceID, in sources: Sources) {
    self.source = source
    bytes = sources[source].bytes
  }

  /// The term and the written form of a text, and the hash by which it may be added; nil for what is
  /// written in another file.
  func find(_ span: Span) -> (known: (term: TermID, text: String)?, hash: UInt64)? {
    guard span.source == source else { return nil }
    let (start, end) = (Int(span.start), Int(span.end))
    guard start >= 0, start < end, end <= bytes.count else { return (nil, 0) }
    return bytes.withUnsafeBufferPointer { bytes in
      var hash = UInt64(end - start)
      for index in start..<end {
        hash = (hash ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3
      }
      hash ^= hash >> 32
      let mask = places.count - 1
      var place = Int(truncatingIfNeeded: hash) & mask
      while places[place] != 0 {
        let entry = Int(places[place]) - 1
        if entries[entry].hash == hash, entries[entry].end - entries[entry].start == end - start {
          let first = entries[entry].start
          var index = 0
          while index < end - start, bytes[first + index] == bytes[start + index] { index += 1 }
          if index == end - start {
            return ((entries[entry].term, entries[entry].text), hash)
          }
        }
        place = (place + 1) & mask
      }
      return (nil, hash)
    }
  }

  mutating func add(_ span: Span, _ hash: UInt64, _ term: TermID, _ text: String) {
    entries.append(
      Entry(start: Int(span.start), end: Int(span.end), hash: hash, term: term, text: text))
    if entries.count * 2 > places.count {
      places = [Int32](repeating: 0, count: places.count * 4)
      for index in entries.indices { put(index) }
    } else {
      put(entries.count - 1)
    }
  }

  private mutating func put(_ index: Int) {
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: entries[index].hash) & mask
    while places[place] != 0 { place = (place + 1) & mask }
    places[place] = Int32(index + 1)
  }
}

extension Checker {
  /// A part of a condition and how it is written.
  ///
  /// Only a plain comparison is remembered, and only if checking it left no trace but its term: what
  /// is reported or counted is so at every place.
  mutating func checkPart(
    _ part: Expression, in scope: Scope, knowing known: inout CheckedTexts?
  ) -> (term: TermID, text: String) {
    guard let found = known?.find(part.span), Checker.isPlainComparison(part) else {
      return (checkCondition(part, in: scope), written(part))
    }
    if let known = found.known { return known }
    let before = (diagnostics.count, textsNoted)
    let term = checkCondition(part, in: scope)
    let text = written(part)
    if before == (diagnostics.count, textsNoted) { known?.add(part.span, found.hash, term, text) }
    return (term, text)
  }

  /// An outcome of a type that all outcomes in `known` have.
  mutating func checkOutcome(
    _ outcome: Expression, expecting type: ValueType, in scope: Scope,
    knowing known: inout CheckedTexts?
  ) -> TermID {
    guard Checker.isPlain(outcome), let found = known?.find(outcome.span) else {
      return check(outcome, expecting: type, in: scope)
    }
    if let known = found.known { return known.term }
    let before = (diagnostics.count, textsNoted)
    let term = check(outcome, expecting: type, in: scope)
    if before == (diagnostics.count, textsNoted) { known?.add(outcome.span, found.hash, term, "") }
    return term
  }

  private static func isPlainComparison(_ expression: Expression) -> Bool {
    guard case .binary(let symbol, let left, let right) = expression.kind else { return false }
    switch symbol {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn, .isNotIn,
      .within, .notWithin:
      return isPlain(left) && isPlain(right)
    case .add, .subtract, .multiply, .divide, .and, .or, .orElse: return false
    }
  }

  /// A name, a constant, or a set or range of such.
  private static func isPlain(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .name, .literal, .yes, .no: return true
    case .set(let items): return items.allSatisfy { isPlain($0) }
    case .range(let range):
      return (range.lower.map { isPlain($0) } ?? true) && (range.upper.map { isPlain($0) } ?? true)
    default: return false
    }
  }
}
