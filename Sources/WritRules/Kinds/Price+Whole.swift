import WritModel
import WritSyntax
import WritText

// `whole quote { … }` adds the lines up, applies its steps to the sum, and gives the change back to
// the lines in cents, by their running price. And floors that ask somebody about the whole.
extension Checker {
  mutating func lowerWhole(
    _ name: Name, _ steps: [PriceStep], in chain: inout PriceChain, at span: Span
  ) {
    guard let running = chain.running, let start = chain.start else { return }
    if chain.isWhole {
      report(.notInWhole(at: span))
      return
    }
    if !chain.isBelowTimes, chain.hasTimes {
      report(.wholeAboveTimes(at: span))
      return
    }
    guard case .field(let field)? = symbols.members[Int(chain.record.index)][name.text]?.meaning,
      case .record(let whole) = program.schema[field].type
    else {
      // A field whose type is not known has been reported.
      if case .field(let field)? = symbols.members[Int(chain.record.index)][name.text]?.meaning,
        program.schema[field].type == .unknown
      {
        return
      }
      report(.wholeOfNoRecord(name))
      return
    }
    let around = Around(line: chain.record, whole: whole, field: field, final: chain.final)
    chain.count += 1
    let title = "\(chain.title)/\(chain.count) whole"
    var inner = innerChain(of: chain, around, name, title: title)
    let before = sum(running, around, "\(title)/sum", at: span)
    inner.type = chain.type
    inner.running = before
    inner.start = running == start ? before : sum(start, around, "\(title)/start", at: span)
    for mark in chain.marks {
      let term = sum(mark.term, around, "\(title)/\(mark.name.name.text)", at: span)
      inner.marks.append((mark.name, term))
    }
    inner.hasChanged = chain.hasChanged
    setWords(of: &inner)
    for step in steps {
      switch step.kind {
      case .start, .startFirst: report(.notInWhole(at: step.span))
      default: lower(step, in: &inner)
      }
    }
    guard let after = inner.running else { return }
    giveBack(from: before, to: after, around, inner, in: &chain, at: span)
  }

  /// What a step of the whole needs to know of the line it stands in.
  private struct Around {
    var line: RecordID
    var whole: RecordID
    /// The line's field that names its whole.
    var field: FieldID
    /// Whether a line is out of it, over slot 0.
    var final: TermID?
  }

  private mutating func innerChain(
    of chain: PriceChain, _ around: Around, _ name: Name, title: String
  ) -> PriceChain {
    let this = slot(0, type: .record(around.whole))
    var scope = Scope(nextSlot: 1)
    let declared = program.schema[around.field].name
    for spelling in Set([declared.name, declared.label, name.text].compactMap { $0 }).sorted() {
      bind(Name(spelling, at: name.span), to: this, in: &scope)
    }
    scope.seesAssignments = chain.scope.seesAssignments
    // The lines of a whole have one date only if it is the whole's: read from here it must check.
    if let asOf = chain.asOfText { scope.asOf = check(asOf, expecting: .date, in: scope) }
    var inner = PriceChain(
      unit: chain.unit, record: around.whole, title: title, scope: scope, base: chain.base,
      asOfText: chain.asOfText, span: chain.span, hasTimes: false)
    inner.isWhole = true
    inner.wholeName = name.text
    inner.isBelowTimes = true
    return inner
  }

  /// The lines that take part: of the same whole, and not final. Slot 0 is the whole if it is
  /// given, else the line.
  private mutating func members(_ around: Around, of whole: TermID) -> TermID {
    let line = slot(1, type: .record(around.line))
    var conditions = [
      operation(.equal, [self.field(around.field, of: line), whole], type: .boolean)
    ]
    if let final = around.final, let attribute = attribute(of: final) {
      conditions.append(not(read(attribute, at: line)))
    }
    return all(conditions)
  }

  /// A price of the line, added up over the lines of the whole that take part.
  private mutating func sum(
    _ price: TermID, _ around: Around, _ name: String, at span: Span
  ) -> TermID {
    let ofLine =
      attribute(of: price)
      ?? attribute(
        Named("\(name) of line"), parameters: [.record(around.line)], term: price, at: span)
    let guardTerm = members(around, of: slot(0, type: .record(around.whole)))
    let line = slot(1, type: .record(around.line))
    let total = gather(
      Gather(
        fold: .sum, record: around.line, slot: 1, guardTerm: guardTerm,
        value: read(ofLine, at: line)),
      type: type(of: price))
    return attributeTerm(name, of: around.whole, total, at: span)
  }

  /// Splits the change over the lines, the largest remainder first, and goes on with the lines.
  private mutating func giveBack(
    from before: TermID, to after: TermID, _ around: Around, _ inner: PriceChain,
    in chain: inout PriceChain, at span: Span
  ) {
    guard let running = chain.running, let ofLine = attribute(of: running) else { return }
    let cent = amount(Decimal(mantissa: 1, scale: 2), like: chain.type)
    let exact = operation(.subtract, [after, before], type: chain.type)
    let cents = operation(.round(.halfUp), [exact, cent], type: chain.type)
    let change = attribute(
      Named("\(inner.title)/change"), parameters: [.record(around.whole)], term: cents, at: span)
    let this = slot(0, type: .record(around.line))
    let other = slot(1, type: .record(around.line))
    let whole = self.field(around.field, of: this)
    let mine = read(change, at: whole)
    let share = gather(
      Gather(
        fold: .apportion(amount: mine, quantum: cent, weight: read(ofLine, at: other)),
        record: around.line, slot: 1, guardTerm: members(around, of: whole), value: this,
        keys: keyFields(of: around.line, at: other)),
      type: chain.type)
    let isNothing = operation(.equal, [mine, zero(like: running)], type: .boolean)
    let moved = operation(.add, [running, share], type: chain.type)
    var price = ifElse(isNothing, running, moved)
    if let final = around.final { price = ifElse(final, running, price) }
    chain.steps += inner.steps
    chain.rules += inner.rules
    chain.asks += inner.asks
    chain.rounds = chain.rounds || inner.rounds
    chain.hasParts = chain.hasParts || inner.hasParts
    chain.hasChanged = true
    chain.unclamped = nil
    for stop in inner.stops {
      let ofWhole = attribute(
        Named("\(inner.title)/stop"), parameters: [.record(around.whole)], term: stop.condition,
        at: span)
      chain.stops.append((stop.rule, read(ofWhole, at: whole)))
    }
    chain.count -= 1
    let name = program.schema[around.field].name
    advance(
      &chain, to: price, kind: .whole,
      title: "\(word("whole", zh: "整单", at: span)) \(inner.wholeName)",
      words: Phrase("whole \(name.name)", zh: "整单 \(name.label ?? name.name)"), at: span)
    if let final = inner.final, let attribute = attribute(of: final) {
      note(final: certain(read(attribute, at: whole)), in: &chain, at: span)
    }
  }

  // MARK: Floors that ask

  /// `floor … ask ROLE`: who is asked stands in the approval of the whole, or of the record itself.
  mutating func lowerAsk(
    _ rule: RuleID, _ isBelow: TermID, _ who: Constant, in chain: inout PriceChain, at span: Span
  ) {
    let subjects = discountRecords()
    if !subjects.contains(chain.record), !chain.isWhole {
      for field in program.schema[chain.record].fields {
        guard program.schema[field].partAs != nil,
          case .record(let whole) = program.schema[field].type, subjects.contains(whole)
        else { continue }
        let line = slot(1, type: .record(chain.record))
        let ofLine = attribute(
          Named("\(chain.title)/asks"), parameters: [.record(chain.record)],
          term: conceivable(isBelow), at: span)
        let same = operation(
          .equal, [self.field(field, of: line), slot(0, type: .record(whole))], type: .boolean)
        let some = gather(
          Gather(
            fold: .some, record: chain.record, slot: 1,
            guardTerm: all([same, read(ofLine, at: line)])),
          type: .boolean)
        note(ask: rule, isBelow, some, who, of: whole, in: &chain)
        return
      }
    }
    guard subjects.contains(chain.record) else {
      if hasUnknownAuthority { return }
      report(.askWithoutAuthority(at: span))
      return
    }
    note(ask: rule, isBelow, conceivable(isBelow), who, of: chain.record, in: &chain)
  }

  private mutating func note(
    ask rule: RuleID, _ isBelow: TermID, _ term: TermID, _ who: Constant, of record: RecordID,
    in chain: inout PriceChain
  ) {
    chain.asks.append((rule, isBelow, who))
    kinds.asks[record, default: []].append(KindNotes.Ask(rule: rule, term: term, who: who))
  }

  /// Whether a block authorizes for a record that is not known, which has been reported.
  private var hasUnknownAuthority: Bool {
    units.contains { unit in
      guard case .authorizeDiscount(let declaration) = unit.declaration.kind else { return false }
      return record(quietly: declaration.record) == nil
    }
  }

  /// The records whose discounts somebody authorizes.
  private func discountRecords() -> Set<RecordID> {
    var records: Set<RecordID> = []
    for unit in units {
      guard case .authorizeDiscount(let declaration) = unit.declaration.kind else { continue }
      if let record = record(quietly: declaration.record) { records.insert(record) }
    }
    return records
  }
}
