import WritModel
import WritSyntax
import WritText

/// What is in view while an expression is checked. A value: widening it never disturbs others.
struct Scope {
  /// A name that stands for a term: a binder, a parameter, a word of the block (`running`).
  struct Binding {
    var name: String
    var term: TermID
    var span: Span?
  }
  /// The record whose fields bare names are; nil where several records are in view.
  var subject: RecordID?
  /// The term of `this` (slot 0 in the scope of a record's attribute).
  var this: TermID?
  /// Innermost last. A name may be bound once only; there is no shadowing.
  var binders: [Binding] = []
  /// `start`, `running`, marks: words of the block.
  var words: [Binding] = []
  /// Territories that quantifiers gave a name.
  var elements: [TerritoryElement] = []
  /// The first slot that is free for a binder.
  var nextSlot: Int32
  /// What `today` means here, and the date for which attributes are read; nil: the frame's date.
  var asOf: TermID?
  /// Whether decisions of an `assign` may be read (not by a `change` or an `assign`: decided later).
  var seesAssignments = true
  /// Whether texts may be put in order (`a.id < b.id` in the patterns of a `change` or `alert`).
  var ordersTexts = false
  /// Whether a blank does no harm here: in a `because`, before an `or else`.
  var catchesBlanks = false

  init(nextSlot: Int32 = 0) {
    self.nextSlot = nextSlot
  }

  func binding(_ name: String) -> Binding? {
    binders.last { $0.name == name } ?? words.last { $0.name == name }
  }
}

extension Checker {
  /// The scope of a record's attribute: `this` is slot 0, bare names are its fields.
  mutating func scope(of record: RecordID) -> Scope {
    var scope = Scope(nextSlot: 1)
    scope.subject = record
    scope.this = slot(0, type: .record(record))
    return scope
  }

  /// The scope of a function or predicate: its parameters are slots 0… under their names.
  mutating func scope(of parameters: [(name: Name, type: ValueType)]) -> Scope {
    var scope = Scope(nextSlot: Int32(parameters.count))
    for (index, parameter) in parameters.enumerated() {
      bind(parameter.name, to: slot(Int32(index), type: parameter.type), in: &scope)
    }
    return scope
  }

  /// Brings a name into view as a term, and reports it if the name is taken in this scope.
  mutating func bind(_ name: Name, to term: TermID, in scope: inout Scope) {
    if let taken = scope.binding(name.text) {
      report(.duplicateName(name.text, at: name.span, first: taken.span))
    }
    // Said once here, not at every use: inside, the name means what is bound.
    if let subject = scope.subject,
      let entry = symbols.members[Int(subject.index)][name.text]
    {
      report(.binderIsField(name, of: program.schema[subject].name, first: entry.span))
    }
    scope.binders.append(Scope.Binding(name: name.text, term: term, span: name.span))
  }

  /// Brings a record of a gather into view: takes a slot for it and returns the slot.
  mutating func bindRecord(
    _ record: RecordID, as name: Name?, in scope: inout Scope
  ) -> Int32 {
    let index = scope.nextSlot
    scope.nextSlot += 1
    if let name { bind(name, to: slot(index, type: .record(record)), in: &scope) }
    return index
  }

  /// Brings a word of the block into view (`running`, a mark), in place of an earlier meaning of
  /// the same word.
  func setWord(_ name: String, to term: TermID, in scope: inout Scope) {
    scope.words.removeAll { $0.name == name }
    scope.words.append(Scope.Binding(name: name, term: term, span: nil))
  }
}
