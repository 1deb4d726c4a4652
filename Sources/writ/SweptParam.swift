import WritModel
import WritSyntax
import WritText

/// A param that a sweep varies: where it is declared, and how its values are written.
struct SweptParam {
  /// How a value is written.
  enum Form: Equatable {
    case percent, number
    case money(Name?)
  }
  let name: String
  /// Its place in the trees.
  let tree: Int
  let declaration: Int
  /// nil: it is no number.
  let form: Form?
  /// What it is now, as it counts: 12% is 0.12.
  let now: Decimal?
  var from: Decimal?
  var to: Decimal?
  var step: Decimal?
  /// Whether the rules take whole numbers only.
  var isWhole = false

  /// The step in which exact values are looked for.
  var finest: Decimal {
    switch form {
    case .percent: Decimal(mantissa: 1, scale: 9)
    case .number, .money, nil: isWhole ? Decimal(1) : Decimal(mantissa: 1, scale: 6)
    }
  }

  /// The param of a name or label; its declared range is what it is swept over.
  init?(_ word: String, in trees: [FileTree]) {
    for (tree, file) in trees.enumerated() {
      for (index, declaration) in file.declarations.enumerated() {
        guard case .param(let param) = declaration.kind,
          param.name.name.text == word || param.name.label?.text == word
        else { continue }
        name = param.name.name.text
        self.tree = tree
        self.declaration = index
        let found = Self.value(of: param.value)
        form = found?.form
        now = found?.value
        from = param.range?.lower.flatMap { Self.value(of: $0)?.value }
        to = param.range?.upper.flatMap { Self.value(of: $0)?.value }
        return
      }
    }
    return nil
  }

  static func names(in trees: [FileTree]) -> [String] {
    trees.flatMap(\.declarations).compactMap {
      if case .param(let param) = $0.kind { param.name.name.text } else { nil }
    }
  }

  // MARK: Values as they are written

  private static func value(of expression: Expression) -> (value: Decimal, form: Form)? {
    switch expression.kind {
    case .grouped(let inner): return value(of: inner)
    case .negate(let inner):
      guard let (value, form) = value(of: inner), let negated = value.negated else { return nil }
      return (negated, form)
    case .literal(.number(let digits, _)): return Decimal(digits).map { ($0, .number) }
    case .literal(.percent(let digits, _)):
      guard let points = Decimal(digits) else { return nil }
      return points.multiplied(by: Decimal(mantissa: 1, scale: 2)).map { ($0, .percent) }
    case .literal(.money(let currency, let digits, _)):
      return Decimal(digits).map { ($0, .money(currency)) }
    default: return nil
    }
  }

  /// A value as somebody writes it; a bare number is an amount of the param's money.
  func read(_ text: String) -> Decimal? {
    let (tree, found) = Parser.parse(
      Source(name: "<value>", text: "param x = " + text), id: SourceID(0))
    guard !found.hasErrors, case .param(let param)? = tree.declarations.first?.kind,
      tree.declarations.count == 1, param.range == nil,
      let (value, form) = Self.value(of: param.value)
    else { return nil }
    switch (self.form, form) {
    case (.percent, .percent), (.number, .number), (.money, .number): return value
    case (.money(let own), .money(let other)):
      return own?.text == other?.text ? value : nil
    default: return nil
    }
  }

  func expression(_ value: Decimal, at span: Span) -> Expression {
    let size = value.mantissa < 0 ? value.negated ?? value : value
    let literal: Literal
    switch form {
    case .percent:
      let digits = points(size).plain
      literal = .percent(digits: digits, spelling: digits)
    case .money(let currency):
      literal = .money(currency: currency, digits: size.plain, spelling: size.plain)
    case .number, nil: literal = .number(digits: size.plain, spelling: size.plain)
    }
    let made = Expression(.literal(literal), at: span)
    return value.mantissa < 0 ? Expression(.negate(made), at: span) : made
  }

  private func points(_ value: Decimal) -> Decimal {
    (value.multiplied(by: Decimal(100)) ?? value).normalized
  }

  /// For people: `12%`, `USD 300`, `0.5`.
  func text(_ value: Decimal) -> String {
    switch form {
    case .percent: points(value).plain + "%"
    case .money(let currency?): "\(currency.text) \(value.normalized.plain)"
    case .money(nil), .number, nil: value.normalized.plain
    }
  }

  // MARK: Steps

  /// The values from one to another; nil where there are none or too many.
  func values(_ from: Decimal, _ to: Decimal, most: Int) -> [Decimal]? {
    guard from < to, let step = step ?? roundStep(from, to), Decimal(0) < step else {
      return nil
    }
    var values: [Decimal] = [from]
    var next = from.adding(step)
    while let value = next, value < to {
      guard values.count < most else { return nil }
      values.append(value)
      next = value.adding(step)
    }
    return values + [to]
  }

  /// A round step that makes some fifteen steps: one, two or five of a power of ten.
  private func roundStep(_ from: Decimal, _ to: Decimal) -> Decimal? {
    guard let width = to.subtracting(from),
      let wanted = width.divided(by: Decimal(16), decimals: 9)
    else { return nil }
    for scale in (0...(isWhole ? 0 : 9)).reversed() {
      for digit in [1, 2, 5] as [Int64] {
        let step = Decimal(mantissa: digit, scale: UInt8(scale))
        if !(step < wanted) { return step }
      }
    }
    for power in 1...17 {
      for digit in [1, 2, 5] as [Int64] {
        let step = Decimal(digit * Decimal.powerOfTen(power))
        if !(step < wanted) { return step }
      }
    }
    return nil
  }
}
