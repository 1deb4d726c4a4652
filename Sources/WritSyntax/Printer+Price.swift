import WritText

/// Prices.
extension Printer {
  mutating func price(_ block: PriceDeclaration, at span: Span) {
    write(word(.price) + " ")
    name(block.record)
    if let alias = block.alias {
      write(" " + word(.blockName) + " ")
      name(alias)
    }
    switch block.base {
    case .running: write(", " + word(.onRunning))
    case .start: write(", " + word(.onStart))
    case nil: break
    }
    if let asOf = block.asOf {
      write(", " + word(.asOf) + " ")
      expression(asOf)
    }
    steps(block.steps, at: span)
  }

  mutating func steps(_ steps: [PriceStep], at span: Span) {
    let outer = isPriceBody
    isPriceBody = true
    body(closing: span) { printer in
      for step in steps { printer.step(step) }
    }
    isPriceBody = outer
  }

  mutating func step(_ step: PriceStep) {
    switch step.kind {
    case .start(let value):
      newLine(word(.start) + " ", at: step.span)
      expression(value)
    case .startFirst(let sources):
      newLine(word(.start) + " " + word(.firstOf), at: step.span)
      body(closing: step.span) { $0.sources(sources) }
    case .mark(let name):
      newLine(word(.mark) + " ", at: step.span)
      labeled(name)
    case .times(let value):
      newLine(word(.timesStep) + " ", at: step.span)
      expression(value)
    case .offer(let offer): self.offer(offer)
    case .group(let title, let guards, let policy, let offers, let isFinal):
      group(title, guards, policy, offers, isFinal: isFinal, at: step.span)
    case .whole(let name, let inner):
      newLine(word(.whole) + " ", at: step.span)
      self.name(name)
      // One short step needs no lines of its own. What has steps inside is not short, and trying it
      // at every level would take twice as long for each.
      if inner.count == 1, let only = inner.first, !only.hasBody {
        let text = Printer.print(only, in: language)
        let line = (lines.last?.text ?? "") + " { " + text + " }"
        if !text.contains("{"), indent + displayWidth(line) <= 72 {
          lines[lines.count - 1].text = line
          return
        }
      }
      steps(inner, at: step.span)
    case .floor(let value, let action):
      newLine(word(.floor) + " ", at: step.span)
      expression(value)
      switch action {
      case .raise: write(" " + word(.raise))
      case .forbid: write(" " + word(.forbid))
      case .ask(let rung):
        write(" " + word(.ask) + " ")
        expression(rung)
      }
    case .round(let name, let quantum):
      newLine(word(keyword(of: name)) + " ", at: step.span)
      expression(quantum)
    }
  }

  private func keyword(of rounding: RoundingName) -> Keyword {
    switch rounding {
    case .halfUp: .roundHalfUp
    case .halfEven: .roundHalfEven
    case .halfDown: .roundHalfDown
    case .up: .roundUp
    case .down: .roundDown
    case .ceiling: .roundCeiling
    case .floor: .roundFloor
    }
  }

  private mutating func sources(_ sources: [PriceStep.Source]) {
    let width = column(of: sources.map { ($0.title, $0.guards) })
    for source in sources {
      var outcome = text(source.value)
      if source.isFinal { outcome += " " + word(.final) }
      titled(source.title, source.guards, [outcome], width: width, at: source.span)
    }
  }

  /// Where what stands behind neighbouring titles begins: under each other, if no guard stands
  /// between, so that the values of a list read down.
  private func column(of items: [(title: TextLiteral?, guards: Guards)]) -> Int {
    guard items.count > 1, items.allSatisfy({ $0.title != nil && !hasGuards($0.guards) }) else {
      return 0
    }
    let widths = items.map { displayWidth(quoted($0.title?.text ?? "")) + 1 }
    let widest = widths.max() ?? 0
    return widest - (widths.min() ?? 0) <= 12 ? widest : 0
  }

  /// A rule whose outcome is led to by `:` where guards stand before it.
  private mutating func titled(
    _ title: TextLiteral?, _ guards: Guards, _ outcome: [String], width: Int = 0, at span: Span
  ) {
    var clauses: [String] = []
    if let when = guards.when { clauses.append(word(.when) + " " + text(when)) }
    if let unless = guards.unless { clauses.append(word(.unless) + " " + text(unless)) }
    if let range = guards.effective {
      clauses.append(word(.effective) + " " + inline { $0.range(range) })
    }
    if let priority = guards.priority { clauses.append(word(.priority) + " " + text(priority)) }
    if let with = guards.with {
      clauses.append(word(.with) + " " + inline { $0.selection(with) })
    }
    var outcome = outcome
    if !clauses.isEmpty, let first = outcome.first {
      outcome[0] = ": " + first
    }
    let guardLine = clauses.joined(separator: " ")
    let head = title.map { padded(quoted($0.text) + ":", to: width) } ?? ""
    if let because = guards.because {
      append(word(.because) + " " + inline { $0.template(because) }, to: &outcome)
    }
    let isOneLine = indent + displayWidth(head) + 1 + displayWidth(guardLine) <= Printer.width
    self.clauses(head, (isOneLine && !clauses.isEmpty ? [guardLine] : clauses) + outcome, at: span)
  }

  private mutating func offer(_ offer: Offer, width: Int = 0) {
    let final = offer.isFinal ? " " + word(.final) : ""
    switch offer.effect {
    case .adjustments(let list):
      let line = inline { printer in printer.list(list) { $0.adjustment($1) } }
      titled(offer.title, offer.guards, [line + final], width: width, at: offer.span)
    case .tier(let measure, let steps):
      tiers(.tier, measure, steps, offer, final)
    case .slab(let measure, let steps):
      tiers(.slab, measure, steps, offer, final)
    }
  }

  private mutating func tiers(
    _ keyword: Keyword, _ measure: Expression, _ steps: [TierStep], _ offer: Offer, _ final: String
  ) {
    let head = word(keyword) + " " + word(.by) + " " + text(measure)
    let lines = steps.map { step in inline { $0.tierStep(step) } }
    let body = head + " { " + lines.joined(separator: "   ") + " }" + final
    let lead =
      hasGuards(offer.guards) ? 4 : offer.title.map { displayWidth(quoted($0.text)) + 2 } ?? 0
    if indent + lead + displayWidth(body) <= Printer.width {
      return titled(offer.title, offer.guards, [body], at: offer.span)
    }
    var guards = offer.guards
    guards.because = nil
    titled(offer.title, guards, [head], at: offer.span)
    self.body(closing: offer.span) { printer in
      for (step, line) in zip(steps, lines) { printer.newLine(line, at: step.span) }
    }
    write(final)
    if let because = offer.guards.because {
      write(" " + word(.because) + " " + inline { $0.template(because) })
    }
  }

  private func hasGuards(_ guards: Guards) -> Bool { guards != Guards() }

  private mutating func tierStep(_ step: TierStep) {
    write(word(step.isOver ? .tierOver : .tierFrom) + " ")
    expression(step.bound)
    // In Chinese the sentence runs on: 满 5000 减 200.
    let runsOn = language == .chinese && startsWithWord(step.adjustments.first)
    write(runsOn ? " " : " : ")
    list(step.adjustments) { $0.adjustment($1) }
  }

  private func startsWithWord(_ adjustment: Adjustment?) -> Bool {
    switch adjustment?.kind {
    case .off, .extra: adjustment?.base == nil && adjustment?.forEvery == nil
    default: false
    }
  }

  private mutating func group(
    _ title: TextLiteral, _ guards: Guards, _ policy: PriceStep.GroupPolicy, _ offers: [Offer],
    isFinal: Bool, at span: Span
  ) {
    guard let keyword = Parser.groupPolicies.first(where: { $0.policy == policy })?.keyword
    else { return }
    var lead = guards
    lead.because = nil
    titled(title, lead, [word(keyword)], at: span)
    body(closing: span) { printer in
      let width = printer.column(of: offers.map { ($0.title, $0.guards) })
      for offer in offers { printer.offer(offer, width: width) }
    }
    if isFinal { write(" " + word(.final)) }
    if let because = guards.because {
      write(" " + word(.because) + " " + inline { $0.template(because) })
    }
  }

  mutating func adjustment(_ adjustment: Adjustment) {
    switch adjustment.kind {
    case .round(let name, let quantum):
      write(word(keyword(of: name)) + " ")
      return expression(quantum)
    case .fixed(let value):
      write(word(.fixed) + " ")
      return expression(value)
    case .off, .extra, .pay: break
    }
    if language == .english { return englishAdjustment(adjustment) }
    if let base = adjustment.base {
      write(word(.baseOf) + " ")
      expression(base)
      write(" ")
    }
    if let every = adjustment.forEvery {
      expression(every.of)
      write(" " + word(.forEvery) + " ")
      expression(every.every)
      write(" ")
    }
    switch adjustment.kind {
    case .off(let amount):
      write(word(.off) + " ")
      expression(amount)
    case .extra(let amount):
      write(word(.extra) + " ")
      expression(amount)
    case .pay(let zhe): expression(zhe)
    case .fixed, .round: break
    }
    if let most = adjustment.forEvery?.atMost {
      write(" " + word(.atMost) + " ")
      expression(most)
      write(" " + word(.timesUnit))
    }
  }

  private mutating func englishAdjustment(_ adjustment: Adjustment) {
    switch adjustment.kind {
    case .off(let amount):
      expression(amount)
      write(" " + word(.off))
    case .extra(let amount):
      expression(amount)
      write(" " + word(.extra))
    case .pay(let zhe): expression(zhe)
    case .fixed, .round: break
    }
    if let base = adjustment.base {
      write(" " + word(.baseOf) + " ")
      expression(base)
    }
    if let every = adjustment.forEvery {
      write(" " + word(.forEvery) + " ")
      expression(every.every)
      write(" " + word(.baseOf) + " ")
      expression(every.of)
      if let most = every.atMost {
        write(" " + word(.atMost) + " ")
        expression(most)
        write(" " + word(.timesUnit))
      }
    }
  }
}

extension PriceStep {
  /// Whether it has braces of its own.
  fileprivate var hasBody: Bool {
    switch kind {
    case .whole, .group, .startFirst: true
    case .start, .mark, .times, .offer, .floor, .round: false
    }
  }
}
