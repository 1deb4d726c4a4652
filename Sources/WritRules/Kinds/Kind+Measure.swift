import WritModel
import WritSyntax
import WritText

// `measure "net revenue" = sum of q.price over Quote q, more is better`.
extension Checker {
  mutating func declare(_ declaration: MeasureDeclaration, unit: UnitID) {
    let title = declaration.title
    if let first = kinds.measureTitles[title.text] {
      report(.duplicateTitleOfKind(title, first: first))
    } else {
      kinds.measureTitles[title.text] = title.span
    }
  }

  mutating func lower(_ declaration: MeasureDeclaration, unit: UnitID) {
    let term = check(declaration.value, in: Scope())
    kinds.measures[unit] = term
    switch type(of: term) {
    case .number, .integer, .percent, .money, .duration: break
    case .unknown: return
    default:
      report(.measureNotNumber(at: declaration.value.span))
      return
    }
    var measure = Measure(
      title: declaration.title.text, term: term, type: type(of: term),
      moreIsBetter: declaration.moreIsBetter, span: units[Int(unit.index)].declaration.span)
    measure.readsCounters = readsCounters(term)
    measure.limit = declaration.limit.flatMap { limit($0, of: measure) }
    var parts = Parts()
    if let formula = formula(of: term, title: measure.title, at: measure.span, &parts),
      !parts.folds.isEmpty
    {
      measure.folds = parts.folds
      measure.record = parts.record
      measure.formula = formula
      for fold in parts.folds where Int(fold.gather.index) >= kinds.gathersBefore {
        program.measureGathers.insert(fold.gather)
      }
    }
    program.measures.append(measure)
  }

  /// Tests lower the measures they ask for; they are told in written order all the same.
  mutating func sortMeasures() {
    program.measures.sort { ($0.span.source, $0.span.start) < ($1.span.source, $1.span.start) }
  }

  // MARK: Limits

  /// A percent is of what the measure is under the base; for a measure that is itself a percent it
  /// is points, because half a percent of a margin is not what anybody means by `0.5%`.
  private mutating func limit(
    _ limit: MeasureDeclaration.Limit, of measure: Measure
  ) -> Measure.Limit? {
    var amount = check(limit.atMost, in: Scope())
    if case .money = measure.type, type(of: amount) == .number || type(of: amount) == .integer {
      // A bare amount is money where money is wanted.
      amount = check(limit.atMost, expecting: measure.type, in: Scope())
    }
    let scale: Measure.Limit.Scale
    switch (type(of: amount), measure.type) {
    case (.unknown, _): return nil
    case (.percent, .percent): scale = .points
    case (.percent, _): scale = .ofBase
    case (.number, .money), (.integer, .money), (.number, .duration), (.integer, .duration),
      (.money, .number), (.money, .integer), (.money, .percent), (.money, .duration):
      report(.limitOfOtherKind(describe(measure.type), at: limit.atMost.span))
      return nil
    case (.money(let written), .money(let measured)) where written != measured:
      report(.limitOfOtherKind(describe(measure.type), at: limit.atMost.span))
      return nil
    case (.number, _), (.integer, _), (.money, _): scale = .points
    default:
      report(.measureNotNumber(at: limit.atMost.span))
      return nil
    }
    guard let value = constantValue(amount), value.isKnown else {
      report(.notConstant(at: limit.atMost.span))
      return nil
    }
    if value.decimal.mantissa < 0 {
      report(.limitBelowZero(isFall: limit.isFall, at: limit.atMost.span))
      return nil
    }
    if let isBetter = measure.moreIsBetter, isBetter != limit.isFall {
      report(.limitOnTheGoodSide(isFall: limit.isFall, at: limit.atMost.span))
    }
    let words =
      limit.isFall
      ? Phrase("may fall by at most ", zh: "容许下降 ") : Phrase("may rise by at most ", zh: "容许上升 ")
    let language = language(of: limit.atMost.span.source)
    return Measure.Limit(
      isFall: limit.isFall, atMost: value, scale: scale,
      text: words.text(in: language) + written(limit.atMost))
  }

  // MARK: Folds

  /// The folds of a formula as they are met; all over one record type.
  private struct Parts {
    var folds: [Measure.Fold] = []
    var record: RecordID?
  }

  /// The term as arithmetic over folds; nil where it is anything else.
  private mutating func formula(
    of term: TermID, title: String, at span: Span, _ parts: inout Parts
  ) -> Measure.Formula? {
    switch program[term] {
    case .constant(let constant):
      guard constant.items == nil,
        constant.value.tag == .number || constant.value.tag == .money
      else { return nil }
      return .constant(constant.value)
    case .attribute(let attribute, let arguments, asOf: nil) where arguments.isEmpty:
      return formula(of: program[attribute].term, title: title, at: span, &parts)
    case .gather(let gather):
      guard let fold = fold(gather, type: type(of: term), title: title, at: span, &parts) else {
        return nil
      }
      return .fold(fold)
    case .operation(.negate, let arguments) where arguments.count == 1:
      return formula(of: arguments[0], title: title, at: span, &parts).map { .negate($0) }
    case .operation(let operation, let arguments) where arguments.count == 2:
      guard let left = formula(of: arguments[0], title: title, at: span, &parts),
        let right = formula(of: arguments[1], title: title, at: span, &parts)
      else { return nil }
      switch operation {
      case .add: return .add(left, right)
      case .subtract: return .subtract(left, right)
      case .multiply: return .multiply(left, right)
      case .divide: return .divide(left, right)
      default: return nil
      }
    default: return nil
    }
  }

  /// The place of a gather among the folds; nil where it is no plain sum, average or count of the
  /// record type. What it reads of a record becomes values of the record, named after the measure.
  private mutating func fold(
    _ id: GatherID, type: ValueType, title: String, at span: Span, _ parts: inout Parts
  ) -> Int? {
    if let known = parts.folds.firstIndex(where: { $0.gather == id }) { return known }
    let gather = program[id]
    let kind: Measure.Fold.Kind
    switch gather.fold {
    case .sum: kind = .sum
    case .average: kind = .average
    case .count: kind = .count
    default: return nil
    }
    switch type {
    case .number, .integer, .percent, .money: break
    default: return nil
    }
    let read = [gather.guardTerm, gather.value].compactMap(\.self)
    guard gather.slot == 0, parts.record == nil || parts.record == gather.record,
      read.allSatisfy({ builder.slots[Int($0.index)] & ~1 == 0 && !readsCounters($0) })
    else { return nil }
    parts.record = gather.record
    let place = parts.folds.count
    let owner = program.schema[gather.record].name.name
    func name(_ part: String) -> Named {
      Named("\(owner).measure \"\(title)\"/\(part) \(place + 1)")
    }
    let parameters: [ValueType] = [.record(gather.record)]
    let counted = gather.guardTerm.map {
      attribute(name("counted"), parameters: parameters, term: $0, at: span)
    }
    let value = gather.value.map {
      attribute(name("value"), parameters: parameters, term: $0, at: span)
    }
    parts.folds.append(
      Measure.Fold(
        kind: kind, counted: counted, value: kind == .count ? nil : value,
        skipsUnknown: gather.skipsUnknown, gather: id, type: type))
    return place
  }

  private func readsCounters(_ term: TermID) -> Bool { builder.readsCounters[Int(term.index)] }
}
