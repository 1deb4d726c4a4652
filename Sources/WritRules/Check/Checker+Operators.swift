import WritModel
import WritSyntax
import WritText

// Arithmetic and comparison over the types of the language.
extension Checker {
  mutating func binary(
    _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, expecting: ValueType?,
    at span: Span, in scope: Scope
  ) -> TermID {
    switch symbol {
    case .and, .or:
      // Long chains lean to the left; walking down them needs no recursion.
      var parts: [Expression] = [right]
      var rest = left
      while case .binary(symbol, let a, let b) = rest.kind {
        parts.append(b)
        rest = a
      }
      parts.append(rest)
      let terms = parts.reversed().map { checkCondition($0, in: scope) }
      return symbol == .and ? all(terms) : any(terms)
    case .equal, .notEqual: return equality(symbol, left, right, at: span, in: scope)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return order(symbol, left, right, at: span, in: scope)
    case .isIn: return isIn(left, right, in: scope)
    case .isNotIn: return not(isIn(left, right, in: scope))
    case .within: return within(left, right, in: scope)
    case .notWithin: return not(within(left, right, in: scope))
    case .orElse:
      var caught = scope
      caught.catchesBlanks = true
      let first = infer(left, expecting: expecting, in: caught)
      let wanted = type(of: first) == .unknown ? expecting : type(of: first)
      let second = infer(right, expecting: wanted, in: scope)
      guard let (a, b, type) = unify(first, second, left, right) else { return unknown }
      return operation(.orElse, [a, b], type: type)
    case .add, .subtract, .multiply, .divide:
      return arithmetic(symbol, left, right, at: span, in: scope)
    }
  }

  /// Two values brought to one type; reports and returns nil when they have none in common.
  mutating func unify(
    _ a: TermID, _ b: TermID, _ left: Expression, _ right: Expression
  ) -> (TermID, TermID, ValueType)? {
    let (first, second) = (type(of: a), type(of: b))
    if first == second { return (a, b, first) }
    switch (first, second) {
    case (.unknown, _):
      if isUnknown(a) || !isMissing(a) { return (a, b, second) }
      return (fit(a, to: second, written: left), b, second)
    case (_, .unknown):
      return (a, isMissing(b) && !isUnknown(b) ? fit(b, to: first, written: right) : b, first)
    case (.number, .integer), (.integer, .number): return (a, b, .number)
    case (.percent, .number) where isRatio(b), (.number, .percent) where isRatio(a):
      return (a, b, .percent)
    case (.number, .money), (.integer, .money):
      return (fit(a, to: second, written: left), b, second)
    case (.record(let one), .recordOrQueue(let other)) where one == other:
      return (a, b, second)
    case (.recordOrQueue(let one), .record(let other)) where one == other:
      return (a, b, first)
    case (.record(let one), .queue): return (a, b, .recordOrQueue(one))
    case (.queue, .record(let one)): return (a, b, .recordOrQueue(one))
    case (.text, .record), (.text, .recordOrQueue):
      return (fit(a, to: second, written: left), b, second)
    case (.time, .date):
      return (operation(.dateOfTime, [a], type: .date), b, .date)
    default:
      let fitted = fit(b, to: first, written: right)
      return type(of: fitted) == .unknown ? nil : (a, fitted, first)
    }
  }

  func isMissing(_ term: TermID) -> Bool {
    if case .constant(let constant) = program[term] { return constant.value.tag == .missing }
    return false
  }

  // MARK: Comparison

  /// Both sides of a comparison, the side that stands alone first so that the other may be found
  /// by its type.
  private mutating func sides(
    _ left: Expression, _ right: Expression, in scope: Scope
  ) -> (TermID, TermID)? {
    let a: TermID
    let b: TermID
    if standsAlone(left, in: scope) || !standsAlone(right, in: scope) {
      a = infer(left, expecting: nil, in: scope)
      b = infer(right, expecting: comparand(type(of: a)), in: scope)
    } else {
      b = infer(right, expecting: nil, in: scope)
      a = infer(left, expecting: comparand(type(of: b)), in: scope)
    }
    return isUnknown(a) || isUnknown(b) ? nil : (a, b)
  }

  /// What the other side of a comparison may be found by.
  private func comparand(_ type: ValueType) -> ValueType? { type == .unknown ? nil : type }

  private mutating func equality(
    _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at span: Span,
    in scope: Scope
  ) -> TermID {
    let missing: Expression? =
      if case .missing = right.kind { left } else if case .missing = left.kind { right } else {
        nil
      }
    if let other = missing {
      report(.equalsMissing(at: span, written: written(other), isEqual: symbol == .equal))
      let known = isKnown(check(other, in: scope))
      return symbol == .equal ? not(known) : known
    }
    guard let (a, b) = sides(left, right, in: scope) else { return unknown }
    if let titled = ruleEquality(a, b, in: scope) ?? ruleEquality(b, a, in: scope) {
      return symbol == .equal ? titled : not(titled)
    }
    guard let (x, y, type) = comparable(a, b, left, right, at: span) else { return unknown }
    switch type {
    case .set, .list:
      report(.setEquality(at: span))
      return unknown
    default: break
    }
    noteText(y, comparedWith: x, at: right.span)
    noteText(x, comparedWith: y, at: left.span)
    if x == y, !isMissing(x) {
      report(.comparedWithItself(at: span))
      return unknown
    }
    return operation(symbol == .equal ? .equal : .notEqual, [x, y], type: .boolean)
  }

  private mutating func order(
    _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at span: Span,
    in scope: Scope
  ) -> TermID {
    guard let (a, b) = sides(left, right, in: scope),
      let (x, y, type) = comparable(a, b, left, right, at: span)
    else { return unknown }
    switch type {
    case .number, .integer, .percent, .money, .date, .time, .duration, .unknown: break
    case .member(let id) where program.schema[id].isOrdered: break
    case .member(let id):
      report(.unorderedMembers(program.schema[id].name, at: span))
      return unknown
    default:
      // Keys of two records are told apart by order: `a.id < b.id`.
      if type == .text, scope.ordersTexts, constantValue(x) == nil, constantValue(y) == nil {
        break
      }
      report(.noOrder(describe(type), at: span))
      return unknown
    }
    if x == y {
      report(.comparedWithItself(at: span))
      return unknown
    }
    let operation: Operation =
      switch symbol {
      case .less: .less
      case .lessOrEqual: .lessOrEqual
      case .greater: .greater
      default: .greaterOrEqual
      }
    return self.operation(operation, [x, y], type: .boolean)
  }

  /// Two values brought to one type to be compared. A percent never meets a bare number.
  mutating func comparable(
    _ a: TermID, _ b: TermID, _ left: Expression, _ right: Expression, at span: Span
  ) -> (TermID, TermID, ValueType)? {
    switch (type(of: a), type(of: b)) {
    case (.percent, .number) where isRatio(b), (.number, .percent) where isRatio(a):
      return (a, b, .percent)
    case (.percent, .number), (.percent, .integer):
      report(.numberForPercent(at: right.span, digits: digits(of: right)))
      return nil
    case (.number, .percent), (.integer, .percent):
      report(.numberForPercent(at: left.span, digits: digits(of: left)))
      return nil
    case (.money(let one?), .money(let other?)) where one != other:
      report(.mixedCurrencies(name(of: one), name(of: other), at: span))
      return nil
    case (.money(nil), .money), (.money, .money(nil)): return (a, b, .money(nil))
    case (.duration, .integer), (.duration, .number):
      report(.numberForDuration(at: right.span, digits: digits(of: right)))
      return nil
    case (.integer, .duration), (.number, .duration):
      report(.numberForDuration(at: left.span, digits: digits(of: left)))
      return nil
    case (.date, .time): return (a, operation(.dateOfTime, [b], type: .date), .date)
    case (.queue, .recordOrQueue(let id)), (.recordOrQueue(let id), .queue):
      return (a, b, .recordOrQueue(id))
    default: return unify(a, b, left, right)
    }
  }

  /// `account.territory = "East"`: whether the winner is one of the rules with that title.
  private mutating func ruleEquality(
    _ rule: TermID, _ title: TermID, in scope: Scope
  ) -> TermID? {
    guard type(of: rule) == .rule, type(of: title) == .text,
      case .constant(let constant) = program[title], constant.value.tag == .text
    else { return nil }
    let wanted = text(of: constant)
    let element = scope.elements.last { $0.term == rule }
    let rules = (element?.rules ?? rules(of: rule)).filter { program[$0].title == wanted }
    return any(
      rules.map {
        let id = self.constant(Value(tag: .rule, bits: Int64($0.index)), type: .rule)
        return operation(.equal, [rule, id], type: .boolean)
      })
  }

  /// The rules that a winner may be.
  func rules(of winner: TermID) -> [RuleID] {
    switch program[winner] {
    case .winner(let id):
      let choose = program[id]
      return choose.alternatives.map(\.rule) + (choose.otherwise.map { [$0.rule] } ?? [])
    case .attribute(let id, _, _): return rules(of: program[id].term)
    case .operation(_, let arguments): return arguments.flatMap { rules(of: $0) }
    default: return []
    }
  }

  // MARK: Membership

  /// `x in 1..9`, `x in {a, 5..9}`, `x in r.skills`.
  mutating func isIn(
    _ left: Expression, _ right: Expression, in scope: Scope
  ) -> TermID {
    switch right.kind {
    case .grouped(let inner): return isIn(left, inner, in: scope)
    case .range(let range):
      let value = check(left, in: scope)
      return type(of: value) == .unknown ? unknown : checkRange(range, of: value, in: scope)
    case .set(let items):
      let wanted = standsAlone(left, in: scope) ? nil : commonOwner(of: items, in: scope)
      let value = check(left, expecting: wanted, in: scope)
      if type(of: value) == .unknown { return unknown }
      return isIn(value, items, in: scope)
    default: break
    }
    let value: TermID
    let set: TermID
    if standsAlone(left, in: scope) {
      value = infer(left, expecting: nil, in: scope)
      set = infer(right, expecting: .set(type(of: value)), in: scope)
    } else {
      set = infer(right, expecting: nil, in: scope)
      value = infer(left, expecting: item(of: type(of: set)), in: scope)
    }
    if type(of: value) == .unknown || type(of: set) == .unknown { return unknown }
    guard let item = item(of: type(of: set)) else {
      report(.notASet(describe(type(of: set)), at: right.span))
      return unknown
    }
    let fitted = fit(value, to: item, written: left)
    if type(of: fitted) == .unknown { return unknown }
    return operation(.isIn, [fitted, set], type: .boolean)
  }

  /// Whether a value is one of what was written between braces: constants become one set, ranges
  /// and other values are asked one by one.
  mutating func isIn(_ value: TermID, _ items: [Expression], in scope: Scope) -> TermID {
    let wanted = type(of: value)
    var constants: [Constant] = []
    var parts: [TermID] = []
    for item in items {
      if case .range(let range) = item.kind {
        parts.append(checkRange(range, of: value, in: scope))
        continue
      }
      let found: TermID
      if case .record = wanted {
        found = check(item, expecting: wanted, in: scope)
      } else {
        found = check(item, expecting: wanted == .integer ? .number : wanted, in: scope)
      }
      if type(of: found) == .unknown { return unknown }
      if case .constant(let constant) = program[found] {
        noteText(found, comparedWith: value, at: item.span)
        constants.append(constant)
      } else {
        parts.append(operation(.equal, [value, found], type: .boolean))
      }
    }
    if !constants.isEmpty || parts.isEmpty {
      let set = setConstant(constants, of: wanted)
      parts.insert(operation(.isIn, [value, set], type: .boolean), at: 0)
    }
    return any(parts)
  }

  private func item(of type: ValueType) -> ValueType? {
    switch type {
    case .set(let item), .list(let item): item
    default: nil
    }
  }

  /// `region within east`, `region within r.regions`.
  private mutating func within(
    _ left: Expression, _ right: Expression, in scope: Scope
  ) -> TermID {
    let node: TermID
    let place: TermID
    if standsAlone(left, in: scope) || !standsAlone(right, in: scope) {
      node = infer(left, expecting: nil, in: scope)
      place = infer(right, expecting: type(of: node), in: scope)
    } else {
      place = infer(right, expecting: nil, in: scope)
      node = infer(left, expecting: item(of: type(of: place)) ?? type(of: place), in: scope)
    }
    if type(of: node) == .unknown || type(of: place) == .unknown { return unknown }
    guard case .node = type(of: node) else {
      report(.withinOfNoTree(describe(type(of: node)), at: left.span))
      return unknown
    }
    let wanted = type(of: node)
    if type(of: place) == wanted || item(of: type(of: place)) == wanted {
      return operation(.within, [node, place], type: .boolean)
    }
    report(.wrongType(at: right.span, wanted: describe(wanted), found: describe(type(of: place))))
    return unknown
  }

  /// `date in last 12 months`: after the day that many months ago, up to today.
  mutating func inLast(_ inner: Expression, _ duration: Duration, in scope: Scope) -> TermID {
    var value = check(inner, in: scope)
    switch type(of: value) {
    case .date: break
    case .time: value = operation(.dateOfTime, [value], type: .date)
    case .unknown: return unknown
    case let type:
      report(.wrongType(at: inner.span, wanted: describe(.date), found: describe(type)))
      return unknown
    }
    let today = scope.asOf ?? term(.today, type: .date)
    let length = constant(self.value(of: duration), type: .duration)
    let start = operation(.subtractDuration, [today, length], type: .date)
    return operation(
      .inRange(includesLower: false, includesUpper: true, hasLower: true, hasUpper: true),
      [value, start, today], type: .boolean)
  }

  // MARK: Arithmetic

  mutating func negate(
    _ inner: Expression, expecting: ValueType?, in scope: Scope
  ) -> TermID {
    let value = infer(inner, expecting: expecting, in: scope)
    if case .constant(let constant) = program[value],
      constant.value.tag == .number || constant.value.tag == .money,
      let negated = constant.value.decimal.negated
    {
      var result = constant.value
      result.bits = negated.mantissa
      result.scale = negated.scale
      return self.constant(result, type: type(of: value))
    }
    switch type(of: value) {
    case .number, .integer, .percent, .money, .duration:
      return operation(.negate, [value], type: type(of: value))
    case .unknown: return unknown
    case let type:
      report(.noArithmetic(describe(type), at: inner.span))
      return unknown
    }
  }

  /// A chain of operators leans to the left; it is walked, not recursed into.
  private mutating func arithmetic(
    _ symbol: BinaryOperator, _ left: Expression, _ right: Expression, at span: Span,
    in scope: Scope
  ) -> TermID {
    var steps = [(symbol: symbol, right: right, span: span)]
    var first = left
    while case .binary(let symbol, let left, let right) = first.kind, isArithmetic(symbol) {
      steps.append((symbol, right, first.span))
      first = left
    }
    // A literal beside money is money, but a factor is a number: so nothing is expected here.
    var result = infer(first, expecting: nil, in: scope)
    var written = first
    for step in steps.reversed() {
      let other = infer(step.right, expecting: nil, in: scope)
      if type(of: result) == .unknown || type(of: other) == .unknown {
        result = unknown
        continue
      }
      switch step.symbol {
      case .add: result = add(result, other, written, step.right, at: step.span)
      case .subtract: result = subtract(result, other, written, step.right, at: step.span)
      case .multiply: result = multiply(result, other, at: step.span)
      default: result = divide(result, other, at: step.span)
      }
      written = Expression(written.kind, at: step.span)
    }
    return result
  }

  private func isArithmetic(_ symbol: BinaryOperator) -> Bool {
    switch symbol {
    case .add, .subtract, .multiply, .divide: true
    default: false
    }
  }

  private mutating func add(
    _ a: TermID, _ b: TermID, _ left: Expression, _ right: Expression, at span: Span
  ) -> TermID {
    switch (type(of: a), type(of: b)) {
    case (.date, .duration), (.time, .duration):
      return operation(.addDuration, [a, b], type: type(of: a))
    case (.duration, .date), (.duration, .time):
      return operation(.addDuration, [b, a], type: type(of: b))
    case (.date, .integer), (.date, .number), (.time, .integer), (.time, .number):
      report(.numberForDuration(at: right.span, digits: digits(of: right)))
      return unknown
    default: return sum(.add, a, b, left, right, at: span)
    }
  }

  private mutating func subtract(
    _ a: TermID, _ b: TermID, _ left: Expression, _ right: Expression, at span: Span
  ) -> TermID {
    func day(_ id: TermID) -> TermID {
      type(of: id) == .time ? operation(.dateOfTime, [id], type: .date) : id
    }
    switch (type(of: a), type(of: b)) {
    case (.date, .duration), (.time, .duration):
      return operation(.subtractDuration, [a, b], type: type(of: a))
    case (.date, .date), (.date, .time), (.time, .date), (.time, .time):
      return operation(.subtractDates, [day(a), day(b)], type: .duration)
    case (.date, .integer), (.date, .number), (.time, .integer), (.time, .number):
      report(.numberForDuration(at: right.span, digits: digits(of: right)))
      return unknown
    default: return sum(.subtract, a, b, left, right, at: span)
    }
  }

  private mutating func sum(
    _ operation: Operation, _ a: TermID, _ b: TermID, _ left: Expression, _ right: Expression,
    at span: Span
  ) -> TermID {
    let (first, second) = (type(of: a), type(of: b))
    switch (first, second) {
    case (.integer, .integer), (.percent, .percent):
      return self.operation(operation, [a, b], type: first)
    case (.number, .number), (.number, .integer), (.integer, .number):
      return self.operation(operation, [a, b], type: .number)
    case (.percent, .number) where isRatio(b), (.number, .percent) where isRatio(a):
      return self.operation(operation, [a, b], type: .percent)
    case (.percent, .number), (.percent, .integer), (.number, .percent), (.integer, .percent):
      report(.percentOfWhat(at: span))
      return unknown
    case (.money(let one?), .money(let other?)) where one != other:
      report(.mixedCurrencies(name(of: one), name(of: other), at: span))
      return unknown
    case (.money, .money):
      return self.operation(operation, [a, b], type: first == second ? first : .money(nil))
    case (.money, .number), (.money, .integer):
      let fitted = fit(b, to: first, written: right)
      return type(of: fitted) == .unknown
        ? unknown : self.operation(operation, [a, fitted], type: first)
    case (.number, .money), (.integer, .money):
      let fitted = fit(a, to: second, written: left)
      return type(of: fitted) == .unknown
        ? unknown : self.operation(operation, [fitted, b], type: second)
    case (.duration, .duration): return self.operation(operation, [a, b], type: .duration)
    default:
      report(.cannotCombine(describe(first), describe(second), at: span))
      return unknown
    }
  }

  private mutating func multiply(_ a: TermID, _ b: TermID, at span: Span) -> TermID {
    let (first, second) = (type(of: a), type(of: b))
    let type: ValueType
    switch (first, second) {
    case (.integer, .integer): type = .integer
    case (.number, .number), (.number, .integer), (.integer, .number): type = .number
    case (.percent, .percent): type = .percent
    case (.percent, .number), (.percent, .integer), (.number, .percent), (.integer, .percent):
      type = .number
    case (.money, .number), (.money, .integer), (.money, .percent): type = first
    case (.number, .money), (.integer, .money), (.percent, .money): type = second
    default:
      report(.cannotCombine(describe(first), describe(second), at: span))
      return unknown
    }
    return operation(.multiply, [a, b], type: type)
  }

  private mutating func divide(_ a: TermID, _ b: TermID, at span: Span) -> TermID {
    let (first, second) = (type(of: a), type(of: b))
    let type: ValueType
    switch (first, second) {
    case (.money(let one?), .money(let other?)) where one != other:
      report(.mixedCurrencies(name(of: one), name(of: other), at: span))
      return unknown
    case (.money, .money), (.percent, .percent), (.duration, .duration): type = .number
    case (.number, .number), (.number, .integer), (.integer, .number), (.integer, .integer):
      type = .number
    case (.number, .percent), (.integer, .percent): type = .number
    case (.percent, .number), (.percent, .integer): type = .percent
    case (.money, .number), (.money, .integer), (.money, .percent): type = first
    default:
      report(.cannotCombine(describe(first), describe(second), at: span))
      return unknown
    }
    return operation(.divide, [a, b], type: type)
  }
}
