import WritModel

/// Conditions tried on one record: what its fields are, and what the conditions make of them.
///
/// The analysis takes dimensions to be free of each other. Where they are not (`amount * 2 > 100`
/// beside `amount < 10`), a common point of two regions need not be a record; so one is looked for,
/// and the conditions are worked out for it exactly as in a run. What only the data know (other
/// records, which record a key names) cannot be worked out here, and a condition that needs it is
/// not tried.
struct Trial {
  let program: Program
  /// The fields of the record, as terms over the things in view, in the order in which they are met.
  private(set) var paths: [TermID] = []
  private(set) var values: [TermID: Value] = [:]
  /// Numbers that the conditions mention, and so where they may turn.
  private var mentioned: [Value] = []
  private var seen: Set<TermID> = []

  init(_ program: Program, _ conditions: [TermID]) {
    self.program = program
    for condition in conditions { collect(condition, depth: 0) }
  }

  // MARK: - What is read

  private mutating func collect(_ term: TermID, depth: Int) {
    guard seen.insert(term).inserted else { return }
    guard depth < 100 else { return }
    switch program[term] {
    case .constant(let constant):
      for value in [constant.value] + (constant.items ?? []).map(\.value) where value.isKnown {
        mentioned.append(value)
      }
    case .slot, .today, .field: if isPath(term) { paths.append(term) }
    case .operation(.lookup, _): mentioned.append(Self.key(term))
    case .operation(_, let parts): for part in parts { collect(part, depth: depth + 1) }
    case .attribute(let id, let arguments, nil) where isInView(arguments):
      collect(program[id].term, depth: depth + 1)
    case .payload(let id, _, let winner) where program[winner] == .winner(id):
      for alternative in program[id].alternatives {
        for part in [alternative.guardTerm] + alternative.payload {
          collect(part, depth: depth + 1)
        }
      }
      for part in program[id].otherwise?.payload ?? [] { collect(part, depth: depth + 1) }
    default: break
    }
  }

  private func isPath(_ term: TermID) -> Bool {
    switch program[term] {
    case .slot, .today: true
    case .field(_, let record): isPath(record)
    default: false
    }
  }

  private func isInView(_ arguments: [TermID]) -> Bool {
    arguments.enumerated().allSatisfy { program[$0.element] == .slot(Int32($0.offset)) }
  }

  // MARK: - Looking for a record

  /// Looks for a record for which each condition stands as wanted, beginning with what is known of
  /// it; true if one was found, and then `values` is it.
  ///
  /// A search uphill: one field after the other takes the value for which the most conditions stand,
  /// and where that leads no further, two at once.
  mutating func find(
    _ wanted: [(condition: TermID, holds: Bool)], from start: [TermID: Value]
  ) -> Bool {
    let choices = paths.map { path in (start[path].map { [$0] } ?? []) + usual(path) }
    for (path, values) in zip(paths, choices) { self.values[path] = values.first }
    var standing = count(wanted)
    var tries = 4_000
    var isBetter = true
    /// Takes a value if more conditions stand with it than before.
    func take(_ value: Value, _ path: Int, _ trial: inout Trial) -> Bool {
      tries -= 1
      let before = trial.values.updateValue(value, forKey: trial.paths[path])
      let count = trial.count(wanted)
      if count > standing {
        standing = count
        isBetter = true
        return true
      }
      trial.values[trial.paths[path]] = before
      return false
    }
    while standing < wanted.count, isBetter {
      isBetter = false
      for path in paths.indices {
        for value in choices[path] where standing < wanted.count && tries > 0 {
          _ = take(value, path, &self)
        }
      }
      if isBetter || standing == wanted.count { continue }
      pairs: for path in paths.indices {
        for value in choices[path] {
          let before = values.updateValue(value, forKey: paths[path])
          for other in paths.indices where other != path {
            for value in choices[other] where tries > 0 {
              if take(value, other, &self) { break pairs }
            }
          }
          values[paths[path]] = before
        }
      }
    }
    return standing == wanted.count
  }

  private func count(_ wanted: [(condition: TermID, holds: Bool)]) -> Int {
    wanted.count { condition, holds in
      value(of: condition, depth: 0).map { $0.tag == .boolean && ($0.bits == 1) == holds } ?? false
    }
  }

  /// Values that a field may well have: those around what the conditions mention first.
  private func usual(_ path: TermID) -> [Value] {
    let type = program.type(of: path)
    switch type {
    case .boolean: return [.boolean(true), .boolean(false)]
    case .member(let id):
      return program.schema[id].members.indices.prefix(50).map {
        .member($0, of: id)
      }
    case .node(let id):
      return program.schema[id].nodes.indices.prefix(50).map {
        .node($0, of: id)
      }
    case .text:
      let known = mentioned.filter { $0.tag == .text }
      return known.isEmpty ? [.text(Symbol(0))] : known
    case .record: return mentioned.filter { $0.tag == .record }
    case .date: return around { $0.tag == .date } + [.date(days: 20_454)]
    case .duration: return around { $0.tag == .duration }
    case .time: return around { $0.tag == .time }
    case .number, .integer, .percent, .money:
      var found = around { $0.isDecimal }.map { Value.number($0.decimal) }
      found += [0, 1, 100, 10_000, 1_000_000, -1].map { .number(Decimal($0)) }
      if type == .integer { found.removeAll { $0.decimal.trimmed(to: 0).scale > 0 } }
      guard case .money(let currency) = type else { return found }
      return found.map { .money($0.decimal, currency ?? CurrencyID(0)) }
    default: return []
    }
  }

  private func around(_ isMeant: (Value) -> Bool) -> [Value] {
    mentioned.filter(isMeant).prefix(20).flatMap { [$0, $0.moved(by: 1), $0.moved(by: -1)] }
  }

  /// The record that a term names by its key: which one it is only the data know.
  static func key(_ term: TermID) -> Value { Value(tag: .record, bits: Int64(term.index)) }

  // MARK: - Working out

  /// The value of a term for the record; nil where it cannot be told.
  private func value(of term: TermID, depth: Int) -> Value? {
    guard depth < 100 else { return nil }
    switch program[term] {
    case .constant(let constant): return constant.items == nil ? constant.value : nil
    case .slot, .today, .field: return values[term]
    case .attribute(let id, let arguments, nil) where isInView(arguments):
      return value(of: program[id].term, depth: depth + 1)
    case .payload(let id, let column, let winner) where program[winner] == .winner(id):
      let choose = program[id]
      guard choose.policy == .first, choose.isStrict else { return nil }
      for alternative in choose.alternatives {
        guard let holds = value(of: alternative.guardTerm, depth: depth + 1) else { return nil }
        if holds.tag != .boolean { return holds.isFault ? holds : .missing(Cause(.undecided)) }
        if holds.bits == 1 { return value(of: alternative.payload[Int(column)], depth: depth + 1) }
      }
      guard let otherwise = choose.otherwise else { return .missing(Cause(.noAlternative)) }
      return value(of: otherwise.payload[Int(column)], depth: depth + 1)
    case .operation(.lookup, _): return Self.key(term)
    case .operation(let operation, let parts): return apply(operation, parts, depth: depth + 1)
    default: return nil
    }
  }

  private func apply(_ operation: Operation, _ parts: [TermID], depth: Int) -> Value? {
    func part(_ index: Int) -> Value? { value(of: parts[index], depth: depth) }
    switch operation {
    case .and: return all(parts, false, depth)
    case .or: return all(parts, true, depth)
    case .not:
      guard let inner = part(0) else { return nil }
      return inner.tag == .boolean ? .boolean(inner.bits == 0) : inner
    case .isKnown: return part(0).flatMap { $0.isFault ? nil : .boolean($0.isKnown) }
    case .surely: return part(0).flatMap { $0.isFault ? nil : .boolean($0.isKnown && $0.bits == 1) }
    case .possibly:
      return part(0).flatMap { $0.isFault ? nil : .boolean(!$0.isKnown || $0.bits == 1) }
    case .orElse: return part(0).flatMap { $0.isKnown || $0.isFault ? $0 : part(1) }
    case .ifElse:
      guard let condition = part(0) else { return nil }
      guard condition.tag == .boolean else { return condition }
      return part(condition.bits == 1 ? 1 : 2)
    case .inRange(let includesLower, let includesUpper, let hasLower, let hasUpper):
      guard let value = part(0), value.isKnown else { return part(0) }
      var holds = true
      if hasLower {
        guard let order = part(1).flatMap({ order(value, $0) }) else { return nil }
        holds = order > 0 || (order == 0 && includesLower)
      }
      if hasUpper {
        guard let order = part(2).flatMap({ order(value, $0) }) else { return nil }
        holds = holds && (order < 0 || (order == 0 && includesUpper))
      }
      return .boolean(holds)
    case .isIn, .within:
      guard let value = part(0), value.isKnown else { return part(0) }
      guard let items = items(parts[1]) else { return nil }
      if operation == .isIn {
        let same = items.map { isSame(value, $0) }
        return same.contains(true) ? .boolean(true) : same.contains(nil) ? nil : .boolean(false)
      }
      guard value.tag == .node, case .node(let tree) = program.type(of: parts[0]) else {
        return nil
      }
      return .boolean(
        items.contains {
          $0.bits <= value.bits
            && Int(value.bits) <= program.schema[tree].nodes[Int($0.bits)].lastDescendant
        })
    default: break
    }
    guard let first = part(0) else { return nil }
    if !first.isKnown { return first }
    guard parts.count > 1 else {
      switch operation {
      case .negate: return .negate(first)
      case .year: return .part(.year, of: first)
      case .month: return .part(.month, of: first)
      default: return nil
      }
    }
    guard parts.count == 2, let second = part(1) else { return nil }
    if !second.isKnown { return second }
    switch operation {
    case .equal: return isSame(first, second).map { .boolean($0) }
    case .notEqual: return isSame(first, second).map { .boolean(!$0) }
    case .less: return order(first, second).map { .boolean($0 < 0) }
    case .lessOrEqual: return order(first, second).map { .boolean($0 <= 0) }
    case .greater: return order(first, second).map { .boolean($0 > 0) }
    case .greaterOrEqual: return order(first, second).map { .boolean($0 >= 0) }
    case .add, .addDuration: return .add(first, second)
    case .subtract, .subtractDuration, .subtractDates: return .subtract(first, second)
    case .multiply: return .multiply(first, second)
    case .divide: return .divide(first, second)
    case .smaller: return .smaller(first, second)
    case .larger: return .larger(first, second)
    default: return nil
    }
  }

  /// Kleene's `or` (deciding yes) or `and` (deciding no) of parts of which some cannot be told.
  private func all(_ parts: [TermID], _ deciding: Bool, _ depth: Int) -> Value? {
    var unknown: Value?
    var isOpen = false
    for part in parts {
      switch value(of: part, depth: depth) {
      case nil: isOpen = true
      case let value? where value.tag != .boolean: unknown = unknown ?? value
      case let value?: if (value.bits == 1) == deciding { return value }
      }
    }
    return isOpen ? nil : unknown ?? .boolean(!deciding)
  }

  private func items(_ term: TermID) -> [Value]? {
    if let value = value(of: term, depth: 0), value.isKnown { return [value] }
    switch program[term] {
    case .constant(let constant):
      return constant.items.flatMap { items in
        items.allSatisfy { $0.items == nil && $0.value.isKnown } ? items.map(\.value) : nil
      }
    case .operation(.listOfDistinct, let parts):
      let values = parts.compactMap { value(of: $0, depth: 0) }
      return values.count == parts.count ? values : nil
    default: return nil
    }
  }

  /// nil where it cannot be told: two keys may name one record.
  private func isSame(_ a: Value, _ b: Value) -> Bool? {
    guard a.tag == b.tag else { return nil }
    if a.tag == .record { return a.bits == b.bits ? true : nil }
    if a.tag == .money || a.tag == .duration, a.aux != b.aux { return nil }
    return Value.same(a, b)
  }

  private func order(_ a: Value, _ b: Value) -> Int? {
    guard a.tag == b.tag, a.tag != .text, a.tag != .record else { return nil }
    if a.tag == .money || a.tag == .duration, a.aux != b.aux { return nil }
    return Value.order(a, b)
  }
}
