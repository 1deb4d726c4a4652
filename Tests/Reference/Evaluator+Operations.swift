import WritModel
import WritRules

extension Evaluator {
  /// An operation on argument terms. The few that look at what is not known come first; all others
  /// are strict: the first fault, else missing with the first cause, else a scalar computation.
  func apply(
    _ operation: Operation, to terms: [TermID], in frame: Frame, at site: Int
  ) -> Value {
    switch operation {
    case .and: return allTrue(terms.map { truth(of: $0, in: frame) }).value
    case .or: return anyTrue(terms.map { truth(of: $0, in: frame) }).value
    case .isKnown:
      let argument = value(of: terms[0], in: frame)
      return argument.isFault ? argument : .boolean(argument.isKnown)
    case .surely:
      let argument = value(of: terms[0], in: frame)
      return argument.isFault ? argument : .boolean(argument.isKnown && argument.bits == 1)
    case .possibly:
      let argument = value(of: terms[0], in: frame)
      return argument.isFault ? argument : .boolean(!argument.isKnown || argument.bits == 1)
    case .orElse:
      let first = value(of: terms[0], in: frame)
      return first.isKnown || first.isFault ? first : value(of: terms[1], in: frame)
    case .hasAnswer:
      let argument = value(of: terms[0], in: frame)
      if argument.isKnown { return .boolean(true) }
      guard argument.tag == .missing || argument.tag == .none else { return argument.asMissing }
      return switch argument.cause.kind {
      case .noAlternative, .stated, .empty: .boolean(false)
      default: argument.asMissing
      }
    case .ifElse:
      switch truth(of: terms[0], in: frame) {
      case .yes: return value(of: terms[1], in: frame)
      case .no: return value(of: terms[2], in: frame)
      case .unknown(let cause): return .missing(cause)
      case .fault(let cause): return .fault(cause)
      }
    case .inRange(let includesLower, let includesUpper, let hasLower, let hasUpper):
      var parts = [terms[0]]
      if hasLower { parts.append(terms[1]) }
      if hasUpper { parts.append(terms[2]) }
      let values = parts.map { value(of: $0, in: frame) }
      if let gap = firstGap(values) { return gap }
      var sides: [Truth] = []
      if hasLower { sides.append(compare(values[0], includesLower ? ">=" : ">", values[1])) }
      if hasUpper {
        sides.append(compare(values[0], includesUpper ? "<=" : "<", values[values.count - 1]))
      }
      return allTrue(sides).value
    case .listOfDistinct:
      let values = terms.map { value(of: $0, in: frame) }
      if let fault = values.first(where: \.isFault) { return fault }
      return distinctList(of: values.flatMap { $0.tag == .list ? items(of: $0) : [$0] })
    case .stoppedBy(let rule):
      switch truth(of: terms[0], in: frame) {
      case .yes: return Value(.none, Cause(.stopped, site: Int(rule.index)))
      case .no: return value(of: terms[1], in: frame)
      case .unknown(let cause): return Value(.undetermined, cause)
      case .fault(let cause): return .fault(cause)
      }
    case .noneIfMissing:
      let argument = value(of: terms[0], in: frame)
      return argument.tag == .missing ? Value(.none, argument.cause) : argument
    case .undeterminedIfMissing:
      let argument = value(of: terms[0], in: frame)
      return argument.tag == .missing ? Value(.undetermined, argument.cause) : argument
    case .text:
      return text(of: terms.map { value(of: $0, in: frame) })
    default:
      let values = terms.map { value(of: $0, in: frame) }
      return firstGap(values) ?? compute(operation, values, at: site)
    }
  }

  /// The first fault among the arguments, else missing with the first cause, else nil.
  func firstGap(_ values: [Value]) -> Value? {
    values.first(where: \.isFault) ?? values.first { !$0.isKnown }?.asMissing
  }

  /// An operation that needs all its arguments, on known values.
  private func compute(_ operation: Operation, _ values: [Value], at site: Int) -> Value {
    switch operation {
    case .not: return .boolean(values[0].bits == 0)
    case .equal: return compare(values[0], "=", values[1]).value
    case .notEqual: return compare(values[0], "!=", values[1]).value
    case .less: return compare(values[0], "<", values[1]).value
    case .lessOrEqual: return compare(values[0], "<=", values[1]).value
    case .greater: return compare(values[0], ">", values[1]).value
    case .greaterOrEqual: return compare(values[0], ">=", values[1]).value
    case .smaller, .larger:
      switch compare(values[0], operation == .smaller ? "<=" : ">=", values[1]) {
      case .yes: return values[0]
      case .no: return values[1]
      case .unknown(let cause): return .missing(cause)
      case .fault(let cause): return .fault(cause)
      }
    case .isIn:
      return membership(in: values[1]) { compare(values[0], "=", $0) }.value
    case .within:
      return membership(in: values[1]) { within(values[0], $0) }.value
    case .length:
      let first = values[0]
      let count = first.tag == .list ? items(of: first).count : text(first).count
      return .number(Decimal(Int64(count)))
    case .startsWith:
      return .boolean(text(values[0]).utf8.starts(with: text(values[1]).utf8))
    case .lookup(let record): return lookup(record, values)
    case .normalized:
      return .text(facts.texts.intern(TextFunctions.normalized(text(values[0]))))
    case .similarity:
      return .number(TextFunctions.similarity(text(values[0]), text(values[1])))
    case .currencyOf(let type):
      return .member(Int(values[0].aux), of: type)
    case .apportion(let index):
      let kind = values[0]
      return apportion(kind, quantum: values[1], weights: Array(values.dropFirst(2)))
        .map { $0[Int(index)] }.value
    default:
      return Scalars.compute(operation, values, schema: facts.schema, at: site)
    }
  }

  /// Whether a known value meets one of the items of a set, or the one value that stands for it.
  private func membership(in set: Value, _ meets: (Value) -> Truth) -> Truth {
    guard set.tag == .list else { return meets(set) }
    return anyTrue(items(of: set).map { $0.isKnown ? meets($0) : Truth($0) })
  }

  private func within(_ inner: Value, _ outer: Value) -> Truth {
    guard inner.tag == .node, outer.tag == .node, inner.aux == outer.aux else { return .no }
    let tree = facts.schema.trees[Int(inner.aux)]
    return tree.contains(Int(inner.bits), within: Int(outer.bits)) ? .yes : .no
  }

  /// The record with this key, else the first by key that is called so.
  private func lookup(_ type: RecordID, _ texts: [Value]) -> Value {
    let declared = facts.schema[type]
    let all = records(of: type)
    let byKey = all.first { record in
      declared.key.count == texts.count
        && zip(declared.key, texts).allSatisfy { isWritten(field($0, of: record), as: $1) }
    }
    if let byKey { return byKey }
    if texts.count == 1, let called = declared.called {
      let hits = all.filter { isEqual(field(called, of: $0), texts[0]) }
      if let first = hits.min(by: comesFirst) { return first }
    }
    let site = (declared.key.first ?? declared.called).map { Int($0.index) } ?? 0
    return .missing(Cause(.danglingReference, site: site))
  }

  /// Whether a key field is what a text says, read as the field's type.
  private func isWritten(_ field: Value, as key: Value) -> Bool {
    field.tag == .text ? isEqual(field, key) : Scalars.text(of: field, facts: facts) == text(key)
  }

  // MARK: - Lists and texts

  func items(of list: Value) -> [Value] { Array(facts.lists.items(of: list)) }

  func text(_ value: Value) -> String { facts.texts.text(of: Symbol(Int(value.bits))) }

  /// The known values in order, each once.
  func distinctList(of values: [Value]) -> Value {
    var kept: [Value] = []
    for value in values where value.isKnown {
      if !kept.contains(where: { isEqual($0, value) }) { kept.append(value) }
    }
    return facts.lists.add(kept)
  }

  /// Pieces put together; what is not known, even a fault, prints as a dash.
  private func text(of pieces: [Value]) -> Value {
    let texts = pieces.map { Scalars.text(of: $0, facts: facts) }
    return .text(facts.texts.intern(texts.joined()))
  }

  // MARK: - Comparison

  /// Compares two known values of one type.
  func compare(_ a: Value, _ relation: String, _ b: Value) -> Truth {
    if let clash = Value.clash(a, b) { return .fault(Cause(clash)) }
    let order =
      a.tag != b.tag
      ? nil
      : a.tag == .text || a.isOrdered ? keyOrder(a, b) : Value.same(a, b) ? 0 : 1
    let holds =
      switch relation {
      case "=": order == 0
      case "!=": order != 0
      case "<": order.map { $0 < 0 } ?? false
      case "<=": order.map { $0 <= 0 } ?? false
      case ">": order.map { $0 > 0 } ?? false
      default: order.map { $0 >= 0 } ?? false
      }
    return holds ? .yes : .no
  }

  /// Equal in value; money of two currencies is not.
  func isEqual(_ a: Value, _ b: Value) -> Bool {
    if case .yes = compare(a, "=", b) { true } else { false }
  }
}

extension Value {
  /// One of the outcomes that is not known.
  init(_ tag: Tag, _ cause: Cause) { self.init(tag: tag, bits: cause.rawValue) }
}
