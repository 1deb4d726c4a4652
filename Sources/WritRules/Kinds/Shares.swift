import WritModel
import WritSyntax
import WritText

// The shares of a split add up to 100 %: proved where they are constants, formulas of the same
// values (`p` and `100% - p`) or cases over the same conditions; else asked when it comes to it.
extension Checker {
  /// Whether shares add up to 100 %, but for the extra ones. What they surely do not is reported.
  ///
  /// Returns a condition that is left to be asked of each record; nil where it is proved, or known
  /// to be wrong.
  mutating func checkShares(_ shares: [TermID], of parts: [SplitPart]) -> TermID? {
    guard !shares.isEmpty, !shares.contains(where: { type(of: $0) == .unknown }),
      let first = parts.first, let last = parts.last
    else { return nil }
    let span = first.span.through(last.span)
    var isProved = true
    for branch in branches(of: shares) {
      var sum = Linear()
      for share in shares { sum.add(linear(share, in: branch), times: Decimal(1)) }
      guard sum.isExact, sum.factors.isEmpty else {
        isProved = false
        continue
      }
      if Decimal.order(sum.constant, Decimal(1)) == 0 { continue }
      let points = sum.constant.multiplied(by: Decimal(100)) ?? sum.constant
      report(.sharesNot100(points.trimmed(to: 0).plain(atLeast: 0), at: span))
      return nil
    }
    if isProved { return nil }
    report(.sharesNotProved(at: span))
    let sum = shares.dropFirst().reduce(shares[0]) {
      operation(.add, [$0, $1], type: .percent)
    }
    return operation(.equal, [sum, percent(Decimal(1))], type: .boolean)
  }

  /// An amount that is split only where its shares add up: elsewhere it is undetermined, and says so.
  mutating func amount(_ amount: TermID, where condition: TermID?, at span: Span) -> TermID {
    guard let condition else { return amount }
    let isChinese = language(of: span.source) == .chinese
    let because = text(
      isChinese ? "各部分合计不是 100%" : "the shares do not add up to 100 %")
    let type = type(of: amount)
    let nothing = constant(.missing(Cause(.stated, site: Int(because.index))), type: type)
    return operation(
      .undeterminedIfMissing, [operation(.ifElse, [condition, amount, nothing], type: type)],
      type: type)
  }

  // MARK: Branches

  /// Which alternative of each case among the shares is taken; the number of alternatives stands for
  /// `else`. Cases over the same conditions are taken alike.
  private typealias Branch = [[TermID]: Int]

  private func branches(of shares: [TermID]) -> [Branch] {
    var result: [Branch] = [[:]]
    var seen: Set<[TermID]> = []
    for share in shares {
      guard let choose = caseChoose(of: share) else { continue }
      let conditions = choose.alternatives.map(\.guardTerm)
      let count = conditions.count + (choose.otherwise == nil ? 0 : 1)
      guard seen.insert(conditions).inserted, result.count * count <= 256 else { continue }
      result = result.flatMap { branch in
        (0..<count).map { index in branch.merging([conditions: index]) { $1 } }
      }
    }
    return result
  }

  /// The choose of a share that is a `case`, here or in a `define` of the same record.
  private func caseChoose(of share: TermID) -> Choose? {
    guard case .payload(let id, 0, let winner) = program[opened(share)],
      program[winner] == .winner(id), program[id].policy == .first, program[id].isStrict
    else { return nil }
    return program[id]
  }

  /// What a defined value of the things in view is made of.
  private func opened(_ term: TermID) -> TermID {
    var term = term
    while case .attribute(let id, let arguments, nil) = program[term],
      arguments.enumerated().allSatisfy({ program[$0.element] == .slot(Int32($0.offset)) })
    {
      term = program[id].term
    }
    return term
  }

  // MARK: Sums

  /// A sum of terms, each so many times, and a constant.
  private struct Linear {
    var constant = Decimal(0)
    var factors: [TermID: Decimal] = [:]
    /// Whether everything fitted.
    var isExact = true

    mutating func add(_ other: Linear, times factor: Decimal) {
      isExact = isExact && other.isExact
      constant = sum(constant, other.constant, factor)
      for (term, count) in other.factors {
        let total = sum(factors[term] ?? Decimal(0), count, factor)
        factors[term] = total.mantissa == 0 ? nil : total
      }
    }

    private mutating func sum(_ sum: Decimal, _ value: Decimal, _ factor: Decimal) -> Decimal {
      if let product = value.multiplied(by: factor), let total = sum.adding(product) {
        return total
      }
      isExact = false
      return sum
    }
  }

  private func linear(_ share: TermID, in branch: Branch, depth: Int = 0) -> Linear {
    var result = Linear()
    let term = opened(share)
    let whole = Linear(factors: [term: Decimal(1)])
    if depth > 100 { return whole }
    if let constant = constantDecimal(term) {
      result.constant = constant
      return result
    }
    if let choose = caseChoose(of: term), let taken = branch[choose.alternatives.map(\.guardTerm)] {
      let payload =
        taken < choose.alternatives.count
        ? choose.alternatives[taken].payload : choose.otherwise?.payload
      return payload?.first.map { linear($0, in: branch, depth: depth + 1) } ?? whole
    }
    guard case .operation(let operation, let parts) = program[term] else { return whole }
    func part(_ index: Int) -> Linear { linear(parts[index], in: branch, depth: depth + 1) }
    switch operation {
    case .add, .subtract:
      result.add(part(0), times: Decimal(1))
      result.add(part(1), times: Decimal(operation == .add ? 1 : -1))
      return result
    case .negate:
      result.add(part(0), times: Decimal(-1))
      return result
    case .multiply:
      let (left, right) = (part(0), part(1))
      if left.factors.isEmpty {
        result.add(right, times: left.constant)
      } else if right.factors.isEmpty {
        result.add(left, times: right.constant)
      } else {
        return whole
      }
      result.isExact = result.isExact && left.isExact && right.isExact
      return result
    default: return whole
    }
  }
}
