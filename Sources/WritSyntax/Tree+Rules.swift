public import WritText

// One shape of rule everywhere: `"title": outcomes and guards`.

/// What stands around an outcome: when it holds, until when, how strong, and why.
public struct Guards: Hashable, Sendable {
  public var when: Expression?
  public var unless: Expression?
  /// `effective 2026-01-01..<2026-07-01`
  public var effective: RangeTree?
  /// `priority 5`; higher goes first.
  public var priority: Expression?
  /// `with Account a where a.phone = phone by latest a.since then a.id`
  public var with: Selection?
  public var because: Template?

  public init(
    when: Expression? = nil, unless: Expression? = nil, effective: RangeTree? = nil,
    priority: Expression? = nil, with: Selection? = nil, because: Template? = nil
  ) {
    self.when = when
    self.unless = unless
    self.effective = effective
    self.priority = priority
    self.with = with
    self.because = because
  }
}

/// Records of a type and how to choose one of them.
public struct Selection: Hashable, Sendable {
  public var over: Gathering
  public var by: [SelectionKey]

  public init(over: Gathering, by: [SelectionKey]) {
    self.over = over
    self.by = by
  }
}

/// `hardware_cap "硬件上限" : percent`, a parameter or a result of a define or a table.
public struct Parameter: Hashable, Sendable {
  public var name: LabeledName
  public var type: TypeTree

  public init(name: LabeledName, type: TypeTree) {
    self.name = name
    self.type = type
  }
}

// MARK: - Values

/// `define Lead.score "评分" : number = …`, `define fit(j: Job, r: Rep) = …`, `define dear = {…}`.
public struct DefineDeclaration: Hashable, Sendable {
  /// The record it is a value of; nil for a function or a constant.
  public var record: Name?
  public var name: LabeledName
  /// nil: no brackets were written.
  public var parameters: [Parameter]?
  public var type: TypeTree?
  public var value: Expression

  public init(
    record: Name? = nil, name: LabeledName, parameters: [Parameter]? = nil, type: TypeTree? = nil,
    value: Expression
  ) {
    self.record = record
    self.name = name
    self.parameters = parameters
    self.type = type
    self.value = value
  }
}

/// `table limit_for(role: Role, family: Family) -> percent, first { … }`.
public struct TableDeclaration: Hashable, Sendable {
  /// The word behind the result types, which says what happens where several rows fit: `first`,
  /// `unique`, `collect sum`.
  public enum Policy: Hashable, Sendable, CaseIterable {
    case first, unique, any, priority, mostSpecific
    case collect, collectSum, collectMin, collectMax, collectCount
    case ruleOrder, outputOrder
  }
  /// A result column; its name may be left out where there is one.
  public struct Result: Hashable, Sendable {
    public var name: LabeledName?
    public var type: TypeTree

    public init(name: LabeledName? = nil, type: TypeTree) {
      self.name = name
      self.type = type
    }
  }
  /// What stands between two `|` of a row: `any`, `east`, `10..<50`, `>= 5`, `missing`.
  public indirect enum Cell: Hashable, Sendable {
    case any
    /// A value, a set literal, a range: what fits is decided by the column's type.
    case value(Expression)
    /// `>= 5`, `!= east`
    case compare(BinaryOperator, Expression)
    case missing
    case not(Cell)
  }
  /// `east | 10..50 -> 5%`; `else -> 0%`.
  public struct Row: Hashable, Sendable {
    /// nil is `else`.
    public var cells: [Cell]?
    public var results: [Expression]
    public var span: Span

    public init(cells: [Cell]? = nil, results: [Expression], span: Span) {
      self.cells = cells
      self.results = results
      self.span = span
    }
  }
  /// A grid: the first parameter runs down, the second across.
  public struct Grid: Hashable, Sendable {
    public var across: [Cell]
    public var rows: [Row]

    public init(across: [Cell], rows: [Row]) {
      self.across = across
      self.rows = rows
    }
  }
  /// Where the rows stand: one below the other, as a grid of two parameters, or in a file.
  public enum Body: Hashable, Sendable {
    /// The header repeats the parameters' names in the order of the cells.
    case rows(header: [Name], results: [Name], [Row])
    case grid(Grid)
    /// `from "pricebook.csv"`; the columns are named as the parameters and results.
    case file(TextLiteral)
  }
  public var name: LabeledName
  public var parameters: [Parameter]
  public var results: [Result]
  /// nil: not said (a grid is `unique`; others must say).
  public var policy: Policy?
  public var body: Body
  /// `effective valid_from..<valid_to`: columns of the file, or values.
  public var effective: RangeTree?

  public init(
    name: LabeledName, parameters: [Parameter], results: [Result], policy: Policy? = nil,
    body: Body, effective: RangeTree? = nil
  ) {
    self.name = name
    self.parameters = parameters
    self.results = results
    self.policy = policy
    self.body = body
    self.effective = effective
  }
}

/// `decide advance for Deal -> Stage, first { "…": when … : … }`.
public struct DecideDeclaration: Hashable, Sendable {
  /// `"next": when stage = open : next_stage(kind, stage)`.
  public struct Rule: Hashable, Sendable {
    public var title: TextLiteral
    public var guards: Guards
    public var outcome: Expression
    public var span: Span

    public init(title: TextLiteral, guards: Guards, outcome: Expression, span: Span) {
      self.title = title
      self.guards = guards
      self.outcome = outcome
      self.span = span
    }
  }
  public var name: LabeledName
  public var record: Name
  public var result: TypeTree
  public var policy: TableDeclaration.Policy?
  public var rules: [Rule]
  public var otherwise: Expression?

  public init(
    name: LabeledName, record: Name, result: TypeTree, policy: TableDeclaration.Policy? = nil,
    rules: [Rule], otherwise: Expression? = nil
  ) {
    self.name = name
    self.record = record
    self.result = result
    self.policy = policy
    self.rules = rules
    self.otherwise = otherwise
  }
}

// MARK: - Territories and assignment

/// `territories for Account to Rep, exclusive { "East": when region within east owner Rep "1" … }`.
public struct TerritoriesDeclaration: Hashable, Sendable {
  /// What happens to a record for which several territories hold.
  public enum Policy: Hashable, Sendable, CaseIterable {
    case exclusive, overlapping, first, deepest, byPriority
  }
  /// What a territory gives: an owner, a queue, shares of the credit, rights.
  public enum Outcome: Hashable, Sendable {
    case owner(Expression)
    case queue(Name)
    case splitCredit([SplitPart])
    /// `access { channel view, support edit }`
    case access([Access])
  }
  /// `channel view`: what a party may do with the records of a territory.
  public struct Access: Hashable, Sendable {
    public var party: Expression
    public var right: Name

    public init(party: Expression, right: Name) {
      self.party = party
      self.right = right
    }
  }
  /// `"Jiangsu factories": when region = jiangsu owner Rep "1" { … }`; its children hold only where
  /// it does.
  public struct Rule: Hashable, Sendable {
    public var title: TextLiteral
    public var guards: Guards
    public var outcomes: [Outcome]
    public var children: [Rule]
    public var span: Span

    public init(
      title: TextLiteral, guards: Guards, outcomes: [Outcome], children: [Rule], span: Span
    ) {
      self.title = title
      self.guards = guards
      self.outcomes = outcomes
      self.children = children
      self.span = span
    }
  }
  public var record: Name
  public var owner: Name
  public var alias: Name?
  public var policy: Policy?
  public var rules: [Rule]
  /// The outcomes of `otherwise`; nil when it is not written.
  public var otherwise: [Outcome]?

  public init(
    record: Name, owner: Name, alias: Name? = nil, policy: Policy? = nil, rules: [Rule],
    otherwise: [Outcome]? = nil
  ) {
    self.record = record
    self.owner = owner
    self.alias = alias
    self.policy = policy
    self.rules = rules
    self.otherwise = otherwise
  }
}

/// `Rep "李雷" 70%`, `extra Rep "王芳" 10%`.
public struct SplitPart: Hashable, Sendable {
  public var target: Expression
  public var share: Expression
  public var isExtra: Bool
  public var span: Span

  public init(target: Expression, share: Expression, isExtra: Bool, span: Span) {
    self.target = target
    self.share = share
    self.isExtra = isExtra
    self.span = span
  }
}

/// `assign Lead to Rep r, sets owner, counts r.open, in order of created then id { … }`.
public struct AssignDeclaration: Hashable, Sendable {
  /// Who gets the record: one of a pool, someone named, or a queue.
  public enum Outcome: Hashable, Sendable {
    /// `among r where … by …`
    case among(Selection)
    /// `to a.owner`
    case to(Expression)
    case queue(Name)
  }
  /// `"hot leads": when score > 80 among r where r.region within region by least r.open`.
  public struct Rule: Hashable, Sendable {
    public var title: TextLiteral
    public var guards: Guards
    public var outcome: Outcome
    public var span: Span

    public init(title: TextLiteral, guards: Guards, outcome: Outcome, span: Span) {
      self.title = title
      self.guards = guards
      self.outcome = outcome
      self.span = span
    }
  }
  /// `skip r where r.on_leave because "{r.name} is away"`.
  public struct Skip: Hashable, Sendable {
    public var binder: Name
    public var condition: Expression
    public var because: Template?
    public var span: Span

    public init(binder: Name, condition: Expression, because: Template? = nil, span: Span) {
      self.binder = binder
      self.condition = condition
      self.because = because
      self.span = span
    }
  }
  public var record: Name
  public var candidate: Binder
  public var alias: Name?
  public var sets: Name?
  public var counts: Expression?
  public var order: [SelectionKey]
  public var skips: [Skip]
  public var rules: [Rule]
  public var otherwise: Outcome?

  public init(
    record: Name, candidate: Binder, alias: Name? = nil, sets: Name? = nil,
    counts: Expression? = nil, order: [SelectionKey], skips: [Skip], rules: [Rule],
    otherwise: Outcome? = nil
  ) {
    self.record = record
    self.candidate = candidate
    self.alias = alias
    self.sets = sets
    self.counts = counts
    self.order = order
    self.skips = skips
    self.rules = rules
    self.otherwise = otherwise
  }
}

// MARK: - Price

/// The ways to round, as they stand in `round half up to 0.01`.
public enum RoundingName: Hashable, Sendable, CaseIterable {
  case halfUp, halfEven, halfDown, up, down, ceiling, floor
}

/// `price Line as dealer, each step on the running price, as of quote.date { … }`.
public struct PriceDeclaration: Hashable, Sendable {
  /// What a percent is a share of where its step does not say: `each step on the running price`.
  public enum Base: Hashable, Sendable, CaseIterable {
    case running, start
  }
  public var record: Name
  public var alias: Name?
  public var base: Base?
  public var asOf: Expression?
  public var steps: [PriceStep]

  public init(
    record: Name, alias: Name? = nil, base: Base? = nil, asOf: Expression? = nil,
    steps: [PriceStep]
  ) {
    self.record = record
    self.alias = alias
    self.base = base
    self.asOf = asOf
    self.steps = steps
  }
}

/// One line of a price: `"gold": when tier = gold : 8% off`, `times quantity`, `round half up to
/// 0.01`.
public struct PriceStep: Hashable, Sendable {
  /// What the step does; titled ones are `start first of` sources, groups and offers.
  public indirect enum Kind: Hashable, Sendable {
    /// `start product.list`
    case start(Expression)
    /// `start first of { "contract": contract_price(…) final … }`
    case startFirst([Source])
    /// `mark regular "常规价"`
    case mark(LabeledName)
    /// `times quantity`
    case times(Expression)
    /// `"title": 5% off of regular`
    case offer(Offer)
    /// `"one offer": cheapest of { … }`
    case group(title: TextLiteral, guards: Guards, GroupPolicy, [Offer], isFinal: Bool)
    /// `whole quote { … }`
    case whole(Name, [PriceStep])
    /// `floor product.cost * 105% * quantity ask director`
    case floor(Expression, FloorAction)
    /// `round half up to 0.01`
    case round(RoundingName, to: Expression)
  }
  /// How the offers of a group go together: `all of { … }`, `first of { … }`, `cheapest of { … }`.
  public enum GroupPolicy: Hashable, Sendable, CaseIterable {
    case allOf, firstOf, cheapestOf
  }
  /// What happens below the floor: `raise` lifts the price, `forbid` refuses, `ask director` asks.
  public enum FloorAction: Hashable, Sendable {
    case raise, forbid
    case ask(Expression)
  }
  /// `"contract": contract_price(account, product) final`: one source of a start price.
  public struct Source: Hashable, Sendable {
    public var title: TextLiteral
    public var guards: Guards
    public var value: Expression
    public var isFinal: Bool
    public var span: Span

    public init(title: TextLiteral, guards: Guards, value: Expression, isFinal: Bool, span: Span) {
      self.title = title
      self.guards = guards
      self.value = value
      self.isFinal = isFinal
      self.span = span
    }
  }
  public var kind: Kind
  public var span: Span

  public init(kind: Kind, span: Span) {
    self.kind = kind
    self.span = span
  }
}

/// A titled change of the price; inside a group the title may be left out.
public struct Offer: Hashable, Sendable {
  /// What an offer does to the price: changes in a list with commas, a `tier`, a `slab`, `40 off
  /// for every 300`.
  public enum Effect: Hashable, Sendable {
    /// Several under one title apply together or not at all.
    case adjustments([Adjustment])
    /// `tier by quantity { from 1 : 9折  from 2 : 8.5折 }`
    case tier(by: Expression, [TierStep])
    case slab(by: Expression, [TierStep])
  }
  public var title: TextLiteral?
  public var guards: Guards
  public var effect: Effect
  public var isFinal: Bool
  public var span: Span

  public init(
    title: TextLiteral? = nil, guards: Guards, effect: Effect, isFinal: Bool, span: Span
  ) {
    self.title = title
    self.guards = guards
    self.effect = effect
    self.isFinal = isFinal
    self.span = span
  }
}

/// `from 10 : 9折`, `over 1000 : 5% off, 20 extra`: one step of a `tier` or `slab`.
public struct TierStep: Hashable, Sendable {
  public var bound: Expression
  /// `over n`: n < the measure; else `from n`: n ≤ the measure.
  public var isOver: Bool
  public var adjustments: [Adjustment]
  public var span: Span

  public init(bound: Expression, isOver: Bool, adjustments: [Adjustment], span: Span) {
    self.bound = bound
    self.isOver = isOver
    self.adjustments = adjustments
    self.span = span
  }
}

/// `15% off of regular`: one change of a price, and the base it names if it does.
public struct Adjustment: Hashable, Sendable {
  /// What is done to the price; percents are of the base, amounts in the price's currency.
  public enum Kind: Hashable, Sendable {
    /// A percent or an amount.
    case off(Expression)
    case extra(Expression)
    /// `8.5折`: pay 85 %.
    case pay(Expression)
    case fixed(Expression)
    case round(RoundingName, to: Expression)
  }
  /// `for every 300 of running at most 10 times`
  public struct Repeat: Hashable, Sendable {
    public var every: Expression
    public var of: Expression
    public var atMost: Expression?

    public init(every: Expression, of: Expression, atMost: Expression? = nil) {
      self.every = every
      self.of = of
      self.atMost = atMost
    }
  }
  public var kind: Kind
  /// `of regular`
  public var base: Expression?
  public var forEvery: Repeat?
  public var span: Span

  public init(kind: Kind, base: Expression? = nil, forEvery: Repeat? = nil, span: Span) {
    self.kind = kind
    self.base = base
    self.forEvery = forEvery
    self.span = span
  }
}

// MARK: - Authorization

/// `authorize sale of Product p to Account a by Rep r { … }`.
public struct SaleDeclaration: Hashable, Sendable {
  /// `"own territory": permit when a.owner = r`, `"export": forbid when p.controlled`.
  public struct Rule: Hashable, Sendable {
    public var title: TextLiteral
    public var guards: Guards
    public var isPermit: Bool
    public var span: Span

    public init(title: TextLiteral, guards: Guards, isPermit: Bool, span: Span) {
      self.title = title
      self.guards = guards
      self.isPermit = isPermit
      self.span = span
    }
  }
  public var product: Binder
  public var account: Binder
  public var seller: Binder
  public var alias: Name?
  public var rules: [Rule]

  public init(product: Binder, account: Binder, seller: Binder, alias: Name? = nil, rules: [Rule]) {
    self.product = product
    self.account = account
    self.seller = seller
    self.alias = alias
    self.rules = rules
  }
}

/// `authorize discount on Quote by Role, more is worse, asked by rep { … }`.
public struct DiscountDeclaration: Hashable, Sendable {
  /// `director 35%`, `vp any`: how far a rung may go.
  public struct Limit: Hashable, Sendable {
    public var rung: Name
    /// nil is `any`.
    public var value: Expression?
    public var span: Span

    public init(rung: Name, value: Expression? = nil, span: Span) {
      self.rung = rung
      self.value = value
      self.span = span
    }
  }
  /// What a rule of a discount ladder does: it sets limits, raises the approver, adds one, or
  /// forbids.
  public enum Effect: Hashable, Sendable {
    case limit([Limit])
    case insteadLimit([Limit])
    case atLeast(Expression)
    /// `also finance, channel`
    case also([Expression])
    case forbid
  }
  /// `"key accounts": when account.key : instead limit director 45%`.
  public struct Rule: Hashable, Sendable {
    /// nil for the plain `limit` line.
    public var title: TextLiteral?
    public var guards: Guards
    public var effect: Effect
    public var span: Span

    public init(title: TextLiteral? = nil, guards: Guards, effect: Effect, span: Span) {
      self.title = title
      self.guards = guards
      self.effect = effect
      self.span = span
    }
  }
  /// The tested attribute: a field or a define of the record.
  public var attribute: Name
  public var record: Name
  public var ladder: Name
  public var alias: Name?
  public var moreIsWorse: Bool?
  public var askedBy: Expression?
  public var rules: [Rule]
  public var voidOn: [Expression]

  public init(
    attribute: Name, record: Name, ladder: Name, alias: Name? = nil, moreIsWorse: Bool? = nil,
    askedBy: Expression? = nil, rules: [Rule], voidOn: [Expression]
  ) {
    self.attribute = attribute
    self.record = record
    self.ladder = ladder
    self.alias = alias
    self.moreIsWorse = moreIsWorse
    self.askedBy = askedBy
    self.rules = rules
    self.voidOn = voidOn
  }
}

// MARK: - Match, split, require

/// `match Lead l with Account a where … { "…": certain when … }`.
public struct MatchDeclaration: Hashable, Sendable {
  /// `"same code": certain when a.code = l.code`.
  public struct Rule: Hashable, Sendable {
    public var title: TextLiteral
    public var isCertain: Bool
    public var guards: Guards
    public var span: Span

    public init(title: TextLiteral, isCertain: Bool, guards: Guards, span: Span) {
      self.title = title
      self.isCertain = isCertain
      self.guards = guards
      self.span = span
    }
  }
  public var left: Binder
  public var right: Binder
  public var alias: Name?
  public var condition: Expression?
  public var rules: [Rule]

  public init(
    left: Binder, right: Binder, alias: Name? = nil, condition: Expression? = nil, rules: [Rule]
  ) {
    self.left = left
    self.right = right
    self.alias = alias
    self.condition = condition
    self.rules = rules
  }
}

/// `split credit of Deal.amount to 0.01 { … }` or `split target of 1000万 over Area a by a.weight to 1万`.
public struct SplitDeclaration: Hashable, Sendable {
  /// By shares that add up to 100 %, or over records by a weight: `{ rep 50%, … }`, `over Area a by
  /// a.weight`.
  public enum Body: Hashable, Sendable {
    case parts([SplitPart])
    case over(Binder, by: Expression)
  }
  public var name: LabeledName
  /// The record of the amount in the parts form; nil in the `over` form.
  public var record: Name?
  public var amount: Expression
  public var quantum: Expression?
  public var body: Body

  public init(
    name: LabeledName, record: Name? = nil, amount: Expression, quantum: Expression? = nil,
    body: Body
  ) {
    self.name = name
    self.record = record
    self.amount = amount
    self.quantum = quantum
    self.body = body
  }
}

/// `require "stock covers the order" for Line, together by product: … because "…"`.
public struct RequireDeclaration: Hashable, Sendable {
  /// `quantity <= stock`, or fields that must be known: `known budget, need`.
  public enum Body: Hashable, Sendable {
    case condition(Expression)
    /// `known decision_maker, budget`
    case known([Expression])
  }
  public var title: TextLiteral
  public var record: Name
  public var togetherBy: Expression?
  /// The decision that it stops.
  public var stops: Name?
  public var guards: Guards
  public var body: Body

  public init(
    title: TextLiteral, record: Name, togetherBy: Expression? = nil, stops: Name? = nil,
    guards: Guards, body: Body
  ) {
    self.title = title
    self.record = record
    self.togetherBy = togetherBy
    self.stops = stops
    self.guards = guards
    self.body = body
  }
}

// MARK: - Facts that change

/// `change "pair up" { when Rep a, Rep b where …  then insert Pair { … } }`.
public struct ChangeDeclaration: Hashable, Sendable {
  /// What a change does when its patterns match: `set owner = missing`, `insert Pair { … }`,
  /// `remove d`.
  public enum Outcome: Hashable, Sendable {
    case set(Expression, to: Expression)
    case insert(Name, [FieldValue])
    case remove(Expression)
  }
  public var title: TextLiteral
  /// `for Lead`
  public var record: Name?
  public var priority: Expression?
  public var patterns: [Binder]
  public var condition: Expression?
  public var outcomes: [Outcome]

  public init(
    title: TextLiteral, record: Name? = nil, priority: Expression? = nil, patterns: [Binder],
    condition: Expression? = nil, outcomes: [Outcome]
  ) {
    self.title = title
    self.record = record
    self.priority = priority
    self.patterns = patterns
    self.condition = condition
    self.outcomes = outcomes
  }
}

/// `alert "channel conflict", high { when Lead a, Lead b where … because "…" }`.
public struct AlertDeclaration: Hashable, Sendable {
  /// How urgent an alert is.
  public enum Level: Hashable, Sendable, CaseIterable {
    case high, medium, low
  }
  public var title: TextLiteral
  public var level: Level?
  public var record: Name?
  public var patterns: [Binder]
  public var condition: Expression?
  public var because: Template?

  public init(
    title: TextLiteral, level: Level? = nil, record: Name? = nil, patterns: [Binder],
    condition: Expression? = nil, because: Template? = nil
  ) {
    self.title = title
    self.level = level
    self.record = record
    self.patterns = patterns
    self.condition = condition
    self.because = because
  }
}

/// `region east` in a `given` or an `insert`.
public struct FieldValue: Hashable, Sendable {
  public var field: Name
  public var value: Expression

  public init(field: Name, value: Expression) {
    self.field = field
    self.value = value
  }
}

// MARK: - Variants, measures, experiments

/// `param hardware_cap = 12% in 5%..20%`: a value that a sweep may vary.
public struct ParamDeclaration: Hashable, Sendable {
  public var name: LabeledName
  public var value: Expression
  public var range: RangeTree?

  public init(name: LabeledName, value: Expression, range: RangeTree? = nil) {
    self.name = name
    self.value = value
    self.range = range
  }
}

/// `measure "margin" = average of q.margin over Quote q, more is better, may fall by at most 0.5%`.
public struct MeasureDeclaration: Hashable, Sendable {
  /// `may fall by at most 0.5%`: when a comparison says no.
  public struct Limit: Hashable, Sendable {
    /// `may fall by` true, `may rise by` false.
    public var isFall: Bool
    public var atMost: Expression

    public init(isFall: Bool, atMost: Expression) {
      self.isFall = isFall
      self.atMost = atMost
    }
  }
  public var title: TextLiteral
  public var value: Expression
  public var moreIsBetter: Bool?
  public var limit: Limit?

  public init(
    title: TextLiteral, value: Expression, moreIsBetter: Bool? = nil, limit: Limit? = nil
  ) {
    self.title = title
    self.value = value
    self.moreIsBetter = moreIsBetter
    self.limit = limit
  }
}

/// `experiment "spring-2026" for Account { by id { "base" 50%, "tighter" 50% } looks 2026-04-15 }`.
public struct ExperimentDeclaration: Hashable, Sendable {
  /// `"tighter hardware" 50%`: a rule set and its share of the records.
  public struct Arm: Hashable, Sendable {
    public var variant: TextLiteral
    public var share: Expression

    public init(variant: TextLiteral, share: Expression) {
      self.variant = variant
      self.share = share
    }
  }
  public var title: TextLiteral
  public var record: Name
  public var by: Expression
  public var arms: [Arm]
  public var looks: [Expression]

  public init(title: TextLiteral, record: Name, by: Expression, arms: [Arm], looks: [Expression]) {
    self.title = title
    self.record = record
    self.by = by
    self.arms = arms
    self.looks = looks
  }
}

/// Names a block of the rules: `authorize discount`, `price Line`, `territories Account as plan26`.
public struct BlockReference: Hashable, Sendable {
  /// The kinds of block that have titled rules to point at.
  public enum Kind: Hashable, Sendable, CaseIterable {
    case territories, assign, price, authorizeSale, authorizeDiscount, match, decide, table
  }
  public var kind: Kind
  public var record: Name?
  public var name: Name?
  public var span: Span

  public init(kind: Kind, record: Name? = nil, name: Name? = nil, span: Span) {
    self.kind = kind
    self.record = record
    self.name = name
    self.span = span
  }
}

/// Names a whole declaration of the rules: `alert "idle lead"`, `define Quote.margin`, `price Line`.
public enum DeclarationReference: Hashable, Sendable {
  case block(BlockReference)
  case define(record: Name?, Name)
  case split(Name)
  case require(TextLiteral)
  case change(TextLiteral)
  case alert(TextLiteral)
}

/// `variant "tighter hardware" of "../base" { … }`.
public struct VariantDeclaration: Hashable, Sendable {
  /// One change of the base: `replace "a" in price Line { … }`, `remove "spring" in price Line`,
  /// `set cap = 12%`.
  public indirect enum Patch: Hashable, Sendable {
    /// The new rules stand in a declaration of the block's kind that has nothing else.
    case replace(TextLiteral, BlockReference, with: Declaration)
    case remove(TextLiteral, BlockReference)
    case add(Place?, BlockReference, Declaration)
    case move(TextLiteral, Place, BlockReference)
    case set(Name, Expression)
    /// The declaration that is called the same gives way.
    case replaceDeclaration(Declaration)
    case removeDeclaration(DeclarationReference, at: Span)
    case addDeclaration(Declaration)
  }
  /// Beside which rule of the block: `before "multi-buy"`, `after "multi-buy"`.
  public enum Place: Hashable, Sendable {
    case before(TextLiteral)
    case after(TextLiteral)
  }
  public var title: TextLiteral
  public var base: TextLiteral
  public var patches: [Patch]

  public init(title: TextLiteral, base: TextLiteral, patches: [Patch]) {
    self.title = title
    self.base = base
    self.patches = patches
  }
}

// MARK: - Tests

/// `test "colours and leads" as of 2026-06-30 { … }`.
public struct TestDeclaration: Hashable, Sendable {
  /// One line of a test; they run from the top down.
  public struct Step: Hashable, Sendable {
    public var kind: Kind
    public var span: Span

    public init(kind: Kind, span: Span) {
      self.kind = kind
      self.span = span
    }
  }
  /// `given Rep { … }`, `examples for Perf { … }`, `commit assign Lead "1"`, `set Rep "R1".capacity
  /// = 13`, `expect …`.
  public indirect enum Kind: Hashable, Sendable {
    case given(Name, [FieldValue])
    case examples(Examples)
    /// `commit assign Lead "1", "2"`, `commit price Line`; nil: everything.
    case commit(BlockReference?, [Expression])
    case set(Expression, to: Expression)
    case expect(Expectation)
    /// The rules, how bad the message is, its code, and what its words have to contain.
    case expectCheck(
      [Declaration], severity: Name, code: TextLiteral, because: [TextLiteral] = [])
  }
  public var title: TextLiteral
  public var asOf: Expression?
  public var steps: [Step]

  public init(title: TextLiteral, asOf: Expression? = nil, steps: [Step]) {
    self.title = title
    self.asOf = asOf
    self.steps = steps
  }
}

/// `examples for Perf { target | actual -> colour | because … }`.
public struct Examples: Hashable, Sendable {
  /// `100 | 49.99 -> red | any`: the fields of one record, and what is expected of it.
  public struct Row: Hashable, Sendable {
    /// nil is `any`: not looked at.
    public var inputs: [Expression?]
    public var results: [Expression?]
    public var span: Span

    public init(inputs: [Expression?], results: [Expression?], span: Span) {
      self.inputs = inputs
      self.results = results
      self.span = span
    }
  }
  public var record: Name
  public var inputs: [Name]
  public var results: [Expression]
  public var rows: [Row]

  public init(record: Name, inputs: [Name], results: [Expression], rows: [Row]) {
    self.record = record
    self.inputs = inputs
    self.results = results
    self.rows = rows
  }
}

/// A question of the REPL, then `is`.
public struct Expectation: Hashable, Sendable {
  public var question: Question
  public var asOf: Expression?
  /// `as Rep "R1"`, `as finance`.
  public var viewer: Expression?
  public var answer: Answer

  public init(
    question: Question, asOf: Expression? = nil, viewer: Expression? = nil, answer: Answer
  ) {
    self.question = question
    self.asOf = asOf
    self.viewer = viewer
    self.answer = answer
  }
}

/// What an `expect` asks, and `writ` on the command line too.
public indirect enum Question: Hashable, Sendable {
  /// A value, a predicate call, a decision's attribute.
  case value(Expression)
  /// `territories Account "A"`, `price Line "1"`, `authorize discount on Quote "q"`, `match Lead "l"`.
  case block(BlockReference, [Expression])
  case require(TextLiteral, Expression)
  case alert(TextLiteral, [Expression])
  case measure(TextLiteral)
}

/// What stands behind `is`: `is B`, `is approval by manager`, `is 72.00 { regular 120 }`.
public struct Answer: Hashable, Sendable {
  /// The words that stand where a value would.
  public enum Word: Hashable, Sendable, CaseIterable {
    case none, tied, undetermined, fault, hidden
    case permitted, refused, allowed, approval, forbidden
    case certain, suspected
    case failed, held, raised
  }
  /// The answer itself: one of the words, a value, or only its parts.
  public enum Value: Hashable, Sendable {
    case word(Word)
    case expression(Expression)
    /// `{ rep 500.00, helper 300.00 }` alone.
    case parts
  }
  /// `rep 500.00` or `regular 120`.
  public struct Part: Hashable, Sendable {
    public var name: Expression
    public var value: Expression

    public init(name: Expression, value: Expression) {
      self.name = name
      self.value = value
    }
  }
  public var value: Value
  public var parts: [Part]
  /// `approval by manager, finance`
  public var approvers: [Expression]
  /// `by "…"`
  public var by: TextLiteral?
  /// `over "…"`
  public var over: [TextLiteral]
  /// Part of the reason.
  public var because: TextLiteral?
  /// What a `undetermined` names, and whatever else is listed after it.
  public var span: Span

  public init(
    value: Value, parts: [Part], approvers: [Expression], by: TextLiteral? = nil,
    over: [TextLiteral], because: TextLiteral? = nil, span: Span
  ) {
    self.value = value
    self.parts = parts
    self.approvers = approvers
    self.by = by
    self.over = over
    self.because = because
    self.span = span
  }
}
