import WritModel
import WritRules

// Operations that have no instruction of their own, lane by lane.
extension Memory {
  func apply(
    _ operation: Operation, _ arguments: UnsafeBufferPointer<Value>, at site: Int
  ) -> Value {
    guard let first = arguments.first else { return .missing(Cause(.empty)) }
    // Those that look at what is not known come first.
    switch operation {
    case .hasAnswer:
      if first.isKnown { return .boolean(true) }
      guard first.tag == .missing || first.tag == .none else { return first.asArgument }
      return switch first.cause.kind {
      case .noAlternative, .stated, .empty: .boolean(false)
      default: first.asArgument
      }
    case .inRange(let includesLower, let includesUpper, let hasLower, let hasUpper):
      return inRange(
        arguments, includesLower, includesUpper, hasLower: hasLower, hasUpper: hasUpper)
    case .listOfDistinct:
      if let fault = arguments.first(where: \.isFault) { return fault }
      return facts.lists.add(distinct(arguments.flatMap { items(of: $0) }))
    case .stoppedBy(let rule):
      switch Truth(first) {
      case .yes: return Value(.none, Cause(.stopped, site: Int(rule.index)))
      case .no: return arguments[arguments.count - 1]
      case .unknown: return Value(.undetermined, first.cause)
      case .fault: return first
      }
    case .noneIfMissing: return first.tag == .missing ? Value(.none, first.cause) : first
    case .undeterminedIfMissing:
      return first.tag == .missing ? Value(.undetermined, first.cause) : first
    case .text:
      return .text(facts.texts.intern(joined(arguments, at: site)))
    default:
      return Value.notKnown(arguments) ?? compute(operation, arguments, first, at: site)
    }
  }

  /// The pieces of a `because`, percents as percents.
  private func joined(_ pieces: UnsafeBufferPointer<Value>, at site: Int) -> String {
    var terms: [TermID] = []
    if program.terms.indices.contains(site), case .operation(.text, let found) = program.terms[site]
    {
      terms = found
    }
    return pieces.enumerated().map { index, piece in
      if terms.indices.contains(index), piece.tag == .number,
        program.type(of: terms[index]) == .percent
      {
        return facts.text(of: piece, .percent)
      }
      return written(piece)
    }.joined()
  }

  /// Operations that need all their arguments, on known values.
  private func compute(
    _ operation: Operation, _ arguments: UnsafeBufferPointer<Value>, _ first: Value, at site: Int
  ) -> Value {
    let second = arguments.count > 1 ? arguments[1] : first
    switch operation {
    case .add, .addDuration: return Value.add(first, second, at: site)
    case .subtract, .subtractDuration, .subtractDates:
      return Value.subtract(first, second, at: site)
    case .multiply: return Value.multiply(first, second, at: site)
    case .divide: return Value.divide(first, second, at: site)
    case .negate: return Value.negate(first, at: site)
    case .round(let mode): return Value.round(first, to: second, mode, at: site)
    case .smaller: return Value.smaller(first, second)
    case .larger: return Value.larger(first, second)
    case .exp: return Value.exp(first, at: site)
    case .ln: return Value.ln(first, at: site)
    case .year: return Value.part(.year, of: first, at: site)
    case .month: return Value.part(.month, of: first, at: site)
    case .dayOfMonth: return Value.part(.day, of: first, at: site)
    case .length:
      let count = first.tag == .list ? Int(first.bits & 0xFFFF_FFFF) : text(first).count
      return .number(Decimal(Int64(count)))
    case .isIn: return isIn(first, second)
    case .within: return within(first, second)
    case .startsWith:
      return .boolean(text(first).utf8.starts(with: text(second).utf8))
    case .normalized: return .text(facts.texts.intern(Normalized.form(of: text(first))))
    case .similarity: return .number(Normalized.similarity(text(first), text(second)))
    case .inCurrency(let currency):
      // The currency stands as the second argument too, for explanations.
      guard let rate = arguments.last, arguments.count > 2 else {
        return .fault(Cause(.outOfDomain, site: site))
      }
      return Value.inCurrency(first, currency, rate: rate, at: site)
    case .currencyOf(let type): return .member(Int(first.aux), of: type)
    case .asMoney(let currency): return .money(first.decimal, currency)
    case .decay:
      guard arguments.count == 4 else { return .fault(Cause(.outOfDomain, site: site)) }
      return Value.decay(
        first, every: second, since: arguments[2], today: arguments[3], at: site)
    case .dateOfTime:
      return first.tag == .time ? first.dateOfTime(at: facts.schema.zoneMinutes) : first
    case .apportion(let index):
      switch Apportionment.split(first, quantum: second, weights: Array(arguments.dropFirst(2))) {
      case .gap(let gap): return gap
      case .parts(let parts):
        return parts.indices.contains(Int(index)) ? parts[Int(index)] : .missing(Cause(.empty))
      }
    case .lookup(let record):
      let key = LookupKey(record: record, symbols: arguments.map(\.bits))
      if let known = lookups[key] { return known }
      let found = lookup(record, Array(arguments))
      lookups[key] = found
      return found
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .inRange, .and, .or,
      .not, .isKnown, .orElse, .hasAnswer, .surely, .possibly, .ifElse, .listOfDistinct,
      .stoppedBy, .noneIfMissing, .undeterminedIfMissing, .text:
      return .fault(Cause(.outOfDomain))
    }
  }

  private func inRange(
    _ arguments: UnsafeBufferPointer<Value>, _ includesLower: Bool, _ includesUpper: Bool,
    hasLower: Bool, hasUpper: Bool
  ) -> Value {
    guard arguments.count == 3 else { return .fault(Cause(.outOfDomain)) }
    let value = arguments[0]
    var gap: Value?
    for (index, isAsked) in [true, hasLower, hasUpper].enumerated() where isAsked {
      let argument = arguments[index]
      if argument.isFault { return argument }
      if !argument.isKnown, gap == nil { gap = argument.asArgument }
    }
    if let gap { return gap }
    var holds = true
    var fault: Value?
    func side(_ bound: Value, _ includes: Bool, _ sign: Int) {
      switch Comparison.of(value, bound) {
      case .order(let order): if !(order == sign || (includes && order == 0)) { holds = false }
      case .fault(let found): fault = fault ?? found
      }
    }
    if hasLower { side(arguments[1], includesLower, 1) }
    if hasUpper { side(arguments[2], includesUpper, -1) }
    // One side that surely fails decides.
    return holds ? fault ?? .boolean(true) : .boolean(false)
  }

  /// The Kleene `or` of a relation over the items of a set, or over the one value that stands for it.
  @inline(__always)
  private func membership(_ set: Value, _ meets: (Value) -> Value) -> Value {
    guard set.tag == .list else { return meets(set) }
    var result = Value.boolean(false)
    for item in facts.lists.items(of: set) {
      let met = item.isKnown ? meets(item) : item.asArgument
      if met.tag == .boolean {
        if met.bits == 1 { return met }
      } else if met.isFault {
        if !result.isFault { result = met }
      } else if result.tag == .boolean {
        result = met
      }
    }
    return result
  }

  func isIn(_ value: Value, _ set: Value) -> Value {
    membership(set) { item in
      switch Comparison.of(value, item) {
      case .order(let order): .boolean(order == 0)
      case .fault(let fault): fault
      }
    }
  }

  func within(_ node: Value, _ set: Value) -> Value {
    let trees = facts.schema.trees
    return membership(set) { outer in
      guard node.tag == .node, outer.tag == .node, node.aux == outer.aux,
        trees.indices.contains(Int(node.aux)),
        trees[Int(node.aux)].nodes.indices.contains(Int(outer.bits))
      else { return .boolean(false) }
      return .boolean(
        trees[Int(node.aux)].contains(Int(node.bits), within: Int(outer.bits)))
    }
  }

  /// The record with this key, else the first by key that is called so.
  private func lookup(_ type: RecordID, _ texts: [Value]) -> Value {
    let declared = facts.schema[type]
    let table = facts.tables[Int(type.index)]
    let count = table.count
    func isWritten(_ field: FieldID, _ row: Int, as key: Value) -> Bool {
      if table.isRemoved(row) { return false }
      let value = facts.value(field, row: row)
      guard value.isKnown else { return false }
      return value.tag == .text ? value.bits == key.bits : written(value) == text(key)
    }
    if declared.key.count == texts.count {
      for row in 0..<count
      where zip(declared.key, texts).allSatisfy({ isWritten($0, row, as: $1) }) {
        return .record(row, of: type)
      }
    }
    if texts.count == 1, let called = declared.called {
      var best: Value?
      for row in 0..<count {
        let value = facts.value(called, row: row)
        guard value.isKnown, !table.isRemoved(row), Comparison.areEqual(value, texts[0]) else {
          continue
        }
        let record = Value.record(row, of: type)
        if let found = best, !comesFirst(record, [], found, [], []) { continue }
        best = record
      }
      if let best { return best }
    }
    let site = (declared.key.first ?? declared.called).map { Int($0.index) } ?? 0
    return .missing(Cause(.danglingReference, site: site))
  }
}

/// What a `Rep "李雷"` asks.
struct LookupKey: Hashable {
  var record: RecordID
  var symbols: [Int64]
}
