import WritModel
import WritSyntax
import WritText

// Blanks: where a missing value would change an answer and nobody said what then.
extension Checker {
  /// Warns of values that may be missing and are read in a condition whose being unknown takes the
  /// answer away (a `case`, a `decide`, a `forbid`, a `require` …).
  ///
  /// What `is known` or `is missing` asked before, or beside it, is taken care of, and so is what
  /// stands before an `or else`. Returns what was warned of, so that it is said once a choice.
  mutating func warnOfBlanks(
    in condition: TermID, askedBefore: Set<TermID> = [], at written: Expression, in scope: Scope
  ) -> Set<TermID> {
    guard !scope.catchesBlanks, isOptional(condition) else { return [] }
    var warned: Set<TermID> = []
    for source in blanks(in: condition) where !askedBefore.contains(source) {
      guard warned.insert(source).inserted, let path = path(of: source) else { continue }
      guard warnedBlanks.insert(BlankPlace(term: source, span: written.span)).inserted else {
        continue
      }
      report(
        .blankUncaught(
          path, at: span(of: path, in: written) ?? written.span,
          instead: blankFix(type(of: source))))
    }
    return warned
  }

  /// What might stand for a blank of the type.
  private func blankFix(_ type: ValueType) -> String {
    switch type {
    case .number, .integer, .money: "0"
    case .percent: "0%"
    case .boolean: "no"
    default: "…"
    }
  }

  /// A warning that has been given.
  struct BlankPlace: Hashable {
    var term: TermID
    var span: Span
  }

  /// The values whose being missing was asked for when the condition is false.
  func presenceAsked(by condition: TermID) -> [TermID] {
    switch program[condition] {
    case .operation(.not, let inner):
      if case .operation(.isKnown, let value) = program[inner[0]] { return value }
      return []
    case .operation(.or, let parts): return parts.flatMap { presenceAsked(by: $0) }
    default: return []
    }
  }

  /// The fields that may be missing and would make a term unknown, in order of appearance. What a
  /// derived value makes of blanks is said where it is defined.
  func blanks(in term: TermID) -> [TermID] {
    guard isOptional(term) else { return [] }
    switch program[term] {
    case .field(let field, let record):
      return program.schema[field].isOptional ? [term] : blanks(in: record)
    case .operation(let operation, let arguments):
      switch operation {
      case .isKnown, .surely, .possibly, .hasAnswer: return []
      case .orElse: return arguments.last.map { blanks(in: $0) } ?? []
      case .and:
        let known = arguments.flatMap { part -> [TermID] in
          if case .operation(.isKnown, let value) = program[part] { return value }
          return []
        }
        return arguments.flatMap { blanks(in: $0) }.filter { !known.contains($0) }
      case .or:
        let asked = arguments.flatMap { presenceAsked(by: $0) }
        return arguments.flatMap { blanks(in: $0) }.filter { !asked.contains($0) }
      default: return arguments.flatMap { blanks(in: $0) }
      }
    default: return []
    }
  }

  /// A field or value as it would be written: `account.spend`; nil for what has no short name.
  func path(of term: TermID) -> String? {
    switch program[term] {
    case .field(let field, let record):
      let name = program.schema[field].name.name
      guard let base = path(of: record) else { return name }
      return base.isEmpty ? name : "\(base).\(name)"
    case .attribute(let id, let arguments, _):
      guard arguments.count == 1 else { return nil }
      let name = program[id].name.name.split(separator: ".").last.map(String.init) ?? ""
      guard let base = path(of: arguments[0]) else { return name }
      return base.isEmpty ? name : "\(base).\(name)"
    case .slot: return ""
    default: return nil
    }
  }

  /// Where the last name of a path stands in an expression.
  private func span(of path: String, in expression: Expression) -> Span? {
    guard let last = path.split(separator: ".").last else { return nil }
    let wanted = String(last)
    var open = [expression]
    while let next = open.popLast() {
      switch next.kind {
      case .name(let name):
        if name.text == wanted { return next.span }
      case .member(let base, let name):
        if name.text == wanted { return next.span }
        open.append(base)
      case .grouped(let inner), .not(let inner), .negate(let inner), .presence(let inner, _, _),
        .inLast(let inner, _):
        open.append(inner)
      case .binary(_, let left, let right):
        open.append(right)
        open.append(left)
      case .call(_, let arguments), .set(let arguments): open += arguments.reversed()
      default: break
      }
    }
    return nil
  }
}
