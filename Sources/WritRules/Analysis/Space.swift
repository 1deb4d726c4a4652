import WritModel

/// The dimensions of some guards, and each guard as a union of boxes in them.
///
/// A guard is a boolean combination of comparisons of terms with constants. Whatever else stands in
/// it — a join, arithmetic over two fields — is a dimension of its own with the values no, yes and
/// missing, named by its term: terms are hash-consed, so `p` and `not p` are still disjoint.
///
/// Dimensions are taken to be free of each other. For paths of fields they are; a *derived*
/// dimension hangs together with others in ways not seen here, so a proof that regions are disjoint
/// or covered stays sound, but a common point of two regions may have no record.
struct Space {
  let program: Program
  private(set) var dimensions: [Dimension] = []
  /// The terms that have a dimension, and the dimension of each.
  private var index = TermNumbers()
  /// The boolean terms in the guards, and the form of each.
  private var numbers: TermNumbers
  private var forms: [Form] = []
  /// The tests that forms name, and where each is surely passed.
  private var tests: [(dimension: Int, test: Test)] = []
  private var passing: [CellSet] = []
  /// Guards with more alternatives than this are taken as one opaque condition.
  private let boxLimit = 32

  /// What a boolean term is made of.
  private enum Form {
    /// Its parts are being looked at.
    case open
    /// A test, by its number: true in some relations to constants; unknown where the dimension is
    /// missing. The tests themselves stand apart, because most forms are small.
    case atom(Int, test: Int)
    case and([TermID])
    case or([TermID])
    case not(TermID)
    case surely(TermID)
    case possibly(TermID)
    case isKnown(Int)
    case constant(Bool?)
    /// A `case` whose results are constants, asked whether its result passes: for each alternative
    /// its guard and what its result says, and what the result of `else` says.
    case selection([(guardTerm: TermID, passes: Bool?)], otherwise: Bool?)
  }
  fileprivate enum Test {
    case compare(Operation, Value)
    case range(Operation?, Value, Operation?, Value)
    case oneOf([Value])
    case within([Value])
    case isTrue
  }

  init(_ program: Program, guards: [TermID]) {
    self.program = program
    numbers = TermNumbers(capacity: guards.count)
    for term in guards { collect(term, depth: 0) }
    for dimension in dimensions.indices { dimensions[dimension].close(program.schema) }
    passing.reserveCapacity(tests.count)
    for (dimension, test) in tests {
      passing.append(cells(of: test, in: dimensions[dimension]))
    }
    // They are not asked again.
    tests = []
  }

  private func form(_ term: TermID) -> Form? { numbers[term].map { forms[$0] } }

  /// Where a guard is true.
  struct Region {
    /// Their union; they may overlap.
    var boxes: [Box]
    /// Whether parts of the guard were left out because they take too many boxes, so that the region
    /// is larger than what is true: it may then be disjoint from another, but cover nothing.
    var isOverestimate: Bool
  }

  /// Where a guard is true.
  func region(where guardTerm: TermID) -> Region {
    if let boxes = boxes(guardTerm, true) { return Region(boxes: boxes, isOverestimate: false) }
    guard case .and(let parts)? = form(guardTerm) else {
      return Region(boxes: [.everything], isOverestimate: true)
    }
    var result: [Box] = [.everything]
    for part in parts {
      guard let boxes = boxes(part, true), result.count * boxes.count <= boxLimit else { continue }
      result = common(result, boxes)
    }
    return Region(boxes: result, isOverestimate: true)
  }

  func whole(_ dimension: Int32) -> CellSet { dimensions[Int(dimension)].whole }

  /// Whether a box is limited in a derived dimension.
  func isDerived(_ box: Box) -> Bool {
    box.sides.contains { dimensions[Int($0.dimension)].isDerived }
  }

  /// All records, none of whose dimensions is missing: where a table has to have an answer.
  var allKnown: Box {
    dimensions.indices.reduce(Box.everything) { box, dimension in
      box.with(Int32(dimension), dimensions[dimension].known) ?? box
    }
  }

  // MARK: - Collecting

  private mutating func collect(_ term: TermID, depth: Int) {
    if numbers[term] != nil { return }
    let number = numbers.add(term)
    forms.append(.open)
    let form = depth > 60 ? nil : classify(term)
    forms[number] = form ?? atom(dimension(of: term, kind: .boolean), .isTrue)
    switch form {
    case .and(let parts), .or(let parts): for part in parts { collect(part, depth: depth + 1) }
    case .not(let part), .surely(let part), .possibly(let part): collect(part, depth: depth + 1)
    case .selection(let alternatives, _):
      for alternative in alternatives { collect(alternative.guardTerm, depth: depth + 1) }
    case .atom, .isKnown, .constant, .open, nil: break
    }
  }

  private mutating func atom(_ dimension: Int, _ test: Test) -> Form {
    tests.append((dimension, test))
    return .atom(dimension, test: tests.count - 1)
  }

  /// The form of a boolean term, or nil if it is opaque.
  private mutating func classify(_ term: TermID) -> Form? {
    switch program[term] {
    case .constant(let constant):
      // What did not parse stands for anything.
      if program.type(of: term) == .unknown { return nil }
      return .constant(constant.value.tag == .boolean ? constant.value.bits == 1 : nil)
    case .operation(let operation, let parts):
      switch operation {
      case .and: return .and(parts)
      case .or: return .or(parts)
      case .not: return .not(parts[0])
      case .surely: return .surely(parts[0])
      case .possibly: return .possibly(parts[0])
      case .isKnown:
        guard let kind = kind(of: parts[0]) else { return nil }
        let dimension = dimension(of: parts[0], kind: kind)
        dimensions[dimension].mayBeMissing = true
        return .isKnown(dimension)
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
        if let value = scalar(parts[1]) { return compare(parts[0], operation, value) }
        if let value = scalar(parts[0]) { return compare(parts[1], operation.flipped, value) }
        return nil
      case .inRange(let includesLower, let includesUpper, let hasLower, let hasUpper):
        let lower = scalar(parts[1])
        let upper = scalar(parts[2])
        guard !hasLower || lower != nil, !hasUpper || upper != nil else { return nil }
        let zero = Value.boolean(false)
        let test = Test.range(
          hasLower ? (includesLower ? .greaterOrEqual : .greater) : nil, lower ?? zero,
          hasUpper ? (includesUpper ? .lessOrEqual : .less) : nil, upper ?? zero)
        if let selection = selection(parts[0], test) { return selection }
        guard
          let dimension = dimension(
            of: parts[0], meeting: [hasLower ? lower : nil, hasUpper ? upper : nil])
        else { return nil }
        return atom(dimension, test)
      case .isIn:
        guard let values = items(parts[1]) else { return nil }
        if let selection = selection(parts[0], .oneOf(values)) { return selection }
        guard let dimension = dimension(of: parts[0], meeting: values) else { return nil }
        return atom(dimension, .oneOf(values))
      case .within:
        guard let values = items(parts[1]) ?? scalar(parts[1]).map({ [$0] }),
          let dimension = dimension(of: parts[0], meeting: values)
        else { return nil }
        return atom(dimension, .within(values))
      default: return nil
      }
    case .attribute(let id, let arguments, asOf: nil):
      // A defined yes/no of the same things in view is its own formula.
      return isInView(arguments) ? .and([program[id].term]) : nil
    default:
      return nil
    }
  }

  private mutating func compare(_ term: TermID, _ operation: Operation, _ value: Value) -> Form? {
    if let selection = selection(term, .compare(operation, value)) { return selection }
    guard let dimension = dimension(of: term, meeting: [value]) else { return nil }
    return atom(dimension, .compare(operation, value))
  }

  /// Whether arguments are the things in view themselves, so that an attribute's term means here
  /// what it means there.
  private func isInView(_ arguments: [TermID]) -> Bool {
    arguments.enumerated().allSatisfy { program[$0.element] == .slot(Int32($0.offset)) }
  }

  /// A test of a defined `case` with constant results, seen through to the conditions of the case.
  private func selection(_ term: TermID, _ test: Test) -> Form? {
    var term = term
    if case .attribute(let id, let arguments, asOf: nil) = program[term], isInView(arguments) {
      term = program[id].term
    }
    guard case .payload(let id, let column, let winner) = program[term],
      case .winner(id) = program[winner]
    else { return nil }
    let choose = program[id]
    guard choose.policy == .first, choose.isStrict, choose.alternatives.count <= boxLimit else {
      return nil
    }
    /// What a result says; nil if it is no constant.
    func passes(_ result: TermID) -> Bool?? {
      guard case .constant(let constant) = program[result], constant.items == nil else {
        return nil
      }
      return .some(constant.value.isKnown ? test.passes(constant.value) : nil)
    }
    var alternatives: [(guardTerm: TermID, passes: Bool?)] = []
    for alternative in choose.alternatives {
      guard let passes = passes(alternative.payload[Int(column)]) else { return nil }
      alternatives.append((alternative.guardTerm, passes))
    }
    guard let last = choose.otherwise else { return .selection(alternatives, otherwise: nil) }
    guard let passes = passes(last.payload[Int(column)]) else { return nil }
    return .selection(alternatives, otherwise: passes)
  }

  /// The dimension of a term that meets constants, which cut it into cells; nil if the term has no
  /// such values, or two currencies or units meet there.
  private mutating func dimension(of term: TermID, meeting values: [Value?]) -> Int? {
    guard let kind = kind(of: term) else { return nil }
    let met = values.compactMap { $0 }
    let known = index[term]
    if let first = known.flatMap({ dimensions[$0].points.first }) ?? met.first,
      first.tag == .money || first.tag == .duration, met.contains(where: { $0.aux != first.aux })
    {
      return nil
    }
    let found = known ?? dimension(of: term, kind: kind)
    dimensions[found].points += met
    return found
  }

  private mutating func dimension(of term: TermID, kind: Dimension.Kind) -> Int {
    if let known = index[term] { return known }
    let path = path(of: term)
    dimensions.append(
      Dimension(
        term: term, kind: kind, isDerived: path == nil,
        mayBeMissing: path.map { $0.contains { program.schema[$0].isOptional } } ?? true))
    return index.add(term)
  }

  /// The fields of a path from a slot (or `today`); nil for any other term.
  private func path(of term: TermID) -> [FieldID]? {
    switch program[term] {
    case .slot, .today: []
    case .field(let field, let of): path(of: of).map { $0 + [field] }
    default: nil
    }
  }

  private func kind(of term: TermID) -> Dimension.Kind? {
    switch program.type(of: term) {
    case .number, .percent, .money: .ordered(isStepped: false)
    case .integer, .date, .time, .duration: .ordered(isStepped: true)
    case .boolean: .boolean
    case .text: .text
    case .member(let id): .member(id)
    case .node(let id): .node(id)
    case .record: .reference
    case .queue, .recordOrQueue, .rule, .set, .list, .unknown: nil
    }
  }

  /// The value of a known constant. A record named by its key is told by the term that names it.
  private func scalar(_ term: TermID) -> Value? {
    if case .operation(.lookup, _) = program[term] {
      return Value(tag: .text, bits: Int64(term.index))
    }
    guard case .constant(let constant) = program[term], constant.items == nil,
      constant.value.isKnown
    else { return nil }
    return constant.value
  }

  private func items(_ term: TermID) -> [Value]? {
    if case .operation(.listOfDistinct, let parts) = program[term] {
      let values = parts.compactMap { scalar($0) }
      return values.count == parts.count ? values : nil
    }
    guard case .constant(let constant) = program[term], let items = constant.items,
      items.allSatisfy({ $0.items == nil && $0.value.isKnown })
    else { return nil }
    return items.map(\.value)
  }

  // MARK: - Boxes

  /// Where a term is surely true, or surely false; nil if that takes too many boxes.
  private func boxes(_ term: TermID, _ wanted: Bool) -> [Box]? {
    guard let form = form(term) else { return nil }
    switch form {
    case .constant(let truth): return truth == wanted ? [.everything] : []
    case .atom(let dimension, let test): return box(dimension, cells(test, wanted, on: dimension))
    case .isKnown(let dimension):
      let known = dimensions[dimension].known
      return box(dimension, wanted ? known : dimensions[dimension].whole.subtracting(known))
    case .not(let part): return boxes(part, !wanted)
    case .surely(let part):
      return wanted ? boxes(part, true) : boxes(part, true).flatMap { complement(of: $0) }
    case .possibly(let part):
      return wanted ? boxes(part, false).flatMap { complement(of: $0) } : boxes(part, false)
    case .and(let parts):
      return wanted ? all(parts, true) : any(parts, false)
    case .or(let parts):
      return wanted ? any(parts, true) : all(parts, false)
    case .selection(let alternatives, let otherwise):
      var result: [Box] = []
      // Where all alternatives so far are surely false.
      var rest: [Box] = [.everything]
      for alternative in alternatives {
        guard let holds = boxes(alternative.guardTerm, true),
          let fails = boxes(alternative.guardTerm, false)
        else { return nil }
        if alternative.passes == wanted { result += common(rest, holds) }
        rest = common(rest, fails)
        if rest.count > boxLimit || result.count > boxLimit { return nil }
      }
      return otherwise == wanted ? result + rest : result
    case .open: return nil
    }
  }

  /// The side of one dimension; nothing that limits nothing.
  private func box(_ dimension: Int, _ cells: CellSet) -> [Box] {
    let whole = dimensions[dimension].whole
    let real = cells.intersection(whole)
    if real == whole { return [.everything] }
    return Box(dimension, real).map { [$0] } ?? []
  }

  private func all(_ parts: [TermID], _ wanted: Bool) -> [Box]? {
    // Most parts are tests of one dimension each, which make one box together.
    var first = Box.everything
    first.reserve(parts.count)
    var others: [TermID] = []
    for part in parts {
      guard let number = numbers[part], case .atom(let dimension, let test) = forms[number] else {
        others.append(part)
        continue
      }
      let whole = dimensions[dimension].whole
      let cells = cells(test, wanted, on: dimension).intersection(whole)
      if cells == whole { continue }
      guard first.limit(Int32(dimension), to: cells) else { return [] }
    }
    var result = [first]
    for part in others {
      guard let boxes = boxes(part, wanted) else { return nil }
      result = common(result, boxes)
      if result.count > boxLimit { return nil }
      if result.isEmpty { break }
    }
    return result
  }

  private func common(_ a: [Box], _ b: [Box]) -> [Box] {
    a.flatMap { box in b.compactMap { box.intersection($0) } }
  }

  private func any(_ parts: [TermID], _ wanted: Bool) -> [Box]? {
    var result: [Box] = []
    for part in parts {
      guard let boxes = boxes(part, wanted) else { return nil }
      for box in boxes where !result.contains(where: { $0.contains(box) }) { result.append(box) }
      if result.count > boxLimit { return nil }
    }
    return result
  }

  private func complement(of boxes: [Box]) -> [Box]? {
    Box.everything.remainders(without: boxes, whole: whole, budget: boxLimit)
  }

  /// The cells in which a test is surely passed, or surely failed.
  private func cells(_ test: Int, _ wanted: Bool, on dimension: Int) -> CellSet {
    wanted ? passing[test] : dimensions[dimension].known.subtracting(passing[test])
  }

  private func cells(of test: Test, in dimension: Dimension) -> CellSet {
    switch test {
    case .isTrue: return CellSet(1)
    case .compare(let relation, let value): return dimension.cells(relation, value) ?? .empty
    case .range(let from, let lower, let to, let upper):
      let above = from.flatMap { dimension.cells($0, lower) } ?? dimension.known
      let below = to.flatMap { dimension.cells($0, upper) } ?? dimension.known
      return above.intersection(below)
    case .oneOf(let values):
      return CellSet(union: values.map { dimension.cells(.equal, $0) ?? .empty })
    case .within(let values):
      guard case .node(let tree) = dimension.kind else { return .empty }
      return CellSet(
        union: values.map {
          CellSet(Int($0.bits), program.schema[tree].nodes[Int($0.bits)].lastDescendant)
        })
    }
  }
}

extension Operation {
  /// The comparison with its sides exchanged.
  fileprivate var flipped: Operation {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    default: self
    }
  }
}

extension Space.Test {
  /// Whether a known constant passes; nil if it cannot be told here.
  fileprivate func passes(_ value: Value) -> Bool? {
    func holds(_ relation: Operation, _ other: Value) -> Bool? {
      guard value.tag == other.tag, value.aux == other.aux || value.tag == .time else { return nil }
      switch relation {
      case .equal: return Value.same(value, other)
      case .notEqual: return !Value.same(value, other)
      case .less: return Value.order(value, other) < 0
      case .lessOrEqual: return Value.order(value, other) <= 0
      case .greater: return Value.order(value, other) > 0
      case .greaterOrEqual: return Value.order(value, other) >= 0
      default: return nil
      }
    }
    switch self {
    case .compare(let relation, let other): return holds(relation, other)
    case .range(let from, let lower, let to, let upper):
      let above = from.map { holds($0, lower) } ?? true
      let below = to.map { holds($0, upper) } ?? true
      guard let above, let below else { return nil }
      return above && below
    case .oneOf(let values):
      let hits = values.map { holds(.equal, $0) }
      return hits.contains(nil) ? nil : hits.contains(true)
    case .within, .isTrue: return nil
    }
  }
}
