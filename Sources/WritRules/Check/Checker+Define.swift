import WritModel
import WritSyntax
import WritText

// `define` in its three forms, and `param`.
extension Checker {
  mutating func declare(_ define: DefineDeclaration, unit: UnitID) {
    if let owner = define.record {
      guard let record = record(owner) else { return }
      if define.parameters != nil { report(.parametersOnValue(define.name.name)) }
      declare(define.name, of: record, by: unit)
    } else {
      declareFunction(define.name, define.parameters ?? [], unit: unit)
    }
  }

  /// Declares a function or table with its parameters; without any it is a constant.
  @discardableResult
  mutating func declareFunction(
    _ name: LabeledName, _ parameters: [Parameter], unit: UnitID
  ) -> DerivedID {
    if BuiltInFunction.byName[name.name.text] != nil {
      report(.duplicateName(name.name.text, at: name.name.span, first: nil))
    }
    let types = parameters.map { type($0.type) }
    return declareGlobal(
      named(name), parameters: types, parameterNames: parameters.map(\.name.name.text), by: unit,
      at: name.name.span)
  }

  mutating func lower(_ define: DefineDeclaration, unit: UnitID) {
    guard let id = derivedName(of: unit) else { return }
    let wanted = define.type.map { type($0) }
    let scope: Scope
    var title = define.name.name.text
    if let owner = define.record {
      guard case .record(let record)? = symbols.types[owner.text]?.meaning else { return }
      scope = self.scope(of: record)
      title = "\(program.schema[record].name.name).\(title)"
    } else {
      scope = self.scope(of: define.parameters ?? [], types: self[id].parameters)
    }
    let term = check(define.value, expecting: wanted, in: scope)
    if type(of: term) == .unknown {
      if !isUnknown(term) { report(.needsType(define.name.name)) }
      return
    }
    if self[id].parameters.isEmpty, case .constant = program[term] {
      bind(id, to: term)
      return
    }
    let span = units[Int(unit.index)].declaration.span
    let attribute = attribute(
      Named(title, label: define.name.label?.text), parameters: self[id].parameters, term: term,
      at: span)
    // A ratio fits both; the written type says how it is told and what it is held against.
    if wanted == .percent { program.attributes[Int(attribute.index)].type = .percent }
    bind(id, to: attribute)
    decision(
      Decision(
        kind: .define, title: title, name: named(define.name), parameters: self[id].parameters,
        answer: attribute, details: [], rules: chosenRules(of: term), span: span),
      by: unit)
  }

  /// The scope of a function: its parameters under their names and labels.
  mutating func scope(of parameters: [Parameter], types: [ValueType]) -> Scope {
    var scope = Scope(nextSlot: Int32(parameters.count))
    for (index, (parameter, type)) in zip(parameters, types).enumerated() {
      let term = slot(Int32(index), type: type)
      bind(parameter.name.name, to: term, in: &scope)
      if let label = parameter.name.label, label.text != parameter.name.name.text {
        bind(Name(label.text, at: label.span), to: term, in: &scope)
      }
    }
    return scope
  }

  /// The first name that a unit declared.
  func derivedName(of unit: UnitID) -> DerivedID? {
    symbols.firstDerived[unit]
  }

  /// The rules of the choose that a term's value comes from.
  func chosenRules(of term: TermID) -> [RuleID] {
    switch program[term] {
    case .payload(let id, _, _), .collect(let id, _, _), .winner(let id):
      let choose = program[id]
      return choose.alternatives.map(\.rule) + (choose.otherwise.map { [$0.rule] } ?? [])
    default: return []
    }
  }

  /// Reports the second of two equal titles in one block.
  mutating func checkTitles(_ titles: [TextLiteral]) {
    var seen: [String: Span] = [:]
    seen.reserveCapacity(titles.count)
    for title in titles {
      if let first = seen[title.text] {
        report(.duplicateTitle(title, first: first))
      } else {
        seen[title.text] = title.span
      }
    }
  }

  // MARK: Params

  mutating func declare(_ param: ParamDeclaration, unit: UnitID) {
    declareGlobal(named(param.name), parameters: [], by: unit, at: param.name.name.span)
  }

  /// A param is a constant that a sweep may vary; its range is of the same type.
  mutating func lower(_ param: ParamDeclaration, unit: UnitID) {
    guard let id = derivedName(of: unit) else { return }
    let value = kinds.ends[param.name.name.span] ?? param.value
    let term = check(value, in: Scope())
    guard type(of: term) != .unknown else { return }
    guard case .constant(let constant) = program[term], constant.value.isKnown else {
      report(.notConstant(at: param.value.span))
      return
    }
    bind(id, to: term)
    guard let range = param.range else { return }
    for (end, isLower) in [(range.lower, true), (range.upper, false)] {
      guard let end else { continue }
      guard let bound = checkConstant(end, expecting: type(of: term)) else { continue }
      let order = ConstantOrder.compare(constant.value, bound.value)
      let isOutside =
        isLower
        ? order == .less || (order == .equal && !range.includesLower)
        : order == .greater || (order == .equal && !range.includesUpper)
      if isOutside { report(.paramOutOfRange(param.name.name, at: param.value.span)) }
    }
  }
}
