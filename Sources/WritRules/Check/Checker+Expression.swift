import WritModel
import WritSyntax
import WritText

// Expressions: what they mean is found by their names and by the type their place expects.
extension Checker {
  /// Checks an expression and lowers it. What does not check is reported and gives a term of
  /// unknown type, which fits everywhere.
  ///
  /// `expecting` is the type its place wants: members and texts are found by it, bare literals take
  /// it (money), and another type is reported. nil: any type will do.
  mutating func check(
    _ expression: Expression, expecting: ValueType? = nil, in scope: Scope
  ) -> TermID {
    let found = infer(expression, expecting: expecting, in: scope)
    guard let expecting else { return found }
    return fit(found, to: expecting, written: expression)
  }

  /// Checks an expression that must be yes or no.
  mutating func checkCondition(_ expression: Expression, in scope: Scope) -> TermID {
    check(expression, expecting: .boolean, in: scope)
  }

  /// A value that needs no run; reports and returns nil for anything else.
  mutating func checkConstant(
    _ expression: Expression, expecting: ValueType? = nil, in scope: Scope = Scope()
  ) -> Constant? {
    let term = check(expression, expecting: expecting, in: scope)
    if type(of: term) == .unknown { return nil }
    if case .constant(let constant) = program[term], constant.value.isKnown { return constant }
    report(.notConstant(at: expression.span))
    return nil
  }

  /// `priority 5`: a constant integer.
  mutating func checkPriority(_ expression: Expression, in scope: Scope) -> Int32 {
    guard let constant = checkConstant(expression, expecting: .integer, in: scope) else { return 0 }
    return Int32(clamping: constant.value.bits)
  }

  /// The text of a `because`, a text term. What is not known prints as a dash.
  mutating func checkTemplate(_ template: Template, in scope: Scope) -> TermID {
    var scope = scope
    scope.catchesBlanks = true
    if template.pieces.isEmpty { return text("") }
    var pieces: [TermID] = []
    for piece in template.pieces {
      switch piece {
      case .text(let written): pieces.append(text(written))
      case .expression(let expression): pieces.append(check(expression, in: scope))
      }
    }
    if pieces.count == 1, type(of: pieces[0]) == .text, case .constant = program[pieces[0]] {
      return pieces[0]
    }
    return operation(.text, pieces, type: .text)
  }

  // MARK: Finding the type

  /// Lowers an expression to a term of its own type; `expecting` is a wish that finds members.
  mutating func infer(
    _ expression: Expression, expecting: ValueType?, in scope: Scope
  ) -> TermID {
    guard depth < Checker.deepest else {
      report(.chainTooDeep(at: expression.span))
      return unknown
    }
    depth += 1
    defer { depth -= 1 }
    switch expression.kind {
    case .name, .member, .call:
      return value(of: resolve(expression, expecting: expecting, in: scope), in: scope, expression)
    case .grouped(let inner): return infer(inner, expecting: expecting, in: scope)
    case .this:
      if let this = scope.this { return this }
      report(.noThis(at: expression.span))
      return unknown
    case .today: return scope.asOf ?? term(.today, type: .date)
    case .reference(let name, let keys): return lookup(name, keys)
    case .queue(let name): return queue(name).map { queue($0) } ?? unknown
    case .literal(let literal):
      return self.literal(literal, expecting: expecting, at: expression.span)
    case .yes: return boolean(true)
    case .no: return boolean(false)
    case .missing(let because): return missing(because, type: expecting ?? .unknown, in: scope)
    case .set(let items): return set(items, expecting: expecting, at: expression.span, in: scope)
    case .range:
      report(.rangeAlone(at: expression.span))
      return unknown
    case .negate(let inner): return negate(inner, expecting: expecting, in: scope)
    case .not(let inner): return not(checkCondition(inner, in: scope))
    case .binary(let symbol, let left, let right):
      return binary(symbol, left, right, expecting: expecting, at: expression.span, in: scope)
    case .presence(let inner, let isKnown, let isNegated):
      let known = self.isKnown(check(inner, in: scope))
      return isKnown != isNegated ? known : not(known)
    case .inLast(let inner, let duration): return inLast(inner, duration, in: scope)
    case .caseOf(let arms, let otherwise):
      return caseOf(arms, otherwise, expecting: expecting, at: expression.span, in: scope)
    case .points(let rows): return points(rows, at: expression.span, in: scope)
    case .fold(let fold): return self.fold(fold, at: expression.span, in: scope)
    case .quantifier(let quantifier, let gathering):
      return quantify(quantifier, gathering, in: scope)
    case .pick(let gathering, let keys):
      return checkSelection(Selection(over: gathering, by: keys), in: scope)
    case .follow(let name, let condition):
      return follow(name, while: condition, at: expression.span, in: scope)
    case .broken: return unknown
    }
  }

  /// `missing because "…"`: the cause names the term of the text.
  mutating func missing(_ because: Template?, type: ValueType, in scope: Scope) -> TermID {
    let site = because.map { checkTemplate($0, in: scope).index } ?? 0
    return constant(.missing(Cause(.stated, site: Int(site))), type: type)
  }

  /// `Rep "李雷"`.
  mutating func lookup(_ name: Name, _ keys: [TextLiteral]) -> TermID {
    guard let record = record(name) else { return unknown }
    let count = program.schema[record].key.count
    if keys.count > 1, keys.count != count {
      report(.keyCount(at: keys[0].span, wanted: count))
      return unknown
    }
    return lookup(record, keys.map(\.text))
  }

  /// The record by its key's texts, or by what it is called; found when the data are there.
  mutating func lookup(_ record: RecordID, _ keys: [String]) -> TermID {
    operation(.lookup(record), keys.map { text($0) }, type: .record(record))
  }

  // MARK: Fitting a type

  /// The term as a value of the type its place wants; reports it if it does not fit.
  mutating func fit(_ found: TermID, to wanted: ValueType, written: Expression) -> TermID {
    let type = self.type(of: found)
    if type == wanted || wanted == .unknown { return found }
    switch (wanted, type) {
    case (_, .unknown):
      // A bare `missing` takes the type of its place.
      if !isUnknown(found), case .constant(let constant) = program[found] {
        return term(.constant(constant), type: wanted)
      }
      return found
    case (.number, .integer): return found
    case (.percent, .number) where isRatio(found): return term(program[found], type: .percent)
    case (.percent, .number), (.percent, .integer):
      report(.numberForPercent(at: written.span, digits: digits(of: written)))
      return unknown
    case (.number, .percent), (.integer, .percent):
      report(.percentForNumber(at: written.span))
      return unknown
    case (.money(let currency), .number), (.money(let currency), .integer):
      if case .constant(let constant) = program[found], constant.value.isKnown {
        return money(constant.value.decimal, currency ?? CurrencyID(0))
      }
    case (.money(nil), .money), (.money, .money(nil)): return found
    case (.money(let a?), .money(let b?)):
      report(.mixedCurrencies(name(of: a), name(of: b), at: written.span))
      return unknown
    case (.date, .time): return operation(.dateOfTime, [found], type: .date)
    case (.record(let record), .text):
      if case .constant(let constant) = program[found], constant.value.tag == .text {
        return lookup(record, [text(of: constant)])
      }
    case (.recordOrQueue(let record), .text):
      if case .constant(let constant) = program[found], constant.value.tag == .text {
        return lookup(record, [text(of: constant)])
      }
    case (.recordOrQueue(let wanted), .record(let given)) where wanted == given: return found
    case (.recordOrQueue, .queue): return found
    case (.record(let wanted), .recordOrQueue(let given)) where wanted == given: return found
    case (.member(let id), .text):
      reportText(found, forMemberOf: program.schema[id].members, written: written)
      return unknown
    case (.node(let id), .text):
      reportText(
        found, forMemberOf: program.schema.trees[Int(id.index)].nodes.map(\.name),
        written: written)
      return unknown
    case (.set(let wanted), .set(let given)), (.set(let wanted), .list(let given)),
      (.list(let wanted), .set(let given)), (.list(let wanted), .list(let given)):
      if wanted == given || wanted == .unknown || given == .unknown { return found }
      if wanted == .number, given == .integer { return found }
      if case .constant(let constant) = program[found], constant.items?.isEmpty == true {
        return term(.constant(constant), type: .set(wanted))
      }
    default: break
    }
    report(
      .wrongType(at: written.span, wanted: describe(wanted), found: describe(type)))
    return unknown
  }

  private mutating func reportText(
    _ found: TermID, forMemberOf members: [Named], written: Expression
  ) {
    guard case .constant(let constant) = program[found], constant.value.tag == .text else {
      report(
        .wrongType(at: written.span, wanted: Phrase("a member", zh: "成员"), found: describe(.text)))
      return
    }
    let name = text(of: constant)
    let meant =
      members.first { $0.name == name || $0.label == name }.map { [$0.name] }
      ?? near(name, in: members.flatMap { [$0.name, $0.label].compactMap { $0 } })
    report(.textForMember(at: written.span, near: meant))
  }

  func text(of constant: Constant) -> String {
    program.texts.text(of: Symbol(Int(constant.value.bits)))
  }

  func name(of currency: CurrencyID) -> String {
    program.schema.currencies[Int(currency.index)]
  }

  /// The digits of a bare number, for a fix that adds a sign to it.
  func digits(of expression: Expression) -> String? {
    switch expression.kind {
    case .literal(.number(let digits, _)): digits
    case .grouped(let inner): digits(of: inner)
    default: nil
    }
  }

  /// Whether a number is a ratio (a quotient of two values of one kind, or made of such), which
  /// may stand for a percent.
  func isRatio(_ id: TermID) -> Bool {
    switch program[id] {
    case .operation(.divide, let arguments):
      let (a, b) = (type(of: arguments[0]), type(of: arguments[1]))
      switch (a, b) {
      case (.money, .money), (.percent, .percent): return true
      case (.number, .number), (.number, .integer), (.integer, .number), (.integer, .integer):
        return true
      default: return false
      }
    case .operation(.add, let arguments), .operation(.subtract, let arguments),
      .operation(.multiply, let arguments), .operation(.smaller, let arguments),
      .operation(.larger, let arguments):
      return arguments.contains {
        type(of: $0) == .percent || (type(of: $0) == .number && isRatio($0))
      }
    case .operation(.negate, let arguments), .operation(.round, let arguments),
      .operation(.orElse, let arguments):
      return isRatio(arguments[0])
    case .attribute(let attribute, _, _): return isRatio(program[attribute].term)
    case .gather(let gather):
      return program[gather].value.map { isRatio($0) } ?? false
    case .payload(let choose, let column, _):
      return program[choose].alternatives.contains {
        $0.payload.indices.contains(Int(column)) && isRatio($0.payload[Int(column)])
      }
    default: return false
    }
  }

  /// A type in words.
  func describe(_ type: ValueType) -> Phrase {
    switch type {
    case .text: Phrase("a text", zh: "文本")
    case .number: Phrase("a number", zh: "数字")
    case .integer: Phrase("an integer", zh: "整数")
    case .percent: Phrase("a percent", zh: "百分比")
    case .boolean: Phrase("yes or no", zh: "是或否")
    case .date: Phrase("a date", zh: "日期")
    case .time: Phrase("a time", zh: "时间")
    case .duration: Phrase("a duration", zh: "时长")
    case .money(nil): Phrase("money", zh: "金额")
    case .money(let currency?):
      Phrase("money in `\(name(of: currency))`", zh: "`\(name(of: currency))` 金额")
    case .member(let id): quoted(program.schema[id].name)
    case .node(let id): quoted(program.schema.trees[Int(id.index)].name)
    case .record(let id): quoted(program.schema[id].name)
    case .queue: Phrase("a queue", zh: "队列")
    case .recordOrQueue(let id):
      Phrase(
        "\(quoted(program.schema[id].name).english) or a queue",
        zh: "\(quoted(program.schema[id].name).chinese)或队列")
    case .rule: Phrase("a rule", zh: "规则")
    case .set(let item):
      Phrase("a set of \(describe(item).english)", zh: "\(describe(item).chinese)的集合")
    case .list(let item):
      Phrase("a list of \(describe(item).english)", zh: "\(describe(item).chinese)的列表")
    case .unknown: Phrase("something unknown", zh: "未知")
    }
  }

  private func quoted(_ name: Named) -> Phrase {
    Phrase("`\(name.name)`", zh: "`\(name.label ?? name.name)`")
  }
}
