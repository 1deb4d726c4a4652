import WritModel
import WritSyntax
import WritText

/// The guards of a rule, checked: whether it holds, the same conjunct by conjunct, and why.
struct CheckedGuards {
  /// Boolean; Kleene, nothing read as fine or not fine yet.
  var guardTerm: TermID
  var conditions: [Rule.Condition]
  /// A text term.
  var because: TermID?
  /// `priority n`; 0 if unsaid.
  var priority: Int32
  /// The scope with the record that `with` brought into view; outcomes are checked in it.
  var scope: Scope
}

extension Checker {
  /// Checks what stands around an outcome.
  ///
  /// `with` comes first, because the conditions may use its record; it holds when a record was
  /// found. `effective` is a condition on the business date like any other.
  mutating func checkGuards(_ guards: Guards, in scope: Scope) -> CheckedGuards {
    var known: CheckedTexts?
    return checkGuards(guards, in: scope, knowing: &known)
  }

  /// The same for one rule of many that are checked in one scope: what was said before in the same
  /// words is `known`.
  mutating func checkGuards(
    _ guards: Guards, in scope: Scope, knowing known: inout CheckedTexts?
  ) -> CheckedGuards {
    var scope = scope
    var conditions: [Rule.Condition] = []
    if let with = guards.with {
      let (picked, span) = (checkSelection(with, in: scope), with.over.span)
      if let name = with.over.binder.name { bind(name, to: picked, in: &scope) }
      conditions.append(
        Rule.Condition(
          role: .with, term: isKnown(picked), text: written(with, at: span), span: span))
    }
    if let effective = guards.effective {
      let today = term(.today, type: .date)
      let range = checkRange(effective, of: scope.asOf ?? today, in: scope)
      if let span = spanOf(effective) {
        conditions.append(
          Rule.Condition(
            role: .effective, term: range, text: written(effective, at: span), span: span))
      }
    }
    if let when = guards.when {
      let parts = conjuncts(of: when)
      conditions.reserveCapacity(conditions.count + parts.count)
      for part in parts {
        let (term, text) =
          guards.with == nil
          ? checkPart(part, in: scope, knowing: &known)
          : (checkCondition(part, in: scope), written(part))
        conditions.append(Rule.Condition(role: .when, term: term, text: text, span: part.span))
      }
    }
    if let unless = guards.unless {
      let term = not(checkCondition(unless, in: scope))
      conditions.append(
        Rule.Condition(role: .unless, term: term, text: written(unless), span: unless.span))
    }
    var priority: Int32 = 0
    if let written = guards.priority { priority = checkPriority(written, in: scope) }
    let because = guards.because.map { checkTemplate($0, in: scope) }
    return CheckedGuards(
      guardTerm: all(conditions.map(\.term)), conditions: conditions, because: because,
      priority: priority, scope: scope)
  }

  /// The parts of a condition that `and` joins, in written order.
  func conjuncts(of condition: Expression) -> [Expression] {
    // Chains lean to the left: what stands on the right is mostly a part.
    guard case .binary(.and, _, _) = condition.kind else { return [condition] }
    var found: [Expression] = []
    found.reserveCapacity(8)
    var rest = condition
    while case .binary(.and, let left, let right) = rest.kind {
      switch right.kind {
      case .binary(.and, _, _), .grouped: return conjunctsOfMixed(condition)
      default: found.append(right)
      }
      rest = left
    }
    if case .grouped = rest.kind { return conjunctsOfMixed(condition) }
    found.append(rest)
    found.reverse()
    return found
  }

  /// The same where brackets stand in it.
  private func conjunctsOfMixed(_ condition: Expression) -> [Expression] {
    var found: [Expression] = []
    // The last part comes first.
    var open = [condition]
    while let next = open.popLast() {
      switch next.kind {
      case .binary(.and, let left, let right):
        open.append(left)
        open.append(right)
      case .grouped(let inner):
        if case .binary(.and, _, _) = inner.kind { open.append(inner) } else { found.append(next) }
      default: found.append(next)
      }
    }
    return found.reversed()
  }

  /// An expression as `fmt` writes it, in the language of its file.
  func written(_ expression: Expression) -> String {
    // The most frequent word that is not left alone: a text is quoted one way.
    if case .literal(.text(let text)) = expression.kind, !text.utf8.contains(UInt8(ascii: "\"")) {
      return "\"\(text)\""
    }
    return asWritten(expression.span)
      ?? Printer.print(expression, in: language(of: expression.span.source))
  }

  /// The author's own text.
  func written(_ span: Span) -> String { sources.text(of: span) }

  func written(_ range: RangeTree, at span: Span) -> String {
    asWritten(span) ?? Printer.print(range, in: language(of: span.source))
  }

  func written(_ selection: Selection, at span: Span) -> String {
    Printer.print(selection, in: language(of: span.source))
  }

  /// The author's own text, where `fmt` would leave it alone; nil otherwise. Most rules have been
  /// formatted, and quoting them is much cheaper than printing them.
  private func asWritten(_ span: Span) -> String? {
    sources[span.source].bytes.withUnsafeBufferPointer { Checker.asWritten(span, of: $0) }
  }

  private static func asWritten(_ span: Span, of bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let (start, end) = (max(0, Int(span.start)), min(Int(span.end), bytes.count))
    guard start < end else { return nil }
    func isSpace(_ index: Int) -> Bool { bytes[index] == UInt8(ascii: " ") }
    func isDot(_ index: Int) -> Bool { bytes[index] == UInt8(ascii: ".") }
    func isRelation(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "=")
        || byte == UInt8(ascii: "!")
    }
    var index = start
    while index < end {
      let byte = bytes[index]
      if byte | 0x20 >= UInt8(ascii: "a"), byte | 0x20 <= UInt8(ascii: "z") {
        index += 1
        continue
      }
      switch byte {
      case 0..<32, UInt8(ascii: "#"), UInt8(ascii: ":"), UInt8(ascii: "`"), UInt8(ascii: "\""),
        UInt8(ascii: "+"),
        UInt8(ascii: "*"), UInt8(ascii: "/"), 0xE2..., 0xEF:
        // Three-byte characters are mostly Han; of these only words may stand as they are.
        if byte >= 0xE4, byte <= 0xE9 { break }
        return nil
      case UInt8(ascii: " "):
        if index + 1 < end, isSpace(index + 1) { return nil }
      case UInt8(ascii: "{"): if index + 1 < end, isSpace(index + 1) { return nil }
      case UInt8(ascii: "}"): if index > start, isSpace(index - 1) { return nil }
      case UInt8(ascii: ","):
        guard index > start, !isSpace(index - 1), index + 1 < end, isSpace(index + 1) else {
          return nil
        }
      case UInt8(ascii: "<")
      where (index > start && isDot(index - 1)) || (index + 1 < end && isDot(index + 1)):
        // An end of a range: `10<..<20`.
        if index == start || isSpace(index - 1) || (index + 1 < end && isSpace(index + 1)) {
          return nil
        }
      case _ where isRelation(byte):
        var behind = index + 1
        while behind < end, isRelation(bytes[behind]) { behind += 1 }
        guard index > start, isSpace(index - 1), behind < end, isSpace(behind) else { return nil }
        if behind - index > 1, byte == UInt8(ascii: "=") { return nil }
        index = behind
        continue
      default: break
      }
      index += 1
    }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
  }

  private func spanOf(_ range: RangeTree) -> Span? {
    switch (range.lower?.span, range.upper?.span) {
    case (let lower?, let upper?): lower.through(upper)
    case (let lower?, nil): lower
    case (nil, let upper?): upper
    case (nil, nil): nil
    }
  }
}
