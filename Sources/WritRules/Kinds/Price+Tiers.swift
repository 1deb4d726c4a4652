import WritModel
import WritSyntax
import WritText

// `tier` takes the whole at its step, `slab` each part at its own.
extension Checker {
  struct CheckedTier {
    /// The price at the step that the measure reaches.
    var result: TermID
    /// Whether it reaches any.
    var reaches: TermID
    var thresholds: [(measure: TermID, bound: TermID, isOver: Bool)]
    var changes: [PricePlan.Change]
  }

  private struct Step {
    var bound: Decimal
    var term: TermID
    var isOver: Bool
    var written: TierStep
  }

  mutating func checkTier(
    by measure: Expression, _ steps: [TierStep], isSlab: Bool, to price: TermID,
    in chain: inout PriceChain, _ scope: Scope
  ) -> CheckedTier? {
    let term = check(measure, in: scope)
    let type = type(of: term)
    guard let ladder = checkSteps(steps, of: type) else { return nil }
    if !chain.isBelowTimes, chain.hasTimes {
      if isSlab {
        report(.slabAboveTimes(at: measure.span))
      } else if case .money = type {
        report(.thresholdAboveTimes(at: measure.span))
      }
    }
    if isSlab, type != .integer, let first = ladder.first(where: { !$0.isOver }) {
      report(.slabWithFrom(at: first.written.span))
    }
    let reached = ladder.map { reaches($0, term) }
    let thresholds = ladder.map { (measure: term, bound: $0.term, isOver: $0.isOver) }
    let result =
      isSlab
      ? slab(ladder, by: term, to: price, in: &chain, scope)
      : tier(ladder, reached, to: price, in: &chain, scope)
    var changes: [PricePlan.Change] = []
    for (index, step) in ladder.enumerated() {
      changes += self.changes(
        of: step.written.adjustments, threshold: index, in: chain, scope)
    }
    return CheckedTier(
      result: result, reaches: reached[0], thresholds: thresholds, changes: changes)
  }

  /// The steps with their bounds, lowest first.
  private mutating func checkSteps(_ steps: [TierStep], of type: ValueType) -> [Step]? {
    var ladder: [Step] = []
    for written in steps {
      guard let constant = checkConstant(written.bound, expecting: type) else { continue }
      guard constant.value.tag == .number || constant.value.tag == .money else {
        report(.boundNotNumber(at: written.bound.span))
        continue
      }
      let bound = term(.constant(constant), type: type)
      let step = Step(
        bound: constant.value.decimal, term: bound, isOver: written.isOver, written: written)
      if let same = ladder.first(where: { $0.bound == step.bound && $0.isOver == step.isOver }) {
        report(.sameBound(at: written.bound.span, first: same.written.bound.span))
        continue
      }
      ladder.append(step)
    }
    if ladder.isEmpty { return nil }
    // `over 5` begins behind `from 5`.
    return ladder.sorted { $0.bound == $1.bound ? !$0.isOver && $1.isOver : $0.bound < $1.bound }
  }

  private mutating func reaches(_ step: Step, _ measure: TermID) -> TermID {
    operation(
      step.isOver ? .greater : .greaterOrEqual, [measure, step.term], type: .boolean)
  }

  private mutating func tier(
    _ ladder: [Step], _ reached: [TermID], to price: TermID, in chain: inout PriceChain,
    _ scope: Scope
  ) -> TermID {
    var result: TermID?
    for (step, condition) in zip(ladder, reached) {
      let (next, _) = apply(step.written.adjustments, to: price, in: &chain, scope)
      result = result.map { ifElse(condition, next, $0) } ?? next
    }
    chain.unclamped = nil
    return result ?? price
  }

  /// The price less what each part takes off. Piece k is in the step with the greatest n ≤ k, so
  /// the pieces of a step are those up to the next one's edge.
  private mutating func slab(
    _ ladder: [Step], by measure: TermID, to price: TermID, in chain: inout PriceChain,
    _ scope: Scope
  ) -> TermID {
    let measureType = type(of: measure)
    let edges = ladder.map { step -> TermID in
      // `from 6` on whole pieces begins behind the fifth.
      let edge = step.isOver ? step.bound : step.bound.subtracting(Decimal(1)) ?? step.bound
      return amount(edge, like: measureType)
    }
    var result = price
    for (index, step) in ladder.enumerated() {
      let upper =
        index + 1 < edges.count
        ? operation(.smaller, [measure, edges[index + 1]], type: measureType) : measure
      let part = operation(.subtract, [upper, edges[index]], type: measureType)
      let pieces = operation(.larger, [part, zero(likeMeasure: measureType)], type: measureType)
      if let off = takenOff(step, pieces, of: measure, price, in: &chain, scope) {
        result = operation(.subtract, [result, off], type: chain.type)
      }
    }
    chain.unclamped = result
    return operation(.larger, [result, zero(like: price)], type: chain.type)
  }

  /// What the pieces of one step take off the price.
  private mutating func takenOff(
    _ step: Step, _ pieces: TermID, of measure: TermID, _ price: TermID,
    in chain: inout PriceChain, _ scope: Scope
  ) -> TermID? {
    let isMoney = if case .money = type(of: measure) { true } else { false }
    let shown = chain.base == .start ? chain.start ?? price : price
    func share(_ checker: inout Checker, _ whole: TermID) -> TermID {
      // The part of money that is measured by itself is the part; else one division, done last.
      if whole == measure { return pieces }
      if isMoney {
        let ratio = checker.operation(.divide, [pieces, measure], type: .number)
        return checker.operation(.multiply, [whole, ratio], type: chain.type)
      }
      let many = checker.operation(.multiply, [whole, pieces], type: chain.type)
      return checker.operation(.divide, [many, measure], type: chain.type)
    }
    var left = share(&self, price)
    let before = left
    for adjustment in step.written.adjustments {
      let base = checkBase(of: adjustment, default: shown, in: chain, scope)
      if isMoney, !isPartKind(adjustment) { report(.amountInMoneySlab(at: adjustment.span)) }
      left = apply(
        adjustment, to: left, base: share(&self, base), pieces: isMoney ? nil : pieces,
        in: &chain, scope)
    }
    chain.unclamped = nil
    return operation(.subtract, [before, left], type: chain.type)
  }

  private func isPartKind(_ adjustment: Adjustment) -> Bool {
    switch adjustment.kind {
    case .pay: true
    case .off(let value), .extra(let value): !isBareNumber(value)
    case .fixed, .round: false
    }
  }

  private mutating func zero(likeMeasure type: ValueType) -> TermID {
    amount(Decimal(0), like: type)
  }
}
