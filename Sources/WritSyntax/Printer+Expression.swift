import WritText

/// Expressions. Brackets the author wrote are in the tree; more are added only where the order of
/// words would change the meaning.
extension Printer {
  /// How tightly an expression binds; the parser's methods from the loosest.
  private enum Level: Int {
    case disjunction = 1
    case conjunction, negation, comparison, range, orElse, sum, product, unary, postfix
  }

  mutating func expression(_ expression: Expression) {
    self.expression(expression, above: .disjunction, isLast: true)
  }

  /// `isLast`: nothing follows that an open-ended construct would swallow.
  private mutating func expression(_ expression: Expression, above level: Level, isLast: Bool) {
    let needsBrackets =
      self.level(of: expression).rawValue < level.rawValue || (!isLast && isOpen(expression))
    if needsBrackets { write("(") }
    bare(expression, isLast: isLast || needsBrackets)
    if needsBrackets { write(")") }
  }

  private func level(of expression: Expression) -> Level {
    switch expression.kind {
    case .binary(let op, _, _):
      switch op {
      case .or: .disjunction
      case .and: .conjunction
      case .orElse: .orElse
      case .add, .subtract: .sum
      case .multiply, .divide: .product
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isIn, .isNotIn,
        .within, .notWithin:
        .comparison
      }
    case .not: .negation
    case .presence, .inLast: .comparison
    case .range: .range
    case .negate: .unary
    case .name, .this, .today, .member, .call, .reference, .queue, .literal, .yes, .no, .missing,
      .set, .grouped, .caseOf, .points, .fold, .quantifier, .pick, .follow, .broken:
      .postfix
    }
  }

  /// Whether the construct runs on to the end of the expression.
  private func isOpen(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .fold: language == .english
    case .quantifier, .pick, .follow: true
    case .range(let range): range.upper == nil
    default: false
    }
  }

  private mutating func bare(_ expression: Expression, isLast: Bool) {
    switch expression.kind {
    case .name(let name): blockName(name)
    case .this: write(.this)
    case .today: write(.today)
    case .member(let owner, let name):
      var needsBrackets = false
      if case .literal = owner.kind { needsBrackets = true }
      if needsBrackets { write("(") }
      self.expression(owner, above: .postfix, isLast: needsBrackets)
      if needsBrackets { write(")") }
      write(".")
      self.name(name)
    case .call(let function, let arguments):
      write(functionName(function))
      write("(")
      list(arguments) { $0.expression($1) }
      write(")")
    case .reference(let type, let keys):
      name(type)
      for key in keys { write(" " + quoted(key.text)) }
    case .queue(let queue):
      write(word(.queue) + " ")
      name(queue)
    case .literal(let literal): self.literal(literal)
    case .yes: write(.yes)
    case .no: write(.noValue)
    case .missing(let because):
      write(.missing)
      if let because {
        write(" " + word(.because) + " ")
        template(because)
      }
    case .set(let items):
      write("{")
      list(items) { $0.expression($1, above: .range, isLast: true) }
      write("}")
    case .range(let range): self.range(range)
    case .negate(let inner):
      write("-")
      self.expression(inner, above: .unary, isLast: isLast)
    case .not(let inner):
      write(word(.not) + " ")
      self.expression(inner, above: .negation, isLast: isLast)
    case .binary(let op, let left, let right): binary(op, left, right, isLast: isLast)
    case .presence(let inner, let isKnown, let isNegated):
      self.expression(inner, above: .range, isLast: false)
      write(" " + word(isNegated ? .isNot : .is) + " " + word(isKnown ? .known : .missing))
    case .inLast(let inner, let duration):
      self.expression(inner, above: .range, isLast: false)
      if language == .english {
        write(" in last ")
        write(self.duration(duration))
      } else {
        write(" " + word(.isIn) + " " + word(.inLast) + self.duration(duration))
        write(" " + word(.lastEnd))
      }
    case .grouped(let inner):
      write("(")
      self.expression(inner)
      write(")")
    case .caseOf(let arms, let otherwise): caseOf(arms, otherwise, at: expression.span)
    case .points(let rows): points(rows, at: expression.span)
    case .fold(let fold): self.fold(fold)
    case .quantifier(let quantifier, let gathering):
      let keyword: Keyword
      switch quantifier {
      case .some: keyword = .some
      case .no: keyword = .no
      case .every: keyword = .every
      }
      write(word(keyword) + " ")
      self.gathering(gathering)
    case .pick(let gathering, let keys):
      write(word(.pick) + " ")
      self.gathering(gathering)
      write(" " + word(.by) + " ")
      selectionKeys(keys)
    case .follow(let field, let condition):
      write(word(.follow) + " ")
      name(field)
      write(" " + word(.whileHolds) + " ")
      self.expression(condition)
    case .broken: write("…")
    }
  }

  private mutating func binary(
    _ op: BinaryOperator, _ left: Expression, _ right: Expression, isLast: Bool
  ) {
    let symbol: String
    var above: (left: Level, right: Level) = (.range, .range)
    switch op {
    case .or:
      symbol = word(.or)
      above = (isOperator(left, .or) ? .disjunction : .negation, .negation)
    case .and:
      symbol = word(.and)
      above = (isOperator(left, .and) ? .conjunction : .negation, .negation)
    case .orElse:
      symbol = word(.orElse)
      above = (.orElse, .sum)
    case .add:
      symbol = "+"
      above = (.sum, .product)
    case .subtract:
      symbol = "-"
      above = (.sum, .product)
    case .multiply:
      symbol = "*"
      above = (.product, .unary)
    case .divide:
      symbol = "/"
      above = (.product, .unary)
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      symbol = relation(op)
    case .isIn: symbol = word(.isIn)
    case .isNotIn: symbol = word(.not) + " " + word(.isIn)
    case .within: symbol = word(.within)
    case .notWithin: symbol = word(.not) + " " + word(.within)
    }
    expression(left, above: above.left, isLast: false)
    write(" " + symbol + " ")
    expression(right, above: above.right, isLast: isLast)
  }

  private func isOperator(_ expression: Expression, _ wanted: BinaryOperator) -> Bool {
    if case .binary(let op, _, _) = expression.kind { return op == wanted }
    return false
  }

  func relation(_ op: BinaryOperator) -> String {
    switch op {
    case .equal: "="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    default: ""
    }
  }

  mutating func range(_ range: RangeTree) {
    if let lower = range.lower { expression(lower, above: .orElse, isLast: false) }
    let op =
      switch (range.includesLower, range.includesUpper) {
      case (true, true): ".."
      case (true, false): "..<"
      case (false, true): "<.."
      case (false, false): "<..<"
      }
    write(op)
    if let upper = range.upper { expression(upper, above: .orElse, isLast: false) }
  }

  mutating func list<T>(_ items: [T], _ item: (inout Printer, T) -> Void) {
    for (index, next) in items.enumerated() {
      if index > 0 { write(", ") }
      item(&self, next)
    }
  }

  // MARK: - Names and literals

  mutating func name(_ name: Name) { write(Printer.spelled(name.text)) }

  /// In a price, the words of the block follow the language.
  private mutating func blockName(_ name: Name) {
    if isPriceBody, name.text == Keyword.running.english { return write(.running) }
    if isPriceBody, name.text == Keyword.start.english { return write(.start) }
    self.name(name)
  }

  private func functionName(_ name: Name) -> String {
    guard language == .chinese, let function = Keywords.function(named: name.text) else {
      return Printer.spelled(name.text)
    }
    return function.chinese
  }

  /// A name as a rule file must write it: in back-ticks unless it lexes as one word that is not
  /// reserved.
  public static func spelled(_ name: String) -> String {
    let bytes = Array(name.utf8)
    let lexer = Lexer(bytes: bytes, id: SourceID(0))
    let isPlain =
      lexer.tokens.count == 2 && lexer.tokens[0].kind == .word
      && lexer.tokens[0].start == 0 && Int(lexer.tokens[0].end) == bytes.count
      && !Words.shared.isReserved[Int(lexer.tokens[0].word)]
    return isPlain ? name : "`\(name)`"
  }

  /// A text in quotes; curly ones where it holds straight ones.
  func quoted(_ text: String) -> String { text.utf8.contains(0x22) ? "“\(text)”" : "\"\(text)\"" }

  mutating func template(_ template: Template) {
    var content = ""
    for piece in template.pieces {
      switch piece {
      case .text(let text):
        for character in text {
          content.append(character)
          if character == "{" || character == "}" { content.append(character) }
        }
      case .expression(let expression): content += "{" + text(expression) + "}"
      }
    }
    write(quoted(content))
  }

  private mutating func literal(_ literal: Literal) {
    switch literal {
    case .number(let digits, let spelling): write(plain(spelling, or: digits))
    case .percent(let digits, let spelling): write(plain(spelling, or: digits + "%"))
    case .zhe(let digits): write(digits + "折")
    case .money(let currency, let digits, let spelling):
      if let currency { write(currency.text + " ") }
      write(plain(spelling, or: currency == nil ? "¥" + digits : digits))
    case .date(let days, let spelling): write(plain(spelling, or: String(days)))
    case .time(_, _, let spelling): write(spelling)
    case .duration(let duration): write(self.duration(duration))
    case .text(let text): write(quoted(text))
    }
  }

  /// The author's spelling, unless it has full-width signs.
  private func plain(_ spelling: String, or digits: String) -> String {
    let isPlain =
      !spelling.isEmpty
      && spelling.unicodeScalars.allSatisfy { !(0xFF00...0xFFEF).contains($0.value) }
    return isPlain ? spelling : digits
  }

  func duration(_ duration: Duration) -> String {
    let keyword: Keyword
    switch duration.unit {
    case .days: keyword = .days
    case .weeks: keyword = .weeks
    case .months: keyword = .months
    case .years: keyword = .years
    case .hours: keyword = .hours
    case .minutes: keyword = .minutes
    }
    if language == .chinese { return "\(duration.count)\(keyword.chinese)" }
    let unit = duration.count == 1 ? String(keyword.english.dropLast()) : keyword.english
    return "\(duration.count) \(unit)"
  }

  // MARK: - Several records

  mutating func binder(_ binder: Binder) {
    name(binder.type)
    if let alias = binder.name {
      write(" ")
      name(alias)
    }
  }

  mutating func gathering(_ gathering: Gathering) {
    binder(gathering.binder)
    if let source = gathering.source {
      write(" " + word(.isIn) + " ")
      expression(source, above: .postfix, isLast: true)
    }
    if let condition = gathering.condition {
      write(" " + word(.where) + " ")
      expression(condition)
    }
  }

  private mutating func fold(_ fold: FoldTree) {
    let kind: Keyword
    switch fold.kind {
    case .sum: kind = .sum
    case .average: kind = .average
    case .min: kind = .min
    case .max: kind = .max
    case .median: kind = .median
    case .count: kind = .count
    }
    func modifiers(_ printer: inout Printer) {
      if fold.isKnown { printer.write(printer.word(.known) + " ") }
      if fold.isDistinct { printer.write(printer.word(.distinct) + " ") }
    }
    if language == .english {
      write(word(kind) + " of ")
      modifiers(&self)
      expression(fold.value, above: .disjunction, isLast: false)
      write(" over ")
      return gathering(fold.over)
    }
    binder(fold.over.binder)
    if let source = fold.over.source {
      write(" " + word(.isIn) + " ")
      expression(source, above: .postfix, isLast: true)
    }
    write(" " + word(.amid) + " ")
    if let condition = fold.over.condition {
      expression(condition)
      write(" " + word(.possessive) + " ")
    }
    modifiers(&self)
    expression(fold.value)
    write(" " + word(kind))
  }

  mutating func selection(_ selection: Selection) {
    gathering(selection.over)
    if !selection.by.isEmpty {
      write(" " + word(.by) + " ")
      selectionKeys(selection.by)
    }
  }

  mutating func selectionKeys(_ keys: [SelectionKey]) {
    for (index, key) in keys.enumerated() {
      if index > 0 { write(" " + word(.thenBy) + " ") }
      selectionKey(key)
    }
  }

  private mutating func selectionKey(_ key: SelectionKey) {
    switch key.kind {
    case .rotation(let rotation):
      write(.rotation)
      if let pool = rotation.pool { write(" " + quoted(pool.text)) }
      if let weight = rotation.weight {
        write(" " + word(.weightedBy) + " ")
        expression(weight, above: .orElse, isLast: false)
      }
      if let catchesUp = rotation.catchesUp {
        write(" " + word(catchesUp ? .catchup : .noCatchup))
      }
    case .value(let direction, let value):
      let keyword: Keyword?
      switch direction {
      case .least: keyword = .least
      case .most: keyword = .most
      case .earliest: keyword = .earliest
      case .latest: keyword = .latest
      case nil: keyword = nil
      }
      if language == .english, let keyword { write(word(keyword) + " ") }
      expression(value, above: .orElse, isLast: false)
      if language == .chinese, let keyword { write(" " + word(keyword)) }
    }
  }

  // MARK: - Case and points

  private mutating func caseOf(_ arms: [CaseArm], _ otherwise: Expression?, at span: Span) {
    write(.caseOf)
    if isInline {
      var parts = arms.map { text($0.condition) + " : " + text($0.value) }
      if let otherwise { parts.append(word(.else) + " : " + text(otherwise)) }
      return write(" { " + parts.joined(separator: ", ") + " }")
    }
    body(closing: span) { printer in
      let conditions = arms.map { printer.text($0.condition) }
      let width = (conditions + [printer.word(.else)]).map(displayWidth).max() ?? 0
      for (arm, condition) in zip(arms, conditions) {
        printer.newLine(padded(condition, to: min(width, 60)) + " : ", at: arm.condition.span)
        printer.expression(arm.value)
      }
      if let otherwise {
        printer.newLine(padded(printer.word(.else), to: min(width, 60)) + " : ", at: otherwise.span)
        printer.expression(otherwise)
      }
    }
  }

  private mutating func points(_ rows: [PointRow], at span: Span) {
    write(.points)
    let conditions = rows.map { $0.condition.map { text($0) } ?? word(.always) }
    if isInline {
      let parts = zip(conditions, rows).map { condition, row in
        condition + " : " + inline { $0.pointValue(row) }
      }
      return write(" { " + parts.joined(separator: ", ") + " }")
    }
    body(closing: span) { printer in
      let width = min(conditions.map(displayWidth).max() ?? 0, 60)
      for (condition, row) in zip(conditions, rows) {
        printer.newLine(padded(condition, to: width) + " : ", at: row.span)
        printer.pointValue(row)
      }
    }
  }

  private mutating func pointValue(_ row: PointRow) {
    var modifiers = row.modifiers[...]
    if language == .chinese, let first = modifiers.first, case .each = first {
      write(word(.each) + " ")
      modifiers = modifiers.dropFirst()
      expression(row.points, above: .sum, isLast: false)
      write(" " + word(.pointUnit))
    } else {
      expression(row.points, above: .sum, isLast: false)
    }
    for modifier in modifiers {
      switch modifier {
      case .each: write(" " + word(.each))
      case .atMost(let most):
        write(" " + word(.atMost) + " ")
        expression(most, above: .sum, isLast: false)
      case .halving(let every, let since):
        if language == .english {
          write(" " + word(.halvingEvery) + " " + duration(every) + " " + word(.since) + " ")
          expression(since, above: .postfix, isLast: false)
        } else {
          write(" " + word(.since) + " ")
          expression(since, above: .postfix, isLast: false)
          write(" " + word(.halvingStart) + duration(every) + " " + word(.halvingEnd))
        }
      }
    }
  }
}

extension Keywords {
  /// The closed list of functions.
  static let functions: [Keyword] = [
    .rounded, .roundedDown, .roundedUp, .smaller, .larger, .exp, .ln, .year, .month, .length,
    .startsWith, .normalized, .similarity, .inCurrency, .currencyOf,
  ]

  /// The function of the closed list with this English name.
  static func function(named name: String) -> Keyword? { functions.first { $0.english == name } }
}
