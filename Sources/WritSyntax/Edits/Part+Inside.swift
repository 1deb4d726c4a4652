// Taking parts apart and putting them together.

extension Part {
  /// The parts inside, in written order.
  var inside: [Part] {
    switch self {
    case .declaration(let declaration): declaration.inside
    case .territory(let rule): rule.children.map { .territory($0) }
    case .step(let step):
      switch step.kind {
      case .startFirst(let sources): sources.map { .source($0) }
      case .group(_, _, _, let offers, _): offers.map { .offer($0) }
      case .whole(_, let steps): steps.map { .step($0) }
      default: []
      }
    default: []
    }
  }

  /// Whether there are parts inside.
  var hasInside: Bool {
    switch self {
    case .declaration(let declaration): declaration.hasInside
    case .territory(let rule): !rule.children.isEmpty
    case .step(let step):
      switch step.kind {
      case .startFirst(let sources): !sources.isEmpty
      case .group(_, _, _, let offers, _): !offers.isEmpty
      case .whole(_, let steps): !steps.isEmpty
      default: false
      }
    default: false
    }
  }

  /// Itself without the parts inside.
  var hollow: Part { filled(with: []) }

  /// Itself with other parts inside. Parts that have no place there are left out.
  func filled(with parts: [Part]) -> Part {
    switch self {
    case .declaration(let declaration): return .declaration(declaration.filled(with: parts))
    case .territory(var rule):
      rule.children = parts.compactMap { if case .territory(let it) = $0 { it } else { nil } }
      return .territory(rule)
    case .step(var step):
      switch step.kind {
      case .startFirst:
        step.kind = .startFirst(
          parts.compactMap { if case .source(let it) = $0 { it } else { nil } })
      case .group(let title, let guards, let policy, _, let isFinal):
        let offers = parts.compactMap { part -> Offer? in
          if case .offer(let it) = part { it } else { nil }
        }
        step.kind = .group(title: title, guards: guards, policy, offers, isFinal: isFinal)
      case .whole(let name, _):
        step.kind = .whole(name, parts.steps)
      default: break
      }
      return .step(step)
    default: return self
    }
  }
}

extension [Part] {
  fileprivate var steps: [PriceStep] {
    compactMap { if case .step(let it) = $0 { it } else { nil } }
  }

  fileprivate var rows: [TableDeclaration.Row] {
    compactMap { if case .row(let it) = $0 { it } else { nil } }
  }
}

extension Declaration {
  fileprivate var hasInside: Bool {
    switch kind {
    case .territories(let it): !it.rules.isEmpty || it.otherwise != nil
    case .assign(let it): !it.skips.isEmpty || !it.rules.isEmpty || it.otherwise != nil
    case .price(let it): !it.steps.isEmpty
    case .authorizeSale(let it): !it.rules.isEmpty
    case .authorizeDiscount(let it): !it.rules.isEmpty
    case .match(let it): !it.rules.isEmpty
    case .decide(let it): !it.rules.isEmpty || it.otherwise != nil
    case .table(let it):
      switch it.body {
      case .rows(_, _, let rows): !rows.isEmpty
      case .grid(let grid): !grid.rows.isEmpty
      case .file: false
      }
    case .define(let it):
      switch it.value.kind {
      case .caseOf(let arms, let otherwise): !arms.isEmpty || otherwise != nil
      case .points(let rows): !rows.isEmpty
      default: false
      }
    default: false
    }
  }

  fileprivate var inside: [Part] {
    switch kind {
    case .territories(let it):
      it.rules.map { .territory($0) } + (it.otherwise.map { [.territoryOtherwise($0)] } ?? [])
    case .assign(let it):
      it.skips.map { .skip($0) } + it.rules.map { .assignRule($0) }
        + (it.otherwise.map { [.assignOtherwise($0)] } ?? [])
    case .price(let it): it.steps.map { .step($0) }
    case .authorizeSale(let it): it.rules.map { .saleRule($0) }
    case .authorizeDiscount(let it): it.rules.map { .discountRule($0) }
    case .match(let it): it.rules.map { .matchRule($0) }
    case .decide(let it):
      it.rules.map { .decideRule($0) } + (it.otherwise.map { [.otherwise($0)] } ?? [])
    case .table(let it):
      switch it.body {
      case .rows(_, _, let rows): rows.map { .row($0) }
      case .grid(let grid): grid.rows.map { .row($0) }
      case .file: []
      }
    case .define(let it):
      switch it.value.kind {
      case .caseOf(let arms, let otherwise):
        arms.map { .arm($0) } + (otherwise.map { [.otherwise($0)] } ?? [])
      case .points(let rows): rows.map { .points($0) }
      default: []
      }
    default: []
    }
  }

  fileprivate func filled(with parts: [Part]) -> Declaration {
    var declaration = self
    switch kind {
    case .territories(var it):
      it.rules = parts.compactMap { if case .territory(let it) = $0 { it } else { nil } }
      it.otherwise =
        parts.lazy
        .compactMap { if case .territoryOtherwise(let it) = $0 { it } else { nil } }.first
      declaration.kind = .territories(it)
    case .assign(var it):
      it.skips = parts.compactMap { if case .skip(let it) = $0 { it } else { nil } }
      it.rules = parts.compactMap { if case .assignRule(let it) = $0 { it } else { nil } }
      it.otherwise =
        parts.lazy
        .compactMap { if case .assignOtherwise(let it) = $0 { it } else { nil } }.first
      declaration.kind = .assign(it)
    case .price(var it):
      it.steps = parts.steps
      declaration.kind = .price(it)
    case .authorizeSale(var it):
      it.rules = parts.compactMap { if case .saleRule(let it) = $0 { it } else { nil } }
      declaration.kind = .authorizeSale(it)
    case .authorizeDiscount(var it):
      it.rules = parts.compactMap { if case .discountRule(let it) = $0 { it } else { nil } }
      declaration.kind = .authorizeDiscount(it)
    case .match(var it):
      it.rules = parts.compactMap { if case .matchRule(let it) = $0 { it } else { nil } }
      declaration.kind = .match(it)
    case .decide(var it):
      it.rules = parts.compactMap { if case .decideRule(let it) = $0 { it } else { nil } }
      it.otherwise = parts.otherwise
      declaration.kind = .decide(it)
    case .table(var it):
      switch it.body {
      case .rows(let header, let results, _):
        it.body = .rows(header: header, results: results, parts.rows)
      case .grid(var grid):
        grid.rows = parts.rows
        it.body = .grid(grid)
      case .file: break
      }
      declaration.kind = .table(it)
    case .define(var it):
      switch it.value.kind {
      case .caseOf:
        let arms = parts.compactMap { part -> CaseArm? in
          if case .arm(let it) = part { it } else { nil }
        }
        it.value.kind = .caseOf(arms, otherwise: parts.otherwise)
      case .points:
        it.value.kind = .points(
          parts.compactMap { if case .points(let it) = $0 { it } else { nil } })
      default: break
      }
      declaration.kind = .define(it)
    default: break
    }
    return declaration
  }
}

extension [Part] {
  fileprivate var otherwise: Expression? {
    lazy.compactMap { if case .otherwise(let it) = $0 { it } else { nil } }.first
  }
}
