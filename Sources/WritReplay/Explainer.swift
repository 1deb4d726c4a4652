public import WritModel
public import WritNetwork
public import WritRules
public import WritText

/// Makes explanations: evaluates the program's own terms in a record's frame and says what it saw.
///
/// Nothing is recorded while deciding, so deciding costs nothing when nobody asks; what is told here
/// is what the same terms give again.
public struct Explainer {
  public let memory: Memory
  public private(set) var wording: Wording
  public let redaction: Redaction
  /// An assignment is told as if the record were the next one, not in its turn of a run over all.
  public var asksAlone = false
  let program: Program
  /// What the slots are called inside a table or a function, where no record is in view.
  private var slotNames: [Named] = []
  /// The term that names the winner of each choose.
  private let winners: [ChooseID: TermID]
  /// The term that gives the record a gather picks.
  private let picks: [GatherID: TermID]

  public init(memory: Memory, language: Language, viewer: Viewer? = nil) {
    self.memory = memory
    program = memory.network.program
    wording = Wording(program: program, language: language)
    redaction = Redaction(program: program, viewer: viewer)
    var winners: [ChooseID: TermID] = [:]
    var picks: [GatherID: TermID] = [:]
    for (index, term) in program.terms.enumerated() {
      if case .winner(let choose) = term { winners[choose] = TermID(index) }
      if case .gather(let gather) = term { picks[gather] = TermID(index) }
    }
    self.winners = winners
    self.picks = picks
  }

  typealias Fact = Explanation.Fact

  /// The term that names the winner of a choose, if the rules have one.
  func winnerTerm(of choose: ChooseID) -> TermID? { winners[choose] }

  /// The same answers, told in another language.
  func telling(in language: Language) -> Explainer {
    var other = self
    other.wording = Wording(program: program, language: language)
    return other
  }

  func say(_ english: String, zh chinese: String) -> String {
    wording.language == .english ? english : chinese
  }

  /// Why a record was assigned as it was in a run over all records: told in the state that the
  /// assignments before it left, which is seldom the state of the end. Where it `asksAlone`, there
  /// are none before it.
  public func whyInRun(_ decision: DecisionID, _ record: Value) -> Explanation {
    inRun(decision, record).explanation
  }

  /// The same with the explainer of that state.
  func inRun(
    _ decision: DecisionID, _ record: Value
  ) -> (explainer: Explainer, explanation: Explanation) {
    guard case .assign(let plan) = program[decision].kind else {
      return (self, why(decision, [record], today: memory.today))
    }
    let alone = asksAlone ? [Int(record.bits)] : nil
    let results = memory.assign(decision, rows: alone, commit: false)
    guard let place = results.firstIndex(where: { Int64($0.row) == record.bits }) else {
      return (self, why(decision, [record], today: memory.today))
    }
    let earlier = Memory(memory.network, facts: memory.facts, today: memory.today)
    earlier.state = memory.state
    let rows = results[..<place].map(\.row)
    if !rows.isEmpty { earlier.assign(decision, rows: rows, commit: true) }
    if let sets = plan.sets {
      // The block reads the state of the start of the run; only counters have moved.
      for row in rows { earlier.set(sets, row: row, to: memory.facts.value(sets, row: row)) }
    }
    let viewer = redaction.viewer
    var told = Explainer(memory: earlier, language: wording.language, viewer: viewer)
    told.asksAlone = asksAlone
    var explanation = told.why(decision, [record], today: memory.today)
    if !explanation.isHidden { explanation.facts += results[place].moves.map(told.moveFact) }
    return (told, explanation)
  }

  /// `在跟 3 → 4`: what the win moved.
  private func moveFact(_ move: Assignment.Move) -> Fact {
    let before = wording.text(move.before, .number, in: memory.facts)
    let after = wording.text(move.after, .number, in: memory.facts)
    let name: String
    switch program.counters[Int(move.counter.index)].kind {
    case .load(let field): name = wording.text(program.schema[field].name)
    case .turns(let pool, _, _): name = wording.quoted(pool)
    }
    return Fact(
      .counter, say("counted: \(name) \(before) → \(after)", zh: "计入：\(name) \(before) → \(after)"),
      data: [
        ("counter", .text(name)), ("before", wording.json(move.before, .number, in: memory.facts)),
        ("after", wording.json(move.after, .number, in: memory.facts)),
      ])
  }

  /// Why a decision came out as it did for these arguments.
  public func why(_ decision: DecisionID, _ arguments: [Value], today: Int32) -> Explanation {
    let plan = program[decision]
    let held = arguments.first.flatMap { subject in
      subject.tag == .record ? memory.held(decision, row: Int(subject.bits)) : nil
    }
    let answer = held ?? memory.value(of: plan.answer, arguments, today: today)
    let frame = Frame(slots: arguments, today: today)
    let isHidden =
      redaction.hides(plan.answer, arguments, today: today, in: memory)
      || held != nil && hidesHeld(plan, arguments, today)
    let type = program[plan.answer].type
    let facts =
      isHidden
      ? [Fact(.note, say("you may not see this", zh: "你无权查看这一项"))]
      : story(of: plan, answer: answer, in: frame)
    var explanation = Explanation(
      headline: headline(
        plan, arguments, isHidden ? Redaction.mark : words(answer, type, in: frame)),
      decision: plan.title, date: wording.date(Int64(today)), rules: program.hash,
      answer: isHidden ? .text(Redaction.mark) : wording.json(answer, type, in: memory.facts),
      facts: facts)
    explanation.isHidden = isHidden
    return explanation
  }

  /// Whether the field that an `assign` sets may not be seen.
  private func hidesHeld(_ plan: Decision, _ arguments: [Value], _ today: Int32) -> Bool {
    guard case .assign(let assign) = plan.kind, let field = assign.sets,
      let subject = arguments.first
    else { return false }
    return redaction.hides(field, of: subject, today: today, in: memory)
  }

  private func headline(_ plan: Decision, _ arguments: [Value], _ answer: String) -> String {
    var subject = arguments.map { value in
      guard value.tag == .record else { return wording.text(value, .unknown, in: memory.facts) }
      return name(ofRecord: value)
    }.joined(separator: ", ")
    // What is meant by `Lead L-1 → 李雷` is plain, unless the block has a name of its own.
    let isPlain: Bool
    switch plan.kind {
    case .assign: isPlain = plan.name.name == "assignee"
    case .price: isPlain = plan.name.name == "price"
    default: isPlain = false
    }
    if !isPlain {
      let name = wording.text(plan.name)
      subject = plan.parameters.count == 1 ? "\(subject) · \(name)" : "\(name)(\(subject))"
    }
    return subject + " → " + answer
  }

  /// `Lead L-1042 星河机械`
  func name(ofRecord value: Value) -> String {
    let type = program.schema[RecordID(Int(value.aux))]
    let key = wording.key(of: value, in: memory.facts)
    let called = wording.record(value, in: memory.facts)
    return wording.text(type.name) + " " + (called == key ? key : "\(key) \(called)")
  }

  /// An answer in words, with the reason where there is none.
  func words(_ value: Value, _ type: ValueType, in frame: Frame? = nil) -> String {
    let text = wording.text(value, type, in: memory.facts)
    let why = frame.flatMap { stated(value, in: $0) } ?? wording.why(value)
    if value.isKnown || why.isEmpty { return text }
    return value.tag == .missing
      ? say("missing: \(why)", zh: "空缺：\(why)") : say("\(text): \(why)", zh: "\(text)：\(why)")
  }

  /// The words of `missing because "…"`, where the frame is the one they were written for.
  func stated(_ value: Value, in frame: Frame) -> String? {
    guard !value.isKnown, value.cause.kind == .stated, value.cause.site > 0,
      program.terms.indices.contains(value.cause.site)
    else { return nil }
    let term = TermID(value.cause.site)
    guard program.type(of: term) == .text else { return nil }
    if case .operation(.text, let pieces) = program[term], !pieces.allSatisfy({ fits($0, frame) }) {
      return nil
    }
    let text = memory.value(of: term, in: frame)
    return text.isKnown ? wording.text(text, .text, in: memory.facts) : nil
  }

  /// Whether the slots that a term reads hold records of the types that it was written for.
  private func fits(_ term: TermID, _ frame: Frame, depth: Int = 0) -> Bool {
    guard depth < 50 else { return false }
    switch program[term] {
    case .constant, .today: return true
    case .slot(let slot):
      guard frame.slots.indices.contains(Int(slot)) else { return false }
      guard case .record(let record) = program.type(of: term) else { return true }
      let value = frame.slots[Int(slot)]
      return value.tag == .record && value.aux == record.index
    case .field(_, let of), .counter(_, let of): return fits(of, frame, depth: depth + 1)
    case .attribute(_, let arguments, _), .operation(_, let arguments):
      return arguments.allSatisfy { fits($0, frame, depth: depth + 1) }
    case .winner(let choose), .payload(let choose, _, _), .collect(let choose, _, _):
      return program[choose].alternatives.first.map {
        fits($0.guardTerm, frame, depth: depth + 1)
      } ?? true
    // Binders inside have slots of their own, behind those of the frame.
    case .gather, .follow: return true
    }
  }

  private func story(of plan: Decision, answer: Value, in frame: Frame) -> [Fact] {
    switch plan.kind {
    case .define: return opened(program[plan.answer].term, in: frame, depth: 3)
    case .table(let choose):
      var inner = self
      inner.slotNames = isFunction(plan.answer) ? program[plan.answer].parameterNames : []
      return inner.told(choose, in: frame)
    case .decide(let choose): return stopped(answer, in: frame) + told(choose, in: frame)
    case .territories(let territories):
      return stopped(answer, in: frame) + territoryFacts(territories, in: frame)
    case .assign(let assign): return assignFacts(assign, answer: answer, in: frame)
    case .price(let price): return stopped(answer, in: frame) + priceFacts(price, in: frame)
    case .sale(let sale): return saleFacts(sale, answer: answer, in: frame)
    case .discount(let discount):
      return stopped(answer, in: frame)
        + discountFacts(discount, answer: answer, plan.answer, in: frame)
    case .match(let match): return matchFacts(match, in: frame)
    case .split(let parts): return parts.map { partFact($0, in: frame) }
    case .require(let require): return requireFacts(require, in: frame)
    }
  }

  /// The rule that stopped a decision, with its conditions and what is missing.
  func stopped(_ answer: Value, in frame: Frame) -> [Fact] {
    guard answer.tag == .none || answer.tag == .undetermined, answer.cause.kind == .stopped,
      program.rules.indices.contains(answer.cause.site)
    else { return [] }
    let id = RuleID(answer.cause.site)
    let title = wording.quoted(program[id])
    var facts = program[id].conditions.map { conditionFact($0, in: frame, depth: 1) }
    for decision in program.decisions {
      if case .require(let plan) = decision.kind, plan.rule == id {
        facts = requireFacts(plan, in: frame)
      }
    }
    return [
      Fact(
        .reason, say("stopped by \(title)", zh: "被 \(title) 拦下"), at: program[id].span,
        data: [("rule", .text(program[id].title))], facts: facts)
    ]
  }

  // MARK: - Values

  /// A term's value as the viewer may see it.
  func shown(_ term: TermID, in frame: Frame) -> String {
    if redaction.hides(term, in: frame, memory) { return Redaction.mark }
    return words(memory.value(of: term, in: frame), program.type(of: term), in: frame)
  }

  func truth(_ term: TermID, in frame: Frame, depth: Int = 0) -> Truth {
    // Conditions one by one, as they are told: what is asked of one record is not worth putting
    // together. A no decides before a fault, in any order.
    if case .operation(.and, let conditions) = program[term], depth < 50 {
      var all = Truth.yes
      for condition in conditions {
        switch truth(condition, in: frame, depth: depth + 1) {
        case .no: return .no
        case .fault: all = .fault
        case .unknown: if all == .yes { all = .unknown }
        case .yes: break
        }
      }
      return all
    }
    let value = memory.value(of: term, in: frame)
    if value.tag == .boolean { return value.bits == 1 ? .yes : .no }
    return value.isFault ? .fault : .unknown
  }

  /// What a term is called where it is a path of fields, a derived value or a function.
  func pathName(_ term: TermID, depth: Int = 0) -> String? {
    guard depth < 20 else { return nil }
    switch program[term] {
    case .slot(let slot):
      if slotNames.indices.contains(Int(slot)) { return wording.text(slotNames[Int(slot)]) }
      if slot == 0 { return "" }
      guard case .record(let record) = program.type(of: term) else { return nil }
      return wording.text(program.schema[record].name)
    case .today: return say("today", zh: "今天")
    case .field(let field, let of):
      guard let owner = pathName(of, depth: depth + 1) else { return nil }
      let name = wording.text(program.schema[field].name)
      return owner.isEmpty ? name : owner + "." + name
    case .attribute(let id, let arguments, _):
      let attribute = program[id]
      if attribute.isInternal { return nil }
      let name = shortName(attribute)
      guard let first = arguments.first else { return name }
      if arguments.count == 1, case .record = attribute.parameters[0] {
        guard let owner = pathName(first, depth: depth + 1) else { return nil }
        return owner.isEmpty ? name : owner + "." + name
      }
      let inner = arguments.map { pathName($0, depth: depth + 1) ?? "…" }
      return
        "\(name)(\(inner.map { $0.isEmpty ? say("this", zh: "本条") : $0 }.joined(separator: ", ")))"
    case .counter(let id, let of):
      guard case .load(let field) = program.counters[Int(id.index)].kind,
        let owner = pathName(of, depth: depth + 1)
      else { return nil }
      let name = wording.text(program.schema[field].name)
      return owner.isEmpty ? name : owner + "." + name
    case .constant, .operation, .winner, .payload, .collect, .gather, .follow: return nil
    }
  }

  private func shortName(_ attribute: Attribute) -> String {
    if wording.language == .chinese, let label = attribute.name.label { return label }
    return attribute.name.name.split(separator: ".").last.map(String.init) ?? attribute.name.name
  }

  /// The fields and derived values that a term reads directly, in order, each once.
  func operands(of term: TermID) -> [TermID] {
    var found: [TermID] = []
    collectOperands(term, into: &found, depth: 0)
    return found
  }

  private func collectOperands(_ term: TermID, into found: inout [TermID], depth: Int) {
    guard depth < 60, found.count < 12 else { return }
    switch program[term] {
    case .slot(let slot):
      if slotNames.indices.contains(Int(slot)), !found.contains(term) { found.append(term) }
    case .constant, .today, .winner, .gather: return
    case .counter:
      if pathName(term) != nil, !found.contains(term) { found.append(term) }
    case .follow(let id): collectOperands(program[id].start, into: &found, depth: depth + 1)
    case .field, .attribute:
      if pathName(term) != nil {
        if !found.contains(term) { found.append(term) }
        return
      }
      if case .field(_, let of) = program[term] {
        collectOperands(of, into: &found, depth: depth + 1)
      } else if case .attribute(_, let arguments, _) = program[term] {
        for argument in arguments { collectOperands(argument, into: &found, depth: depth + 1) }
      }
    case .operation(_, let arguments):
      for argument in arguments { collectOperands(argument, into: &found, depth: depth + 1) }
    case .payload(_, _, let winner): collectOperands(winner, into: &found, depth: depth + 1)
    case .collect(let choose, _, _):
      for alternative in program[choose].alternatives {
        collectOperands(alternative.guardTerm, into: &found, depth: depth + 1)
      }
    }
  }

  /// `open 3`: an operand with its value, and what a derived one is made of.
  func valueFact(_ term: TermID, called known: String? = nil, in frame: Frame, depth: Int) -> Fact {
    let name = known ?? pathName(term) ?? ""
    let isHidden = redaction.hides(term, in: frame, memory)
    let value = memory.value(of: term, in: frame)
    let type = program.type(of: term)
    let words = isHidden ? Redaction.mark : self.words(value, type, in: frame)
    var parts: [Fact] = []
    if !isHidden, depth > 0, case .attribute(let id, let arguments, let asOf) = program[term] {
      let values = arguments.map { memory.value(of: $0, in: frame) }
      let date = asOf.map { memory.value(of: $0, in: frame) }
      let today = date.flatMap { $0.tag == .date ? Int32(truncatingIfNeeded: $0.bits) : nil }
      var inner = self
      inner.slotNames = isFunction(id) ? program[id].parameterNames : []
      parts = inner.opened(
        program[id].term, in: Frame(slots: values, today: today ?? frame.today), depth: depth - 1)
    }
    return Fact(
      .value, name.isEmpty ? words : "\(name) \(words)",
      data: [
        ("name", .text(name)),
        ("value", isHidden ? .text(words) : wording.json(value, type, in: memory.facts)),
      ], facts: parts)
  }

  /// Whether an attribute is a table or a function of plain values, which have names but no record.
  private func isFunction(_ id: AttributeID) -> Bool {
    if program[id].parameterNames.isEmpty { return false }
    if program[id].parameters.count > 1 { return true }
    if case .record? = program[id].parameters.first { return false }
    return true
  }

  /// What a derived value is made of: the rows of a card, the arm of a case, the values it reads.
  func opened(_ term: TermID, in frame: Frame, depth: Int) -> [Fact] {
    guard depth >= 0 else { return [] }
    switch firstChoice(in: term) {
    case .card(let choose, let column): return cardFacts(choose, column: column, in: frame)
    case .winner(let choose): return told(choose, in: frame, depth: depth)
    case nil: return parts(of: term, in: frame, depth: depth)
    }
  }

  /// The values that a term reads, and the records that it looks over.
  func parts(of term: TermID, in frame: Frame, depth: Int) -> [Fact] {
    var gatherings: [Gathering] = []
    for gathering in self.gatherings(in: term) where !gatherings.contains(gathering) {
      gatherings.append(gathering)
    }
    return operands(of: term).filter { $0 != term }.map {
      valueFact($0, in: frame, depth: depth - 1)
    }
      + gatherings.flatMap { gatheredFacts($0, in: frame) }
  }

  enum Choice {
    case card(ChooseID, column: Int32)
    case winner(ChooseID)
  }

  /// The choose that a term is about, through what only hands its value on.
  func firstChoice(in term: TermID, depth: Int = 0) -> Choice? {
    guard depth < 30 else { return nil }
    switch program[term] {
    case .collect(let choose, let column, .sum): return .card(choose, column: column)
    case .collect(let choose, _, _), .winner(let choose), .payload(let choose, _, _):
      return .winner(choose)
    case .operation(.noneIfMissing, let arguments),
      .operation(.undeterminedIfMissing, let arguments),
      .operation(.orElse, let arguments), .operation(.stoppedBy, let arguments):
      return arguments.lazy.compactMap { firstChoice(in: $0, depth: depth + 1) }.first
    case .constant, .slot, .today, .field, .attribute, .operation, .gather, .follow, .counter:
      return nil
    }
  }

  /// `40 employees 900 ≥ 500`: each row of a scorecard that counted, then those that could not be
  /// checked.
  private func cardFacts(_ id: ChooseID, column: Int32, in frame: Frame) -> [Fact] {
    let choose = program[id]
    var counted: [Fact] = []
    var blanks: [Fact] = []
    for alternative in choose.alternatives {
      let title = wording.title(program[alternative.rule])
      let payload = alternative.payload[Int(column)]
      switch truth(alternative.guardTerm, in: frame) {
      case .no: continue
      case .yes:
        let value = memory.value(of: payload, in: frame)
        if value.isKnown {
          counted.append(Fact(.value, shown(payload, in: frame) + " " + title))
        } else {
          blanks.append(blankFact(title, wording.why(value)))
        }
      case .unknown, .fault:
        let value = memory.value(of: alternative.guardTerm, in: frame)
        blanks.append(blankFact(title, wording.why(value)))
      }
    }
    return counted + blanks
  }

  private func blankFact(_ title: String, _ why: String) -> Fact {
    Fact(.unknown, say("not counted: \(title) (\(why))", zh: "未计：\(title)（\(why)）"))
  }

  // MARK: - Chooses

  /// The term of the record that a gather picks.
  func pickTerm(_ gather: GatherID) -> TermID { picks[gather] ?? TermID(0) }

  /// The alternative that won, nil when none did or the answer is no single rule.
  func winner(of choose: ChooseID, in frame: Frame) -> Value? {
    winners[choose].map { memory.value(of: $0, in: frame) }
  }

  /// Which rule decided and why, what stood before it, what held beside it.
  func told(_ id: ChooseID, in frame: Frame, depth: Int = 2) -> [Fact] {
    let choose = program[id]
    // Of thousands of rules most are surely false, which the index tells of all at once.
    let standing: [Standing] =
      (memory.candidates(of: id, in: frame)
      ?? Array(choose.alternatives.indices)).compactMap { place in
        let truth = truth(choose.alternatives[place].guardTerm, in: frame)
        return truth == .no ? nil : Standing(place: place, truth: truth)
      }
    let holding = standing.lazy.filter { $0.truth == .yes }.map(\.place)
    var winning = Set<RuleID>()
    if let value = winner(of: id, in: frame) {
      if value.tag == .rule { winning = [RuleID(Int(value.bits))] }
      if value.tag == .list {
        winning = Set(memory.facts.lists.items(of: value).map { RuleID(Int($0.bits)) })
      }
    } else if let first = holding.first {
      winning = [choose.alternatives[first].rule]
    } else if let otherwise = choose.otherwise {
      winning = [otherwise.rule]
    }
    var facts: [Fact] = []
    var told = Set<RuleID>()
    let places = Self.places(of: winning, in: choose)
    for place in places where told.insert(choose.alternatives[place].rule).inserted {
      facts.append(decidedFact(choose.alternatives[place].rule, in: frame, depth: depth))
    }
    if let otherwise = choose.otherwise, winning.contains(otherwise.rule) {
      facts.append(decidedFact(otherwise.rule, in: frame, depth: depth))
    }
    let last = places.last
    let isOrdered = choose.policy == .first
    facts +=
      isOrdered
      ? before(choose, standing, upTo: last ?? choose.alternatives.count, places, in: frame)
      : open(choose, standing, places, in: frame)
    if isOrdered, let last {
      for index in holding where index > last {
        let rule = program[choose.alternatives[index].rule]
        let title = wording.quoted(rule)
        facts.append(
          Fact(
            .beaten, say("\(title) held too, but comes later", zh: "\(title) 也成立，但排在后面"),
            at: rule.span, data: [("rule", .text(rule.title))]))
      }
    }
    return facts
  }

  /// Where the rules stand among the alternatives of a choose, rising. There may be a hundred
  /// thousand of these.
  private static func places(of rules: Set<RuleID>, in choose: Choose) -> [Int] {
    guard let one = rules.first else { return [] }
    return choose.alternatives.withUnsafeBufferPointer { alternatives in
      var places: [Int] = []
      for place in alternatives.indices {
        let rule = alternatives[place].rule
        if rule == one || rules.count > 1 && rules.contains(rule) { places.append(place) }
      }
      return places
    }
  }

  /// An alternative of a choose that is not surely false.
  private struct Standing {
    var place: Int
    var truth: Truth
  }

  /// `by "hot manufacturing leads"` with its conditions.
  func decidedFact(_ id: RuleID, in frame: Frame, depth: Int = 2) -> Fact {
    let rule = program[id]
    let title = wording.quoted(rule)
    // Who was in a pool is told by itself.
    var facts = rule.conditions.filter { $0.role != .pool }
      .map { conditionFact($0, in: frame, depth: depth) }
    if let because = rule.because, fits(because, frame) {
      facts.append(Fact(.because, shown(because, in: frame)))
    }
    return Fact(
      .decided, say("by \(title)", zh: "依据 \(title)"), at: rule.span,
      data: [("rule", .text(rule.title))], facts: facts)
  }

  /// A condition with the values it compares: `score 100 ≥ 80`, with what makes up the score beside
  /// it; any other as it is written, with the values it reads.
  func conditionFact(_ condition: Rule.Condition, in frame: Frame, depth: Int) -> Fact {
    // A rule of another record (a line's floor that a quote's approval tells): as written.
    guard fits(condition.term, frame) else { return Fact(.condition, told(condition)) }
    if let fact = comparisonFact(condition, in: frame, depth: depth) { return fact }
    if let fact = flagFact(condition, in: frame, depth: depth) { return fact }
    let parts = self.parts(of: condition.term, in: frame, depth: depth)
    switch truth(condition.term, in: frame) {
    case .yes:
      return Fact(
        .condition, told(condition), data: [("holds", .boolean(true))], facts: parts)
    case .no:
      let text =
        switch condition.role {
        case .pool: say("nobody is left to take", zh: "候选中已无人可选")
        case .with: say("there is no \(told(condition))", zh: "没有 \(told(condition))")
        default: say("\(told(condition)) does not hold", zh: "\(told(condition)) 不成立")
        }
      return Fact(.failed, text, data: [("holds", .boolean(false))], facts: parts)
    case .unknown, .fault:
      let why = wording.why(memory.value(of: condition.term, in: frame))
      return Fact(
        .unknown,
        say("\(told(condition)) cannot be checked: \(why)", zh: "\(told(condition)) 无法判断：\(why)"),
        data: [("holds", .null)], facts: parts)
    }
  }

  /// A condition that is a yes or no of the record: `on_leave no`, with what it is made of.
  private func flagFact(_ condition: Rule.Condition, in frame: Frame, depth: Int) -> Fact? {
    guard condition.role == .when || condition.role == .cell || condition.role == .inherited,
      let name = pathName(condition.term), !name.isEmpty
    else { return nil }
    let holds = truth(condition.term, in: frame)
    guard holds == .yes || holds == .no else { return nil }
    let fact = valueFact(condition.term, called: name, in: frame, depth: depth - 1)
    let data: [(String, JSONText)] = [
      ("holds", .boolean(holds == .yes)), ("condition", .text(condition.text)),
    ]
    return Fact(
      holds == .yes ? .condition : .failed, fact.text, data: data + fact.data, facts: fact.facts)
  }

  /// A condition that compares one field or derived value with a constant.
  private func comparisonFact(
    _ condition: Rule.Condition, in frame: Frame, depth: Int
  ) -> Fact? {
    guard condition.role == .when || condition.role == .cell || condition.role == .inherited,
      case .operation(let operation, let arguments) = program[condition.term],
      arguments.count == 2, let sign = sign(operation), case .constant = program[arguments[1]],
      let name = pathName(arguments[0]), !name.isEmpty
    else { return nil }
    let holds = truth(condition.term, in: frame)
    guard holds == .yes || holds == .no else { return nil }
    let left = valueFact(arguments[0], called: name, in: frame, depth: depth - 1)
    let right = shown(arguments[1], in: frame)
    let isSame = operation == .equal && holds == .yes
    let text = isSame ? "\(name) = \(right)" : "\(left.text) \(sign) \(right)"
    return Fact(
      holds == .yes ? .condition : .failed,
      holds == .yes ? text : say("not \(text)", zh: "不满足 \(text)"),
      data: [("holds", .boolean(holds == .yes)), ("condition", .text(condition.text))] + left.data,
      facts: left.facts)
  }

  private func sign(_ operation: Operation) -> String? {
    switch operation {
    case .equal: "="
    case .notEqual: "≠"
    case .less: "<"
    case .lessOrEqual: "≤"
    case .greater: ">"
    case .greaterOrEqual: "≥"
    default: nil
    }
  }

  /// A condition as written, with the word that says which way it works.
  private func told(_ condition: Rule.Condition) -> String {
    switch condition.role {
    case .unless:
      say("unless \(condition.text.onOneLine)", zh: "除外：\(condition.text.onOneLine)")
    case .effective: say("effective \(condition.text)", zh: "有效期 \(condition.text)")
    case .pool: say("somebody is left to take", zh: "候选中还有人")
    case .when, .cell, .inherited, .with: own(condition.text.onOneLine)
    }
  }

  /// The text of a floor begins with a word of writ and not of the author.
  private func own(_ text: String) -> String {
    for word in ["floor ", "底价 "] where text.hasPrefix(word) {
      return say("floor ", zh: "底价 ") + text.dropFirst(word.count)
    }
    return text
  }

  /// So many rules that did not decide are told, the others counted.
  private static let mostBefore = 6

  /// Rules that came first and did not hold; the first failed condition of each.
  private func before(
    _ choose: Choose, _ standing: [Standing], upTo end: Int, _ winning: [Int], in frame: Frame
  ) -> [Fact] {
    var facts: [Fact] = []
    var standing = standing[...]
    var place = 0
    while place < end, facts.count < Self.mostBefore {
      var truth = Truth.no
      if let next = standing.first, next.place == place {
        truth = next.truth
        standing.removeFirst()
      }
      if truth != .yes, !winning.contains(place) {
        facts.append(failedRule(choose.alternatives[place].rule, truth, in: frame))
      }
      place += 1
    }
    // Those behind that hold or won did not fail.
    let rest = place..<max(place, end)
    var isOut = Set(winning.filter(rest.contains))
    for next in standing where next.truth == .yes && rest.contains(next.place) {
      isOut.insert(next.place)
    }
    return facts + more(rest.count - isOut.count)
  }

  /// Rules that could have decided beside those that did, and cannot be checked. Rows of a long table
  /// that surely do not hold say nothing.
  private func open(
    _ choose: Choose, _ standing: [Standing], _ winning: [Int], in frame: Frame
  ) -> [Fact] {
    let places = Set(winning)
    let open = standing.filter { $0.truth != .yes && !places.contains($0.place) }
    return open.prefix(Self.mostBefore).map {
      failedRule(choose.alternatives[$0.place].rule, $0.truth, in: frame)
    } + more(open.count - Self.mostBefore)
  }

  private func more(_ count: Int) -> [Fact] {
    count > 0 ? [Fact(.note, say("and \(count) more before it", zh: "前面还有 \(count) 条"))] : []
  }

  /// `"existing customer" did not hold: phone = …`
  func failedRule(_ id: RuleID, _ truth: Truth, in frame: Frame) -> Fact {
    let rule = program[id]
    let title = wording.quoted(rule)
    let failing = rule.conditions.first { self.truth($0.term, in: frame) != .yes }
    let text =
      truth == .no
      ? say("before it: \(title) did not hold", zh: "在它之前：\(title) 不成立")
      : say("before it: \(title) could not be checked", zh: "在它之前：\(title) 无法判断")
    let parts = failing.map { [conditionFact($0, in: frame, depth: 0)] } ?? []
    return Fact(.before, text, data: [("rule", .text(rule.title))], facts: parts)
  }
}

extension String {
  /// The text with line breaks and indentation as single spaces.
  var onOneLine: String {
    // Most texts stand on one line already.
    isPlainLine ? self : split { $0 == " " || $0.isNewline }.joined(separator: " ")
  }

  /// Whether there is surely nothing to leave out: no line break of any script, no blank beside
  /// another or at an end.
  private var isPlainLine: Bool {
    var last = UInt8(ascii: " ")
    for byte in utf8 {
      if byte == UInt8(ascii: " "), last == byte { return false }
      // Line breaks beyond ASCII begin with one of these two.
      if byte < 0x20 || byte == 0xC2 || byte == 0xE2 { return false }
      last = byte
    }
    return last != UInt8(ascii: " ") || isEmpty
  }
}

extension Attribute {
  /// Steps and other helpers of a block, which nobody wrote by name.
  var isInternal: Bool { name.name.contains("/") || name.name.contains(" ") }
}
