import WritText

/// A piece of a rule set that an edit can add, take away, move or change: a declaration, or a rule,
/// row, step or arm inside one.
///
/// A part can be taken apart into its *own* words (`hollow`: what stands around the parts inside)
/// and the parts inside it, and put together again (`filled`). That is all that comparing and
/// patching rule sets knows of the kinds of block. Rules are wide values, of which a list has
/// thousands, so a part holds its own at one remove.
indirect enum Part: Hashable {
  case declaration(Declaration)
  case territory(TerritoriesDeclaration.Rule)
  case territoryOtherwise([TerritoriesDeclaration.Outcome])
  case skip(AssignDeclaration.Skip)
  case assignRule(AssignDeclaration.Rule)
  case assignOtherwise(AssignDeclaration.Outcome)
  case step(PriceStep)
  case source(PriceStep.Source)
  case offer(Offer)
  case saleRule(SaleDeclaration.Rule)
  case discountRule(DiscountDeclaration.Rule)
  case matchRule(MatchDeclaration.Rule)
  case decideRule(DecideDeclaration.Rule)
  case row(TableDeclaration.Row)
  case arm(CaseArm)
  case points(PointRow)
  /// The `otherwise` of a `decide`, the `else` of a `case`.
  case otherwise(Expression)

  /// What a part is: parts of two sorts are never one part that changed inside.
  enum Sort: Hashable {
    /// The kind's place among kinds, and what its inside is made of.
    case declaration(String, inside: String)
    case rule, skip, otherwise, source, offer, row, arm, points
    case step(String)
  }
}

extension Part {
  var sort: Sort {
    switch self {
    case .declaration(let declaration):
      .declaration(declaration.sortWord, inside: declaration.insideWord)
    case .territory, .assignRule, .saleRule, .discountRule, .matchRule, .decideRule: .rule
    case .territoryOtherwise, .assignOtherwise, .otherwise: .otherwise
    case .skip: .skip
    case .step(let step): .step(step.sortWord)
    case .source: .source
    case .offer: .offer
    case .row: .row
    case .arm: .arm
    case .points: .points
    }
  }

  /// What its author calls it, which stays while the rest changes; empty for what has no name.
  var key: String {
    switch self {
    case .declaration(let declaration): declaration.sortWord + " " + declaration.title
    case .territory(let rule): rule.title.text
    case .assignRule(let rule): rule.title.text
    case .saleRule(let rule): rule.title.text
    case .discountRule(let rule): rule.title?.text ?? ""
    case .matchRule(let rule): rule.title.text
    case .decideRule(let rule): rule.title.text
    case .source(let source): source.title.text
    case .offer(let offer): offer.title?.text ?? ""
    case .step(let step): step.key
    case .territoryOtherwise, .assignOtherwise, .otherwise: "otherwise"
    case .skip, .row, .arm, .points: ""
    }
  }

  /// Where it stands. `otherwise` parts without words of their own stand nowhere.
  var span: Span? {
    switch self {
    case .declaration(let declaration): declaration.span
    case .territory(let rule): rule.span
    case .territoryOtherwise(let outcomes): outcomes.first?.span
    case .skip(let skip): skip.span
    case .assignRule(let rule): rule.span
    case .assignOtherwise(let outcome): outcome.span
    case .step(let step): step.span
    case .source(let source): source.span
    case .offer(let offer): offer.span
    case .saleRule(let rule): rule.span
    case .discountRule(let rule): rule.span
    case .matchRule(let rule): rule.span
    case .decideRule(let rule): rule.span
    case .row(let row): row.span
    case .arm(let arm): arm.condition.span.joined(with: arm.value.span)
    case .points(let row): row.span
    case .otherwise(let value): value.span
    }
  }
}

extension Span {
  /// From here to there; only here where the two stand in different sources.
  func joined(with other: Span) -> Span { source == other.source ? through(other) : self }
}

extension TerritoriesDeclaration.Outcome {
  var span: Span? {
    switch self {
    case .owner(let owner): owner.span
    case .queue(let queue): queue.span
    case .splitCredit(let parts): parts.first?.span
    case .access(let list): list.first?.party.span
    }
  }
}

extension AssignDeclaration.Outcome {
  var span: Span {
    switch self {
    case .among(let selection): selection.over.span
    case .to(let target): target.span
    case .queue(let queue): queue.span
    }
  }
}

extension PriceStep {
  fileprivate var sortWord: String {
    switch kind {
    case .start: "start"
    case .startFirst: "start first"
    case .mark: "mark"
    case .times: "times"
    case .offer: "offer"
    case .group: "group"
    case .whole: "whole"
    case .floor: "floor"
    case .round: "round"
    }
  }

  fileprivate var key: String {
    switch kind {
    case .start, .startFirst: "start"
    case .mark(let name): "mark " + name.name.text
    case .whole(let name, _): "whole " + name.text
    case .offer(let offer): offer.title?.text ?? ""
    case .group(let title, _, _, _, _): title.text
    case .times, .floor, .round: ""
    }
  }
}

extension Declaration {
  /// One word for each kind, so that a `record` and a `table` of one name are two declarations.
  var sortWord: String {
    switch kind {
    case .currency: "currency"
    case .zone: "zone"
    case .enumeration: "enum"
    case .tree: "tree"
    case .record: "record"
    case .queue: "queue"
    case .data: "data"
    case .show: "show"
    case .define: "define"
    case .table: "table"
    case .decide: "decide"
    case .territories: "territories"
    case .assign: "assign"
    case .price: "price"
    case .authorizeSale: "sale"
    case .authorizeDiscount: "discount"
    case .match: "match"
    case .split: "split"
    case .require: "require"
    case .change: "change"
    case .alert: "alert"
    case .test: "test"
    case .variant: "variant"
    case .param: "param"
    case .measure: "measure"
    case .experiment: "experiment"
    case .changeable: "changeable"
    }
  }

  /// What a declaration's inside is made of, where one kind has several: when that changes, or the
  /// number of columns does, no row can change alone.
  fileprivate var insideWord: String {
    switch kind {
    case .define(let define):
      switch define.value.kind {
      case .caseOf: "case"
      case .points: "points"
      default: ""
      }
    case .table(let table):
      switch table.body {
      case .rows(let header, let results, _): "rows \(header.count) \(results.count)"
      case .grid(let grid): "grid \(grid.across.count)"
      case .file: "file"
      }
    default: ""
    }
  }

  /// Whether what is decided can depend on it. Tests, measures and the like are read by nobody.
  public var isOfDecisions: Bool {
    switch kind {
    case .test, .variant, .measure, .experiment, .show, .changeable, .data: false
    default: true
    }
  }
}
