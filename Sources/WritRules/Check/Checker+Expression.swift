import WritModel
import WritSyntax
import WritText

extension Checker {
  /// Checks an expression and lowers it. What does not check is reported and gives a term of
  /// unknown type, which fits everywhere.
  ///
  /// `expecting` is the type its place wants: members and texts are found by it, bare literals take
  /// it (money, percent), and another type is reported. nil: any type will do.
  mutating func check(
    _ expression: Expression, expecting: ValueType? = nil, in scope: Scope
  ) -> TermID {
    unknown
  }

  /// Checks an expression that must be yes or no.
  mutating func checkCondition(_ expression: Expression, in scope: Scope) -> TermID {
    check(expression, expecting: .boolean, in: scope)
  }

  /// Whether a value lies in a range, as a boolean term; the ends take the value's type.
  mutating func checkRange(_ range: RangeTree, of value: TermID, in scope: Scope) -> TermID {
    unknown
  }

  /// The one record that a selection picks: a `pick` gather.
  mutating func checkSelection(_ selection: Selection, in scope: Scope) -> TermID {
    unknown
  }

  /// `priority 5`: a constant integer.
  mutating func checkPriority(_ expression: Expression, in scope: Scope) -> Int32 { 0 }

  /// The text of a `because`, a text term.
  mutating func checkTemplate(_ template: Template, in scope: Scope) -> TermID {
    unknown
  }

  /// A value that needs no run; reports and returns nil for anything else.
  mutating func checkConstant(
    _ expression: Expression, expecting: ValueType? = nil, in scope: Scope = Scope()
  ) -> Constant? {
    nil
  }

  /// A type as written; reports what it cannot find and gives `unknown`.
  mutating func type(_ tree: TypeTree) -> ValueType { .unknown }
}
