import WritText

/// Blocks of titled rules. Guards have one canonical order; the tree does not know the author's.
extension Printer {
  /// The guards before an outcome, each a clause of its own.
  private func clauses(_ guards: Guards, because: Bool = false) -> [String] {
    var clauses: [String] = []
    if let when = guards.when { clauses.append(word(.when) + " " + text(when)) }
    if let unless = guards.unless { clauses.append(word(.unless) + " " + text(unless)) }
    if let range = guards.effective {
      clauses.append(word(.effective) + " " + inline { $0.range(range) })
    }
    if let priority = guards.priority {
      clauses.append(word(.priority) + " " + text(priority))
    }
    if let with = guards.with {
      clauses.append(word(.with) + " " + inline { $0.selection(with) })
    }
    if because, let clause = self.because(guards) { clauses.append(clause) }
    return clauses
  }

  private func because(_ guards: Guards) -> String? {
    guards.because.map { template in
      word(.because) + " " + inline { $0.template(template) }
    }
  }

  /// Clauses on the line of the title if they fit, else each on a line of its own; `breaks` says
  /// that a part of them stands on its own lines anyway.
  mutating func clauses(
    _ title: String, _ clauses: [String], breaks: Bool = false, at span: Span
  ) {
    let line = ([title] + clauses).filter { !$0.isEmpty }.joined(separator: " ")
    if clauses.count <= 1 || !breaks && indent + displayWidth(line) <= Printer.width {
      return newLine(line, at: span)
    }
    newLine(title.isEmpty ? clauses[0] : title + " " + clauses[0], at: span)
    indent += 2
    for clause in clauses.dropFirst() { newLine(clause) }
    indent -= 2
  }

  private func title(_ title: TextLiteral) -> String { quoted(title.text) + ":" }

  /// Guards, then what they lead to; `:` between them where there are guards.
  private mutating func ruled(
    _ title: String, _ guards: Guards, outcome: [String], at span: Span, colon: Bool = true
  ) {
    let clauses = clauses(guards)
    var outcome = outcome
    if colon, !clauses.isEmpty, let first = outcome.first { outcome[0] = ": " + first }
    if let because = because(guards) { append(because, to: &outcome) }
    self.clauses(title, clauses + outcome, at: span)
  }

  /// Puts a reason behind an outcome: on its line where both fit.
  func append(_ because: String, to outcome: inout [String]) {
    if let last = outcome.last,
      indent + 2 + displayWidth(last) + 1 + displayWidth(because) <= Printer.width
    {
      outcome[outcome.count - 1] = last + " " + because
    } else {
      outcome.append(because)
    }
  }

  // MARK: - Decide

  mutating func decide(_ block: DecideDeclaration, at span: Span) {
    write(word(.decide) + " ")
    labeled(block.name)
    write(" " + word(.for) + " ")
    name(block.record)
    write(" -> ")
    type(block.result)
    if let policy = block.policy {
      write(", " + keywords(of: policy).map(word).joined(separator: " "))
    }
    decideBody(block, at: span)
  }

  mutating func decideBody(_ block: DecideDeclaration, at span: Span) {
    body(closing: span) { printer in
      for rule in block.rules {
        printer.ruled(
          printer.title(rule.title), rule.guards, outcome: [printer.text(rule.outcome)],
          at: rule.span)
      }
      if let otherwise = block.otherwise {
        printer.newLine(
          printer.word(.otherwise) + " " + printer.text(otherwise), at: otherwise.span)
      }
    }
  }

  // MARK: - Territories

  private mutating func blockName(_ alias: Name?) {
    guard let alias else { return }
    write(" " + word(.blockName) + " ")
    name(alias)
  }

  mutating func territories(_ block: TerritoriesDeclaration, at span: Span) {
    write(word(.territories) + " " + word(.for) + " ")
    name(block.record)
    write(" " + word(.to) + " ")
    name(block.owner)
    blockName(block.alias)
    if let policy = block.policy,
      let keyword = Parser.territoryPolicies.first(where: { $0.policy == policy })?.keyword
    {
      write(", " + word(keyword))
    }
    territoryBody(block, at: span)
  }

  mutating func territoryBody(_ block: TerritoriesDeclaration, at span: Span) {
    body(closing: span) { printer in
      for rule in block.rules { printer.territoryRule(rule) }
      if let otherwise = block.otherwise {
        let outcomes = otherwise.map { printer.outcome($0) }.joined(separator: " ")
        printer.newLine(
          printer.word(.otherwise) + " " + outcomes,
          at: otherwise.first.flatMap { printer.anchor($0) })
      }
    }
  }

  private mutating func territoryRule(_ rule: TerritoriesDeclaration.Rule) {
    let guards = clauses(rule.guards, because: true)
    let outcomes = rule.outcomes.map { outcome($0) }
    let line = ([title(rule.title)] + guards + outcomes).joined(separator: " ")
    // Who owns it stands under the condition, so that the owners of a block read down.
    if outcomes.isEmpty || guards.isEmpty, outcomes.count <= 1,
      indent + displayWidth(line) <= Printer.width
    {
      newLine(line, at: rule.span)
    } else {
      clauses(title(rule.title), guards, at: rule.span)
      indent += 2
      for (outcome, text) in zip(rule.outcomes, outcomes) { newLine(text, at: anchor(outcome)) }
      indent -= 2
    }
    guard !rule.children.isEmpty else { return }
    body(closing: rule.span) { printer in
      for child in rule.children { printer.territoryRule(child) }
    }
  }

  private func anchor(_ outcome: TerritoriesDeclaration.Outcome) -> Span? {
    switch outcome {
    case .owner(let owner): owner.span
    case .queue(let queue): queue.span
    case .splitCredit(let parts): parts.first?.span
    case .access(let list): list.first?.party.span
    }
  }

  private func outcome(_ outcome: TerritoriesDeclaration.Outcome) -> String {
    inline { printer in
      switch outcome {
      case .owner(let owner):
        printer.write(printer.word(.owner) + " ")
        printer.expression(owner)
      case .queue(let queue):
        printer.write(printer.word(.queue) + " ")
        printer.name(queue)
      case .splitCredit(let parts):
        printer.write(.splitCredit)
        printer.inlineParts(parts)
      case .access(let list):
        printer.write(printer.word(.access) + " { ")
        printer.list(list) { printer, access in
          printer.expression(access.party)
          printer.write(" ")
          printer.name(access.right)
        }
        printer.write(" }")
      }
    }
  }

  private mutating func inlineParts(_ parts: [SplitPart]) {
    write(" { ")
    list(parts) { $0.part($1) }
    write(" }")
  }

  private mutating func part(_ part: SplitPart) {
    if part.isExtra { write(word(.extraPart) + " ") }
    expression(part.target)
    write(" ")
    expression(part.share)
  }

  // MARK: - Assign

  mutating func assign(_ block: AssignDeclaration, at span: Span) {
    write(word(.assign) + " ")
    name(block.record)
    write(" " + word(.to) + " ")
    binder(block.candidate)
    blockName(block.alias)
    if let sets = block.sets {
      write(", " + word(.sets) + " ")
      name(sets)
    }
    if let counts = block.counts {
      write(", " + word(.counts) + " ")
      expression(counts)
    }
    if !block.order.isEmpty {
      write(", " + word(.inOrderOf) + " ")
      selectionKeys(block.order)
    }
    assignBody(block, at: span)
  }

  mutating func assignBody(_ block: AssignDeclaration, at span: Span) {
    body(closing: span) { printer in
      for skip in block.skips {
        printer.newLine(printer.word(.skip) + " ", at: skip.span)
        printer.name(skip.binder)
        printer.write(" " + printer.word(.where) + " ")
        printer.expression(skip.condition)
        if let because = skip.because {
          printer.write(" " + printer.word(.because) + " ")
          printer.template(because)
        }
      }
      for rule in block.rules {
        printer.assignRule(rule)
      }
      if let otherwise = block.otherwise {
        let outcome = printer.outcome(otherwise).joined(separator: " ")
        printer.newLine(printer.word(.otherwise) + " " + outcome, at: printer.anchor(otherwise))
      }
    }
  }

  /// The condition beside the title, who gets it below, how he is chosen below that.
  private mutating func assignRule(_ rule: AssignDeclaration.Rule) {
    let guards = clauses(rule.guards)
    var outcome = self.outcome(rule.outcome)
    let because = self.because(rule.guards)
    if let because, outcome.count == 1 {
      append(because, to: &outcome)
    } else if let because {
      outcome.append(because)
    }
    let breaks = !guards.isEmpty || outcome.count > 1
    // Several guards that fit stand on one line: only the outcome goes below.
    let head = guards.joined(separator: " ")
    let title = title(rule.title)
    let isOneLine = indent + displayWidth(title) + 1 + displayWidth(head) <= Printer.width
    let hasWith = rule.guards.with != nil
    if hasWith {
      newLine(title, at: rule.span)
      indent += 2
      for clause in guards + outcome { newLine(clause) }
      indent -= 2
      return
    }
    let first = isOneLine && !head.isEmpty ? [head] : guards
    clauses(title, first + outcome, breaks: breaks, at: rule.span)
  }

  private func anchor(_ outcome: AssignDeclaration.Outcome) -> Span {
    switch outcome {
    case .among(let selection): selection.over.span
    case .to(let target): target.span
    case .queue(let queue): queue.span
    }
  }

  private func outcome(_ outcome: AssignDeclaration.Outcome) -> [String] {
    switch outcome {
    case .among(let selection):
      let over = word(.among) + " " + inline { $0.gathering(selection.over) }
      guard !selection.by.isEmpty else { return [over] }
      return [over, word(.by) + " " + inline { $0.selectionKeys(selection.by) }]
    case .to(let target): return [word(.to) + " " + text(target)]
    case .queue(let queue): return [word(.queue) + " " + Printer.spelled(queue.text)]
    }
  }

  // MARK: - Authorize

  mutating func sale(_ block: SaleDeclaration, at span: Span) {
    write(word(.authorize) + " ")
    if language == .english {
      write(word(.sale) + " ")
      binder(block.product)
      write(" " + word(.to) + " ")
      binder(block.account)
      write(" " + word(.by) + " ")
      binder(block.seller)
    } else {
      binder(block.seller)
      write(" " + word(.toward) + " ")
      binder(block.account)
      write(" " + word(.sale) + " ")
      binder(block.product)
    }
    blockName(block.alias)
    saleBody(block, at: span)
  }

  mutating func saleBody(_ block: SaleDeclaration, at span: Span) {
    body(closing: span) { printer in
      for rule in block.rules {
        printer.clauses(
          printer.title(rule.title),
          [printer.word(rule.isPermit ? .permit : .forbid)]
            + printer.clauses(rule.guards, because: true), at: rule.span)
      }
    }
  }

  mutating func discount(_ block: DiscountDeclaration, at span: Span) {
    write(word(.authorize) + " ")
    discountSubject(attribute: block.attribute, record: block.record)
    write(" " + word(.by) + " ")
    name(block.ladder)
    blockName(block.alias)
    if let isMore = block.moreIsWorse { write(", " + word(isMore ? .moreIsWorse : .lessIsWorse)) }
    if let asker = block.askedBy {
      write(", " + word(.askedBy) + " ")
      expression(asker)
    }
    discountBody(block, at: span)
  }

  /// `discount on Quote`, `Quote 的 discount`
  mutating func discountSubject(attribute: Name, record: Name?) {
    guard let record else { return name(attribute) }
    if language == .english {
      name(attribute)
      write(" " + word(.discountOn) + " ")
      name(record)
    } else {
      name(record)
      write(" " + word(.possessive) + " ")
      name(attribute)
    }
  }

  mutating func discountBody(_ block: DiscountDeclaration, at span: Span) {
    body(closing: span) { printer in
      for rule in block.rules {
        let head = rule.title.map { printer.title($0) } ?? ""
        switch rule.effect {
        case .limit, .insteadLimit:
          printer.ruled(
            head, rule.guards, outcome: [printer.effect(rule.effect)], at: rule.span)
        case .atLeast, .also, .forbid:
          printer.clauses(
            head, [printer.effect(rule.effect)] + printer.clauses(rule.guards, because: true),
            at: rule.span)
        }
      }
      if let first = block.voidOn.first {
        printer.newLine(printer.word(.voidOn) + " ", at: first.span)
        printer.list(block.voidOn) { $0.expression($1) }
      }
    }
  }

  private func effect(_ effect: DiscountDeclaration.Effect) -> String {
    inline { printer in
      func limits(_ limits: [DiscountDeclaration.Limit]) {
        printer.list(limits) { printer, limit in
          printer.name(limit.rung)
          printer.write(" ")
          if let value = limit.value {
            printer.expression(value)
          } else {
            printer.write(.any)
          }
        }
      }
      switch effect {
      case .limit(let list):
        printer.write(printer.word(.limit) + " ")
        limits(list)
      case .insteadLimit(let list):
        printer.write(printer.word(.insteadLimit) + " ")
        limits(list)
      case .atLeast(let rung):
        printer.write(printer.word(.atLeast) + " ")
        printer.expression(rung)
      case .also(let parties):
        printer.write(printer.word(.also) + " ")
        printer.list(parties) { $0.expression($1) }
      case .forbid: printer.write(.forbid)
      }
    }
  }

  // MARK: - Match, split, require

  mutating func match(_ block: MatchDeclaration, at span: Span) {
    write(word(.match) + " ")
    binder(block.left)
    write(" " + word(.matchWith) + " ")
    binder(block.right)
    blockName(block.alias)
    if let condition = block.condition {
      write(" " + word(.where) + " ")
      expression(condition)
    }
    matchBody(block, at: span)
  }

  mutating func matchBody(_ block: MatchDeclaration, at span: Span) {
    body(closing: span) { printer in
      for rule in block.rules {
        printer.clauses(
          printer.title(rule.title),
          [printer.word(rule.isCertain ? .certain : .suspected)]
            + printer.clauses(rule.guards, because: true), at: rule.span)
      }
    }
  }

  mutating func split(_ block: SplitDeclaration, at span: Span) {
    write(word(.split) + " ")
    labeled(block.name)
    write(" " + word(.splitOf) + " ")
    if let record = block.record {
      name(record)
      write(".")
    }
    expression(block.amount)
    func quantum(_ printer: inout Printer) {
      guard let quantum = block.quantum else { return }
      printer.write(" " + printer.word(.splitTo) + " ")
      printer.expression(quantum)
    }
    switch block.body {
    case .over(let binder, let weight):
      write(" " + word(.splitOver) + " ")
      self.binder(binder)
      write(" " + word(.by) + " ")
      expression(weight)
      quantum(&self)
    case .parts(let parts):
      quantum(&self)
      let line = inline { $0.inlineParts(parts) }
      if displayWidth((lines.last?.text ?? "") + line) <= Printer.width { return write(line) }
      body(closing: span) { printer in
        for part in parts {
          printer.newLine("", at: part.span)
          printer.part(part)
        }
      }
    }
  }

  mutating func require(_ block: RequireDeclaration) {
    write(word(.require) + " " + quoted(block.title.text) + " " + word(.for) + " ")
    name(block.record)
    if let by = block.togetherBy {
      write(", " + word(.togetherBy) + " ")
      expression(by)
    }
    if let stops = block.stops {
      write(", " + word(.stops) + " ")
      name(stops)
    }
    write(":")
    let outcome =
      switch block.body {
      case .condition(let condition): text(condition)
      case .known(let paths):
        word(.known) + " " + inline { printer in printer.list(paths) { $0.expression($1) } }
      }
    let guards = clauses(block.guards)
    let because = self.because(block.guards).map { [$0] } ?? []
    let lead = guards.isEmpty ? outcome : ": " + outcome
    let head = indent + displayWidth(lines.last?.text ?? "") + 1
    let line = (guards + [lead] + because).joined(separator: " ")
    if head + displayWidth(line) <= Printer.width { return write(" " + line) }
    // What is asked stays beside the title if it can; only a word or `:` may begin a line.
    let first = guards.isEmpty ? outcome : guards.joined(separator: " ")
    let stays = guards.isEmpty || head + displayWidth(first) <= Printer.width
    if stays { write(" " + first) }
    indent += 2
    if !stays { newLine(first) }
    if !guards.isEmpty { newLine(lead) }
    for clause in because { newLine(clause) }
    indent -= 2
  }
}
