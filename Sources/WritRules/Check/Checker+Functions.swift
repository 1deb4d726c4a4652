import WritModel
import WritSyntax
import WritText

/// The functions of the language, a closed list. A tree has their English names, whatever was
/// written.
enum BuiltInFunction: String, CaseIterable {
  case rounded
  case roundedDown = "rounded_down"
  case roundedUp = "rounded_up"
  case smaller, larger, exp, ln, year, month, length
  case startsWith = "starts_with"
  case normalized, similarity
  case inCurrency = "in_currency"
  case currency

  static let byName: [String: BuiltInFunction] = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

  var arity: Int {
    switch self {
    case .rounded, .roundedDown, .roundedUp, .smaller, .larger, .startsWith, .similarity: 2
    case .inCurrency: 3
    default: 1
    }
  }
}

// Calls: of tables, of functions that a rule set defines, of predicates, and of the closed list.
extension Checker {
  mutating func call(
    _ name: Name, _ arguments: [Expression], expecting: ValueType?, at span: Span, in scope: Scope
  ) -> Resolved {
    // Calls in calls stand deeper in the machine than brackets in brackets.
    depth += Checker.callDepth
    defer { depth -= Checker.callDepth }
    if case .derived(let id)? = symbols.globals[name.text]?.meaning, !self[id].parameters.isEmpty {
      let parameters = self[id].parameters
      guard arguments.count == parameters.count else {
        report(
          .argumentCount(
            name, wanted: parameters.count, found: arguments.count, names: self[id].parameterNames))
        return .failed
      }
      var terms: [TermID] = []
      for (argument, parameter) in zip(arguments, parameters) {
        terms.append(check(argument, expecting: parameter, in: scope))
      }
      return .derived(id, terms)
    }
    if let function = BuiltInFunction.byName[name.text] {
      guard arguments.count == function.arity else {
        report(
          .argumentCount(name, wanted: function.arity, found: arguments.count, names: []))
        return .failed
      }
      let term = apply(function, arguments, expecting: expecting, at: span, in: scope)
      return type(of: term) == .unknown ? .failed : .term(term)
    }
    let functions =
      symbols.globals.filter {
        if case .derived(let id) = $0.value.meaning { return !self[id].parameters.isEmpty }
        return false
      }.map(\.key) + BuiltInFunction.allCases.map(\.rawValue)
    report(.unknownFunction(name, near: near(name.text, in: functions)))
    return .failed
  }

  private mutating func apply(
    _ function: BuiltInFunction, _ arguments: [Expression], expecting: ValueType?, at span: Span,
    in scope: Scope
  ) -> TermID {
    switch function {
    case .rounded, .roundedDown, .roundedUp:
      let value = check(arguments[0], in: scope)
      guard isNumeric(value, arguments[0]) else { return unknown }
      let type = self.type(of: value)
      let step = check(arguments[1], expecting: type == .integer ? .number : type, in: scope)
      let mode: RoundingMode =
        function == .rounded ? .halfUp : function == .roundedDown ? .down : .up
      let isWhole = wholeStep(step)
      let result: ValueType = type == .number && isWhole ? .integer : type
      return operation(.round(mode), [value, step], type: result)
    case .smaller, .larger:
      let a = infer(arguments[0], expecting: nil, in: scope)
      let b = infer(arguments[1], expecting: type(of: a), in: scope)
      guard let (x, y, type) = comparable(a, b, arguments[0], arguments[1], at: span) else {
        return unknown
      }
      switch type {
      case .number, .integer, .percent, .money, .date, .time: break
      case .member(let id) where program.schema[id].isOrdered: break
      case .unknown: return unknown
      default:
        report(.noOrder(describe(type), at: span))
        return unknown
      }
      return operation(function == .smaller ? .smaller : .larger, [x, y], type: type)
    case .exp, .ln:
      let value = check(arguments[0], expecting: .number, in: scope)
      return operation(function == .exp ? .exp : .ln, [value], type: .number)
    case .year, .month:
      let value = check(arguments[0], expecting: .date, in: scope)
      return operation(function == .year ? .year : .month, [value], type: .integer)
    case .length:
      let value = check(arguments[0], in: scope)
      switch type(of: value) {
      case .text, .set, .list: return operation(.length, [value], type: .integer)
      case .unknown: return unknown
      case let type:
        report(
          .wrongType(at: arguments[0].span, wanted: describe(.text), found: describe(type)))
        return unknown
      }
    case .startsWith, .similarity:
      let a = check(arguments[0], expecting: .text, in: scope)
      let b = check(arguments[1], expecting: .text, in: scope)
      return function == .startsWith
        ? operation(.startsWith, [a, b], type: .boolean)
        : operation(.similarity, [a, b], type: .percent)
    case .normalized:
      let value = check(arguments[0], expecting: .text, in: scope)
      return operation(.normalized, [value], type: .text)
    case .inCurrency:
      let value = check(arguments[0], expecting: .money(nil), in: scope)
      let rate = check(arguments[2], expecting: .number, in: scope)
      guard case .name(let name) = arguments[1].kind, let currency = currency(name, at: name.span)
      else {
        if case .name = arguments[1].kind { return unknown }
        report(.currencyExpected(at: arguments[1].span))
        return unknown
      }
      guard let id = symbols.currencyEnum else { return unknown }
      let target = member(Int(currency.index), of: id)
      return operation(.inCurrency(currency), [value, target, rate], type: .money(currency))
    case .currency:
      let value = check(arguments[0], expecting: .money(nil), in: scope)
      guard let id = symbols.currencyEnum else { return unknown }
      return operation(.currencyOf(id), [value], type: .member(id))
    }
  }

  private mutating func isNumeric(_ value: TermID, _ written: Expression) -> Bool {
    switch type(of: value) {
    case .number, .integer, .percent, .money: return true
    case .unknown: return false
    case let type:
      report(.wrongType(at: written.span, wanted: describe(.number), found: describe(type)))
      return false
    }
  }

  /// Whether rounding to this step leaves a whole number.
  private func wholeStep(_ step: TermID) -> Bool {
    if case .constant(let constant) = program[step] {
      return constant.value.isKnown && constant.value.decimal.normalized.scale == 0
    }
    return false
  }
}
